"""Card's figures."""

from __future__ import annotations

from prometheus_client import Counter

APPLICATIONS = Counter(
    "zhiyuan_card_applications",
    "Applications taken; outcome is `routed` (to the bank at once) or `waiting` (identity was away, or a group's: the"
    " sweep seals those)",
    ["bank", "card_type", "outcome"],
)
REFUSALS = Counter(
    "zhiyuan_card_refusals", "Applications refused, group ones included, by the refusal's code", ["code"]
)
STATUSES = Counter("zhiyuan_card_statuses", "Applications that reached a status", ["bank", "status"])
REPORTS_WITHOUT_CHANGE = Counter(
    "zhiyuan_card_reports_without_change", "Bank reports that were repeated, late or backward", ["bank"]
)
UNKNOWN_REPORTS = Counter(
    "zhiyuan_card_unknown_reports", "Signed bank reports on numbers that this bank was never given", ["bank"]
)
SIGNATURES_REFUSED = Counter(
    "zhiyuan_card_signatures_refused", "Bank reports whose signature or timestamp was refused, by code", ["code"]
)
AMQP_REPORTS = Counter(
    "zhiyuan_card_amqp_reports",
    "Messages from a bank's status exchange; outcome is `changed`, `unchanged`, `unknown` (a number that this bank was"
    " never given), `probe` (a bank tries its connection), `refused` (listed as refused) or `failed` (the same,"
    " by a fault of ours)",
    ["bank", "outcome"],
)
REFUSED_MESSAGES_RETRIED = Counter(
    "zhiyuan_card_refused_messages_retried",
    "Messages that were refused when they came, tried again by an administrator; outcome as of"
    " `zhiyuan_card_amqp_reports_total`",
    ["bank", "outcome"],
)
REPLAYED = Counter(
    "zhiyuan_card_replayed",
    "Messages of a day that is handed to a bank again; outcome is `done`, `ended` (nothing to be told any more) or"
    " `retried` (identity was away)",
    ["bank", "outcome"],
)
RECONCILIATIONS = Counter(
    "zhiyuan_card_reconciliations",
    "Statements that banks handed in; outcome is `equal` or `different`",
    ["bank", "outcome"],
)
RECONCILIATION_DIFFERENCES = Counter(
    "zhiyuan_card_reconciliation_differences",
    "Applications about which a bank's statement differed; why is `missing_at_bank`, `missing_here` or"
    " `status_differs`",
    ["bank", "why"],
)
SEALING_RETRIES = Counter(
    "zhiyuan_card_sealing_retries",
    "Attempts at sealing that failed and will be repeated, by the error's code",
    ["code"],
)
ESCALATIONS = Counter(
    "zhiyuan_card_escalations", "Applications that the bank left untouched for its working days, each time", ["bank"]
)
BENEFITS = Counter(
    "zhiyuan_card_benefits", "What cards brought their holders: `insurance` or `clothing`", ["bank", "kind"]
)
RECORDS_FORGOTTEN = Counter(
    "zhiyuan_card_records_forgotten", "Records of what was provided that have been kept long enough, and are deleted"
)
GROUPS = Counter(
    "zhiyuan_card_groups",
    "Groups that reached a status: `collecting` consents, `requested` (the bank is asked to come), `scheduled`, `done`,"
    " `cancelled`, `lapsed` (too few consents)",
    ["bank", "status"],
)
PAGES = Counter(
    "zhiyuan_card_pages",
    "Public pages behind the QR on cards' fronts; step is `made`, `closed`, or of a look at one: `shown`,"
    " `without_hours` (attendance was away) or `not_found` (no such address, or nobody who is shown)",
    ["step"],
)
