"""The sample service's tables."""

from __future__ import annotations

from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from services.chassis.tables import new_metadata


class Base(DeclarativeBase):
    """The sample's metadata, the chassis' tables included."""

    metadata = new_metadata()


class Note(Base):
    """A note."""

    __tablename__ = "note"

    id: Mapped[str] = mapped_column(primary_key=True)
    text: Mapped[str]
    copies: Mapped[int] = mapped_column(default=0)
