"""What attendance refuses. The codes of scans are promised in API.md."""

from __future__ import annotations

from services.chassis.errors import AppError, Conflict, Forbidden


class CodeInvalid(AppError):
    """The scanned text is no code of this platform, or was changed."""

    code = "code_invalid"
    status = 422
    title_zh, title_en = "二维码无效", "This is not a valid code"
    detail_zh, detail_en = "请扫描活动现场展示的签到或签退二维码。", "Scan the code that is shown at the activity."


class CodeExpired(AppError):
    """The code was shown too long ago; the screen shows a new one by now."""

    code = "code_expired"
    status = 422
    title_zh, title_en = "二维码已过期", "The code has expired"
    detail_zh, detail_en = "请扫描屏幕上最新的二维码。", "Scan the code that the screen shows now."


class StaticCodeNotAllowed(Conflict):
    """The activity takes no printed codes (any more); the organizer decides that with ``static_codes_allowed``."""

    code = "static_code_not_allowed"
    title_zh, title_en = "该活动未启用纸质二维码", "The activity takes no printed codes"
    detail_zh = "请扫描活动现场屏幕上的二维码；如需张贴纸质二维码，请先在活动中启用。"
    detail_en = "Scan the code on the screen; printed ones have to be allowed in the activity first."


class NonceReused(AppError):
    """The nonce belongs to another scan (another shift or the other direction). A new scan needs a new nonce."""

    code = "nonce_reused"
    status = 422
    title_zh, title_en = "随机数已用于另一次扫码", "The nonce belongs to another scan"
    detail_zh, detail_en = "每次扫码须使用新的 nonce。", "Every scan needs a nonce of its own."


class NotAccepted(Forbidden):
    """The volunteer has no accepted enrollment for the shift."""

    code = "not_accepted"
    title_zh, title_en = "未被该班次录用", "Not accepted for this shift"
    detail_zh = "只有被该班次录用的志愿者才能记录时长。"
    detail_en = "Hours are recorded for volunteers who were accepted for the shift."


class NotVerifiedInPerson(Forbidden):
    """Nobody has verified the volunteer in person yet, so no hours are counted (notice, attachment 2, 三.9)."""

    code = "not_verified_in_person"
    title_zh, title_en = "尚未面验", "Not verified in person"
    detail_zh = "请先由活动发起组织核对证件（面验），之后才能记录时长。"
    detail_en = "The organizing organization has to verify the volunteer in person before hours are counted."


class ActivityRevoked(Conflict):
    """The activity was revoked; no hours are served at it."""

    code = "activity_revoked"
    title_zh, title_en = "活动已撤销", "The activity was revoked"
    detail_zh, detail_en = "该活动已撤销。", "The activity was revoked."


class WrongTime(Conflict):
    """The shift is not on: too early or too late to scan. ``opens_at`` and ``closes_at`` tell when it is."""

    code = "wrong_time"
    title_zh, title_en = "不在扫码时间内", "Not the time to scan"
    detail_zh = "扫码时间为 {opens_at} 至 {closes_at}。"
    detail_en = "Scans are taken from {opens_at} to {closes_at}."


class OutsideFence(Conflict):
    """The scan does not come from where the activity is, or does not say from where it comes."""

    code = "outside_fence"
    title_zh, title_en = "不在活动地点", "Not at the place of the activity"
    detail_zh = "请允许定位，并在活动地点 {metres} 米范围内扫码。"
    detail_en = "Allow the location, and scan within {metres} metres of the activity."


class AlreadySignedIn(Conflict):
    """The volunteer is signed in to this shift, or to one at the same time; ``record_id`` is that record."""

    code = "already_signed_in"
    title_zh, title_en = "已签到", "Already signed in"
    detail_zh, detail_en = "您已签到，请先签退。", "You are signed in; sign out first."


class NotSignedIn(Conflict):
    """There is no sign-in at this shift that a sign-out could close."""

    code = "not_signed_in"
    title_zh, title_en = "尚未签到", "Not signed in"
    detail_zh, detail_en = "请先签到，再签退。", "Sign in before you sign out."


class SignOutStillTaken(Conflict):
    """Whoever is signed in can still sign out by a scan; ``closes_at`` tells until when."""

    code = "sign_out_still_taken"
    title_zh, title_en = "仍可扫码签退", "A scan can still sign out"
    detail_zh = "{closes_at} 前仍可扫码签退，之后才能补记签退。"
    detail_en = "Sign-outs are scanned until {closes_at}; only then can one be entered."


class TooManyPairs(Conflict):
    """The volunteer has signed in so many times today at this activity that another would be no service."""

    code = "too_many_pairs"
    title_zh, title_en = "当日签到次数已满", "Signed in too many times today"
    detail_zh = "同一活动每人每日最多签到签退 {limit} 次。"
    detail_en = "At most {limit} sign-ins a person a day are taken at one activity."


