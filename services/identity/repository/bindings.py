"""Queries about other ways to sign in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from services.identity.domain.bindings import Provider
from services.identity.models import Binding, BindingScene, ProviderPush

if TYPE_CHECKING:
    from services.identity.repository import IdentityUnitOfWork


class BindingRepository:
    """Bindings, the scenes that make them, and pushes that were taken."""

    def __init__(self, uow: IdentityUnitOfWork) -> None:
        self._uow = uow

    def add(self, account_id: str, provider: Provider, openid: str) -> bool:
        """Bind; False if the account has one of this provider already, or the openid is another account's."""
        statement = insert(Binding).values(
            account_id=account_id,
            provider=provider.value,
            openid_sealed=self._uow.vault.seal("binding.openid", f"{account_id}:{provider.value}", openid),
            openid_digest=self._digest(provider, openid),
            bound_at=self._uow.clock.now(),
        )
        return self._uow.session.scalar(statement.on_conflict_do_nothing().returning(Binding.account_id)) is not None

    def of(self, account_id: str) -> Sequence[Binding]:
        """An account's bindings."""
        return self._uow.session.scalars(
            sa.select(Binding).where(Binding.account_id == account_id).order_by(Binding.provider)
        ).all()

    def get(self, account_id: str, provider: Provider) -> Binding | None:
        """One of them."""
        return self._uow.session.get(Binding, (account_id, provider.value))

    def account_of(self, provider: Provider, openid: str) -> str | None:
        """The account that somebody at the provider is bound to."""
        return self._uow.session.scalar(
            sa.select(Binding.account_id).where(
                Binding.provider == provider, Binding.openid_digest == self._digest(provider, openid)
            )
        )

    def openid_in(self, binding: Binding | None) -> str | None:
        """Who the account is at the provider, in clear."""
        if binding is None:
            return None
        return self._uow.vault.open("binding.openid", f"{binding.account_id}:{binding.provider}", binding.openid_sealed)

    def show_scene(self, digest: bytes, account_id: str, expires_at: datetime) -> None:
        """A QR code was made for an account; those it was shown before are void."""
        self._uow.session.execute(sa.delete(BindingScene).where(BindingScene.account_id == account_id))
        self._uow.session.add(BindingScene(digest=digest, account_id=account_id, expires_at=expires_at))

    def take_scene(self, digest: bytes, now: datetime) -> str | None:
        """The account that a scanned code was shown to; nobody else can be bound by it from now on."""
        statement = sa.delete(BindingScene).where(BindingScene.digest == digest, BindingScene.expires_at > now)
        return self._uow.session.scalar(statement.returning(BindingScene.account_id))

    def claim_push(self, digest: bytes) -> bool:
        """Whether a push comes for the first time. Waits for a twin that is being handled right now."""
        statement = insert(ProviderPush).values(digest=digest, received_at=self._uow.clock.now())
        claimed = statement.on_conflict_do_nothing().returning(ProviderPush.digest)
        return self._uow.session.scalar(claimed) is not None

    def forget(self, account_id: str) -> None:
        """Remove everything of an account."""
        self._uow.session.execute(sa.delete(BindingScene).where(BindingScene.account_id == account_id))
        self._uow.session.execute(sa.delete(Binding).where(Binding.account_id == account_id))

    def purge(self, now: datetime, pushes_before: datetime) -> None:
        """Forget scenes that nobody scanned, and pushes that nobody repeats any more."""
        self._uow.session.execute(sa.delete(BindingScene).where(BindingScene.expires_at < now))
        self._uow.session.execute(sa.delete(ProviderPush).where(ProviderPush.received_at < pushes_before))

    def _digest(self, provider: Provider, openid: str) -> bytes:
        return self._uow.vault.secret_digest(f"openid:{provider.value}", openid)
