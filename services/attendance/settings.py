"""What attendance reads from the environment. Policies that vary by place are here, with FACTS.md's defaults."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property

from services.attendance.codes import AttendanceCodes
from services.attendance.domain import DayThresholds
from services.chassis.crypto import BlindIndex, FieldCipher, KeyRing
from services.chassis.settings import ServiceSettings, setting


def _cipher(text: str) -> FieldCipher:
    return FieldCipher(KeyRing.parse(text))


@dataclass(frozen=True, kw_only=True)
class AttendanceSettings(ServiceSettings):
    """Keys of codes and sealed contacts, and what is a policy of the place."""

    code_keys: KeyRing = setting(
        "ZHIYUAN_ATTENDANCE_CODE_KEYS", "Keys of sign-in and sign-out codes: kid:base64,…", parse=KeyRing.parse
    )
    message_cipher: FieldCipher = setting(
        "ZHIYUAN_MESSAGE_KEYS",
        "Keys of sealed event fields, shared with identity and notify: kid:base64,…",
        parse=_cipher,
    )
    code_step_seconds: int = setting(
        "ZHIYUAN_ATTENDANCE_CODE_STEP", "Seconds after which a code is replaced by the next.", parse=int, default=30
    )
    scan_before_minutes: int = setting(
        "ZHIYUAN_SCAN_BEFORE_MINUTES", "How many minutes before a shift scans are taken.", parse=int, default=60
    )
    scan_after_minutes: int = setting(
        "ZHIYUAN_SCAN_AFTER_MINUTES", "How many minutes after a shift sign-outs are taken.", parse=int, default=60
    )
    pairs_a_day: int = setting(
        "ZHIYUAN_SCAN_PAIRS_A_DAY", "Sign-ins of one person at one activity on one day.", parse=int, default=3
    )
    punctuality_grace_minutes: int = setting(
        "ZHIYUAN_PUNCTUALITY_GRACE_MINUTES",
        "How many minutes late, or before the end, are overlooked in reports of punctuality.",
        parse=int,
        default=10,
    )
    offline_scan_hours: int = setting(
        "ZHIYUAN_OFFLINE_SCAN_HOURS",
        "For how many hours a scan that a phone kept without network is taken.",
        parse=int,
        default=72,
    )
    day_at_once_minutes: int = setting(
        "ZHIYUAN_DAY_AT_ONCE_MINUTES", "Minutes of a person's day that count at once.", parse=int, default=480
    )
    day_parent_minutes: int = setting(
        "ZHIYUAN_DAY_PARENT_MINUTES",
        "Up to how many minutes of a person's day an organization above grants; beyond, the province.",
        parse=int,
        default=720,
    )
    record_working_days: int = setting(
        "ZHIYUAN_RECORD_WORKING_DAYS",
        "Within how many working days after an activity its hours must be recorded.",
        parse=int,
        default=10,
    )
    disclosure_days: int = setting(
        "ZHIYUAN_DISCLOSURE_DAYS",
        "For how many days hours are disclosed before they are confirmed.",
        parse=int,
        default=7,
    )

    appeal_days: int = setting(
        "ZHIYUAN_APPEAL_DAYS",
        "For how many days after the resolution of an objection an appeal is taken.",
        parse=int,
        default=15,
    )

    certificates_a_day: int = setting(
        "ZHIYUAN_CERTIFICATES_A_DAY",
        "How many certificates of service somebody may have issued to themselves in 24 hours.",
        parse=int,
        default=10,
    )

    evaluations_shown_from: int = setting(
        "ZHIYUAN_EVALUATIONS_SHOWN_FROM",
        "From how many evaluations on the mean of an activity is shown.",
        parse=int,
        default=5,
    )

    anomaly_kmh: int = setting(
        "ZHIYUAN_ANOMALY_KMH",
        "Nobody travels faster from one service to the next, in kilometres an hour.",
        parse=int,
        default=150,
    )
    anomaly_least_km: int = setting(
        "ZHIYUAN_ANOMALY_LEAST_KM",
        "Below so many kilometres nothing is said of how fast somebody travelled.",
        parse=int,
        default=5,
    )
    anomaly_device_people: int = setting(
        "ZHIYUAN_ANOMALY_DEVICE_PEOPLE",
        "So many people may scan with one telephone at one activity on one day.",
        parse=int,
        default=3,
    )
    anomaly_day_hours: int = setting(
        "ZHIYUAN_ANOMALY_DAY_HOURS", "So many hours a day are served without a question.", parse=int, default=12
    )
    anomaly_supplements_a_day: int = setting(
        "ZHIYUAN_ANOMALY_SUPPLEMENTS_A_DAY",
        "So many supplements of one organization are submitted, or approved, by one account a day without a question.",
        parse=int,
        default=20,
    )

    @property
    def sign_outs_after(self) -> timedelta:
        """For how long after a shift a scan still signs out."""
        return timedelta(minutes=self.scan_after_minutes)

    @cached_property
    def _devices(self) -> BlindIndex:
        return BlindIndex(self.code_keys.keys[self.code_keys.current_id])

    def digest_of_device(self, device: str | None) -> bytes | None:
        """What is kept of an app's name of its installation: enough to see the same one again, while a key lasts."""
        return None if device is None else self._devices.digest("scan.device", device)

    @property
    def day_thresholds(self) -> DayThresholds:
        """How much of a day counts at once, and how much an organization above may grant."""
        return DayThresholds(self.day_at_once_minutes, self.day_parent_minutes)

    @cached_property
    def codes(self) -> AttendanceCodes:
        """Makes and reads codes."""
        return AttendanceCodes(self.code_keys, self.code_step_seconds)

    def faults(self) -> list[str]:
        """Periods of no length would refuse every scan, or confirm hours that nobody could have seen."""
        found = super().faults()
        for variable, number in (
            ("ZHIYUAN_ATTENDANCE_CODE_STEP", self.code_step_seconds),
            ("ZHIYUAN_SCAN_PAIRS_A_DAY", self.pairs_a_day),
            ("ZHIYUAN_OFFLINE_SCAN_HOURS", self.offline_scan_hours),
            ("ZHIYUAN_DISCLOSURE_DAYS", self.disclosure_days),
            ("ZHIYUAN_RECORD_WORKING_DAYS", self.record_working_days),
            ("ZHIYUAN_APPEAL_DAYS", self.appeal_days),
            ("ZHIYUAN_DAY_AT_ONCE_MINUTES", self.day_at_once_minutes),
            ("ZHIYUAN_CERTIFICATES_A_DAY", self.certificates_a_day),
        ):
            if number < 1:
                found.append(f"{variable} must be at least 1")
        if self.punctuality_grace_minutes < 0:
            found.append("ZHIYUAN_PUNCTUALITY_GRACE_MINUTES must not be below 0")
        if self.day_parent_minutes < self.day_at_once_minutes:
            found.append("ZHIYUAN_DAY_PARENT_MINUTES must not be below ZHIYUAN_DAY_AT_ONCE_MINUTES")
        return found


SETTINGS = AttendanceSettings
