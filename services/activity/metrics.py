"""Activity's figures."""

from __future__ import annotations

from prometheus_client import Counter

ACTIVITIES = Counter(
    "zhiyuan_activity_activities", "Activities that became public or were called off", ["outcome"]
)  # published, revoked
ENROLLMENTS = Counter(
    "zhiyuan_activity_enrollments",
    "Enrollments that came to this status, from whatever they were before",
    ["status"],  # services.activity.domain.states.EnrollmentStatus
)
OFFERS_ANSWERED = Counter(
    "zhiyuan_activity_offers_answered",
    "What became of places offered to those who wait: accepted, declined or lapsed",
    ["outcome"],
)
INVITATIONS = Counter(
    "zhiyuan_activity_invitations",
    "Volunteers invited, skipped for a reason (not_own_volunteer, not_active, already_invited, already_enrolled), or"
    " who declined",
    ["outcome"],
)
REMINDERS = Counter(
    "zhiyuan_activity_reminders", "Volunteers reminded of a shift, so many hours before it starts", ["hours"]
)  # ZHIYUAN_ACTIVITY_REMINDER_HOURS
LATE_WITHDRAWALS = Counter(
    "zhiyuan_activity_late_withdrawals", "Accepted volunteers who withdrew when it was hardly possible to replace them"
)
WALK_INS = Counter(
    "zhiyuan_activity_walk_ins", "Volunteers let in on the spot: in a free place, or beyond the capacity", ["place"]
)  # free, beyond
