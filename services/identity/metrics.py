"""Identity's figures."""

from __future__ import annotations

from prometheus_client import Counter, Gauge

REGISTRATIONS = Counter("zhiyuan_identity_registrations", "People and organizations that have registered", ["kind"])
REFUSALS = Counter(
    "zhiyuan_identity_registration_refusals",
    "Fields that made a registration fail, by the rule that they broke",
    ["kind", "code"],
)
LOGINS = Counter(
    "zhiyuan_identity_logins",
    "Attempts to sign in; outcome is `ok`, `bad_credentials`, `locked`, `bad_captcha`, `totp_required`, `bad_totp`"
    " or `not_bound`",
    ["outcome"],
)
REFRESHES = Counter(
    "zhiyuan_identity_refreshes", "Refreshed tokens; outcome is `ok`, `unknown`, `over` or `reused`", ["outcome"]
)
CODES_REQUESTED = Counter(
    "zhiyuan_identity_codes_requested",
    "Verification codes asked for; outcome is `sent`, `limited`, or `nobody` (a reset for no account)",
    ["purpose", "channel", "outcome"],
)
VOLUNTEER_TRANSITIONS = Counter(
    "zhiyuan_identity_volunteer_transitions",
    "Volunteers that came to a status, by the one they had",
    ["source", "target"],
)
CERTIFICATE_WARNINGS = Counter(
    "zhiyuan_identity_certificate_warnings",
    "Certificates taken in spite of a doubt, such as an unknown region",
    ["code"],
)
VERIFIED_IN_PERSON = Counter("zhiyuan_identity_verified_in_person", "Volunteers verified in person (面验)")
IMPORT_ROWS = Counter(
    "zhiyuan_identity_import_rows", "Rows of spreadsheets, by what has become of them", ["kind", "outcome"]
)
REALNAME_CHECKS = Counter(
    "zhiyuan_identity_realname_checks",
    "Questions to the real-name verifier; outcome is `matched`, `mismatched`, `not_checked` or `away`",
    ["outcome"],
)
REALNAME_WAITING = Gauge(
    "zhiyuan_identity_realname_waiting", "Volunteers whose real-name check still waits for an answer (verifying)"
)
BINDINGS = Counter(
    "zhiyuan_identity_bindings",
    "Accounts of other providers; outcome is `bound`, `unbound`, `taken` (another account has it) or `unknown_scene`",
    ["provider", "outcome"],
)
IN_PERSON_ENDED = Counter(
    "zhiyuan_identity_in_person_ended",
    "Verifications in person that count no longer; cause is `revoked`, `expired` or `new_certificate`",
    ["cause"],
)
RECOVERIES = Counter(
    "zhiyuan_identity_recoveries",
    "Accounts asked for by who lost the phone; outcome is `requested`, `nobody`, `approved` or `rejected`",
    ["outcome"],
)