class OverlapsRecord(Conflict):
    """The time overlaps another service record of the volunteer: nobody serves twice at once."""

    code = "overlaps_record"
    title_zh, title_en = "与已有服务记录重叠", "Overlaps another service record"
    detail_zh = "该志愿者在此时段已有服务记录。"
    detail_en = "The volunteer has a service record at that time."


class OwnSupplement(Forbidden):
    """Nobody decides a supplement that they submitted, or of their own hours, whatever roles they hold."""

    code = "own_supplement"
    title_zh, title_en = "不能审核本人的补录", "This is your own supplement"
    detail_zh = "补录须由上级组织的其他管理员审核。"
    detail_en = "A supplement is decided by somebody else, at an organization above."


class SuperiorDecides(Forbidden):
    """A supplement, and hours beyond what a day counts at once, are decided above the recording organization.

    Notice, attachment 2, 三.9; FACTS.md, "Practice on i志愿".
    """

    code = "superior_decides"
    title_zh, title_en = "须由上级组织审核", "An organization above decides"
    detail_zh, detail_en = "须由上级组织审核。", "An organization above the one that recorded the hours decides."


class ProvinceDecides(Forbidden):
    """So many hours a day are decided at the root of the tree (FACTS.md, "Practice on i志愿")."""

    code = "province_decides"
    title_zh, title_en = "须由省级组织审核", "The province decides"
    detail_zh, detail_en = "单日时长过长，须由省级组织审核。", "So many hours a day are decided by the province."


class OwnHours(Forbidden):
    """Nobody decides about held hours of their own, or that they entered by hand, whatever roles they hold."""

    code = "own_hours"
    title_zh, title_en = "不能审核本人的时长", "These are your own hours"
    detail_zh = "须由上级组织的其他管理员审核本人或本人录入的时长。"
    detail_en = "Hours of your own, or that you entered, are decided by somebody else, at an organization above."


class ShiftsNotEnded(Conflict):
    """The hours of an activity are disclosed after its last shift; ``ends_at`` tells when that is."""

    code = "shifts_not_ended"
    title_zh, title_en = "活动尚未结束", "The activity has not ended"
    detail_zh, detail_en = "最后一个班次于 {ends_at} 结束。", "The last shift ends at {ends_at}."


class OpenRecords(Conflict):
    """Volunteers are still signed in, so the hours are not complete. ``records`` lists them."""

    code = "open_records"
    title_zh, title_en = "仍有未签退的记录", "Some records are still open"
    detail_zh = "仍有 {count} 条记录未签退，请先补记签退，或通过补录处理。"
    detail_en = "{count} records have no sign-out; enter it, or settle them by a supplement first."


class NothingToDisclose(Conflict):
    """The activity has no service records."""

    code = "nothing_to_disclose"
    title_zh, title_en = "没有可公示的记录", "There is nothing to disclose"
    detail_zh, detail_en = "该活动没有服务记录。", "The activity has no service records."


class NothingToCertify(Conflict):
    """There are no confirmed hours in what was asked for. Hours are confirmed when their disclosure is over."""

    code = "nothing_to_certify"
    title_zh, title_en = "没有可证明的服务时长", "There is nothing to certify"
    detail_zh = "所选范围内没有已确认的服务时长；公示期满无异议的时长才可出具证明。"
    detail_en = "There are no confirmed hours in what was asked for; hours are confirmed when their disclosure is over."


class TooManyServices(Conflict):
    """A certificate lists at most so many services; a shorter period has fewer."""

    code = "too_many_services"
    title_zh, title_en = "服务记录过多", "Too many services for one certificate"
    detail_zh = "一份证明最多列 {limit} 条记录，请缩短时间范围。"
    detail_en = "A certificate lists at most {limit} services; choose a shorter period."


class BatchTooLarge(Conflict):
    """An organization asks for certificates of so many people at once at most."""

    code = "batch_too_large"
    title_zh, title_en = "一次出具的证明过多", "Too many certificates at once"
    detail_zh = "一次最多为 {limit} 人出具证明，请缩小范围。"
    detail_en = "Certificates are issued to at most {limit} people at once; ask for fewer."


class BatchStillRunning(Conflict):
    """The certificates of a batch are handed out when all of them have been issued; ``waiting`` are not yet."""

    code = "batch_still_running"
    title_zh, title_en = "证明仍在出具中", "The certificates are still being issued"
    detail_zh, detail_en = "尚有 {waiting} 份未出具，请稍后下载。", "{waiting} are still to be issued; come again soon."


class NotServed(Forbidden):
    """Only who has served at the activity evaluates it, and only a service that counts is evaluated."""

    code = "not_served"
    title_zh, title_en = "没有服务记录", "No service to speak of"
    detail_zh, detail_en = "只能评价有服务记录的活动与服务。", "Only what has been served can be evaluated."


