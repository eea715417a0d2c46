"""Evaluations, trainings and awards."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, kw_only=True)
class EvaluateActivity:
    """Somebody who served there says how it was."""

    activity_id: str
    stars: int
    text: str | None


@dataclass(frozen=True, kw_only=True)
class GetRating:
    """What all evaluations of an activity come to."""

    activity_id: str


@dataclass(frozen=True, kw_only=True)
class ListActivityEvaluations:
    """A page of what was said of an activity, newest first."""

    activity_id: str
    limit: int
    cursor: str | None


@dataclass(frozen=True, kw_only=True)
class EvaluateService:
    """The organization says how somebody served."""

    record_id: str
    grade: str
    text: str | None


@dataclass(frozen=True, kw_only=True)
class ListMyEvaluations:
    """A page of what was said of one's own services, newest first."""

    limit: int
    cursor: str | None


@dataclass(frozen=True, kw_only=True)
class RecordTraining:
    """What a volunteer has learnt."""

    volunteer_id: str
    name: str
    issuer: str
    day: date
    minutes: int | None


@dataclass(frozen=True, kw_only=True)
class RecordAward:
    """What a volunteer was honoured with."""

    volunteer_id: str
    name: str
    issuer: str
    day: date


@dataclass(frozen=True, kw_only=True)
class RevokeAttainment:
    """A training or award that was entered by mistake."""

    attainment_id: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class ListAttainments:
    """A page of a volunteer's trainings and awards, newest first; None: one's own."""

    volunteer_id: str | None
    kind: str | None
    limit: int
    cursor: str | None