class AlreadyEvaluated(Conflict):
    """This has been evaluated before; an evaluation is given once, and final."""

    code = "already_evaluated"
    title_zh, title_en = "已评价", "Evaluated already"
    detail_zh, detail_en = "评价只能提交一次，提交后不能修改。", "An evaluation is given once, and final."


class AboutOneself(Forbidden):
    """Nobody evaluates, honours or clears themselves, whatever roles they hold."""

    code = "about_oneself"
    title_zh, title_en = "不能办理本人事项", "This is about yourself"
    detail_zh, detail_en = "请由其他管理员办理。", "Somebody else has to do it."


class NotDisclosed(Conflict):
    """Objections are taken while hours are disclosed; before there is nothing to see, afterwards they are confirmed."""

    code = "not_disclosed"
    title_zh, title_en = "不在公示期内", "Not disclosed at present"
    detail_zh, detail_en = "只能在公示期内提出异议。", "Objections are taken while hours are disclosed."


class NotCorrectable(Conflict):
    """The record is open or frozen; ``status`` tells which. An open one is signed out, a frozen one waits."""

    code = "not_correctable"
    title_zh, title_en = "该记录目前不能更正", "The record cannot be corrected at present"
    detail_zh = "该记录尚未签退，或有异议待处理：{status}。"
    detail_en = "The record is not closed, or an objection to it is open: {status}."


class CorrectionWaiting(Conflict):
    """A correction of this record waits to be decided already; it can be withdrawn."""

    code = "correction_waiting"
    title_zh, title_en = "已有更正申请待处理", "A correction waits already"
    detail_zh = "该记录已有更正申请待处理，可先撤回。"
    detail_en = "A correction of this record waits to be decided; it can be withdrawn first."


class MissingEntryWaiting(Conflict):
    """The volunteer has asked about this shift already, and the organizer has not answered; it can be withdrawn."""

    code = "missing_entry_waiting"
    title_zh, title_en = "已有漏记申请待处理", "Asked already"
    detail_zh = "该班次已有漏记申请待处理，可先撤回。"
    detail_en = "Missing hours of this shift wait for the organizer's answer; withdraw that first."


class ObjectionAlreadyResolved(Conflict):
    """The objection was upheld or dismissed before; ``status`` tells which."""

    code = "objection_already_resolved"
    title_zh, title_en = "异议已处理", "The objection was resolved"
    detail_zh, detail_en = "该异议已处理：{status}。", "The objection was resolved: {status}."


class NothingToAppeal(Conflict):
    """Who objected appeals against a dismissal, whose record was cut against that; ``status`` is the objection's."""

    code = "nothing_to_appeal"
    title_zh, title_en = "没有可申诉的处理结果", "There is nothing to appeal against"
    detail_zh = "该异议尚未处理，或处理结果未对您不利：{status}。"
    detail_en = "The objection is not resolved, or not against you: {status}."


class AppealTooLate(Conflict):
    """Appeals are taken for some days after the resolution; ``closed_at`` tells until when."""

    code = "appeal_too_late"
    title_zh, title_en = "申诉期已过", "Too late to appeal"
    detail_zh, detail_en = "申诉截止时间为 {closed_at}。", "Appeals were taken until {closed_at}."


class AlreadyAppealed(Conflict):
    """There is one appeal a case; ``status`` is that one's."""

    code = "already_appealed"
    title_zh, title_en = "已申诉", "Appealed already"
    detail_zh, detail_en = "每项异议只能申诉一次：{status}。", "A case is appealed once: {status}."


class OwnDecision(Forbidden):
    """Whoever resolved the objection does not decide the appeal against it, whatever roles they hold."""

    code = "own_decision"
    title_zh, title_en = "不能审核本人的决定", "This is your own decision"
    detail_zh = "申诉须由上级组织的其他管理员审核。"
    detail_en = "An appeal is decided by somebody else, at an organization above."


class OwnScan(Forbidden):
    """Nobody decides about a scan of their own, whatever roles they hold."""

    code = "own_scan"
    title_zh, title_en = "不能处理本人的扫码", "This is your own scan"
    detail_zh = "须由组织的其他管理员处理。"
    detail_en = "Somebody else of the organization decides about it."


class ScanConflictResolved(Conflict):
    """The scan counts by now, or was dismissed before; ``status`` tells which."""

    code = "scan_conflict_resolved"
    title_zh, title_en = "该扫码已处理", "The scan was decided about"
    detail_zh, detail_en = "该扫码已处理：{status}。", "There is nothing left to decide: {status}."


class ScanConflictStands(Conflict):
    """What stands against the scan cannot be vouched for; ``kind`` names it. It can be dismissed."""

    code = "scan_conflict_stands"
    title_zh, title_en = "该扫码不能计入", "The scan cannot count"
    detail_zh, detail_en = "不能计入：{why}", "It cannot count: {why}"
