"""What each provider's answer means for the next attempt: one table a provider, and where its codes are documented.

Why this module exists: whether an SMS is tried again, goes over somebody else, or is given up hangs on these lines, and
whoever adds a code must find them in one place. A code that no table knows is looked up by its beginning; what is still
unknown is ``TEMPORARY``: tried a few times, then given up with the code as its reason.

*permanent* is this number or these words, *account* what somebody here has to put right (and another provider may do).
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from services.notify.domain import ErrorClass

TEMPORARY, THROTTLED = ErrorClass.TEMPORARY, ErrorClass.THROTTLED
PERMANENT, ACCOUNT, UNREACHABLE = ErrorClass.PERMANENT, ErrorClass.ACCOUNT, ErrorClass.UNREACHABLE

# Source: SendSms 2021-01-11, "错误码", and tencentcloud-sdk-python, sms/v20210111/errorcodes.py; the common ones of
# API 3.0 ("公共错误码") at the end.
TENCENT: Mapping[str, ErrorClass] = {
    "FailedOperation.ContainSensitiveWord": PERMANENT,
    "FailedOperation.FailResolvePacket": ACCOUNT,
    "FailedOperation.InsufficientBalanceInSmsPackage": ACCOUNT,
    "FailedOperation.JsonParseFail": ACCOUNT,
    "FailedOperation.MarketingSendTimeConstraint": THROTTLED,
    "FailedOperation.MissingSignature": ACCOUNT,
    "FailedOperation.MissingSignatureList": ACCOUNT,
    "FailedOperation.MissingTemplateList": ACCOUNT,
    "FailedOperation.NotEnterpriseCertification": ACCOUNT,
    "FailedOperation.OtherError": TEMPORARY,
    "FailedOperation.ParametersOtherError": TEMPORARY,
    "FailedOperation.PhoneNumberInBlacklist": PERMANENT,
    "FailedOperation.PhoneNumberOnBlacklist": PERMANENT,
    "FailedOperation.SignatureIncorrectOrUnapproved": ACCOUNT,
    "FailedOperation.TemplateIncorrectOrUnapproved": ACCOUNT,
    "FailedOperation.TemplateParamSetNotMatchApprovedTemplate": ACCOUNT,
    "FailedOperation.TemplateUnapprovedOrNotExist": ACCOUNT,
    "InternalError.JsonParseFail": ACCOUNT,
    "InternalError.RequestTimeException": ACCOUNT,  # our clock
    "InternalError.RestApiInterfaceNotExist": ACCOUNT,
    "InternalError.SigFieldMissing": ACCOUNT,
    "InternalError.SigVerificationFail": ACCOUNT,
    "InvalidParameter.DirtyWordFound": PERMANENT,
    "InvalidParameterValue.ContentLengthLimit": PERMANENT,
    "InvalidParameterValue.IncorrectPhoneNumber": PERMANENT,
    "InvalidParameterValue.ProhibitedUseUrlInTemplateParameter": PERMANENT,
    "InvalidParameterValue.TemplateParameterFormatError": PERMANENT,
    "InvalidParameterValue.TemplateParameterLengthLimit": PERMANENT,
    "InvalidParameterValue.TemplateWithDirtyWords": PERMANENT,
    "LimitExceeded.AppDailyLimit": ACCOUNT,
    "LimitExceeded.DailyLimit": ACCOUNT,
    "LimitExceeded.DeliveryFrequencyLimit": THROTTLED,
    "LimitExceeded.PhoneNumberCountLimit": ACCOUNT,
    "LimitExceeded.PhoneNumberDailyLimit": PERMANENT,
    "LimitExceeded.PhoneNumberOneHourLimit": THROTTLED,
    "LimitExceeded.PhoneNumberSameContentDailyLimit": PERMANENT,
    "LimitExceeded.PhoneNumberThirtySecondLimit": THROTTLED,
    "UnsupportedOperation.UnsuportedRegion": PERMANENT,  # sic
    "InternalError": TEMPORARY,
    "LimitExceeded": THROTTLED,
    "RequestLimitExceeded": THROTTLED,
    "ResourceUnavailable": TEMPORARY,
    "AuthFailure": ACCOUNT,
    "InvalidParameter": ACCOUNT,
    "InvalidParameterValue": ACCOUNT,
    "MissingParameter": ACCOUNT,
    "UnauthorizedOperation": ACCOUNT,
    "UnsupportedOperation": ACCOUNT,
}

# Source: SendSms 2017-05-25, "API错误码"; the common ones of the OpenAPI gateway ("公共错误码") at the end.
ALIYUN: Mapping[str, ErrorClass] = {
    "isv.BLACK_KEY_CONTROL_LIMIT": PERMANENT,
    "isv.BUSINESS_LIMIT_CONTROL": THROTTLED,  # of the minute or the hour; of the day: see aliyun_class
    "isv.CUSTOMER_REFUSED": PERMANENT,
    "isv.DAY_LIMIT_CONTROL": ACCOUNT,
    "isv.MONTH_LIMIT_CONTROL": ACCOUNT,
    "isv.MOBILE_NUMBER_ILLEGAL": PERMANENT,
    "isv.PARAM_LENGTH_LIMIT": PERMANENT,
    "isv.PARAM_NOT_SUPPORT_URL": PERMANENT,
    "isv.SMS_CONTENT_ILLEGAL": PERMANENT,
    "isv.TEMPLATE_PARAMS_ILLEGAL": PERMANENT,
    "isv.UNSUPPORTED_CONTENT": PERMANENT,
    "isv.SYSTEM_ERROR": TEMPORARY,
    "isp.RAM_PERMISSION_DENY": ACCOUNT,
    "isv": ACCOUNT,  # balance, signature, template, parameters: all that is ours to put right
    "isp": TEMPORARY,
    "InternalError": TEMPORARY,
    "ServiceUnavailable": TEMPORARY,
    "SignatureNonceUsed": TEMPORARY,  # the next one is another
    "Throttling": THROTTLED,
    "Forbidden": ACCOUNT,
    "IncompleteSignature": ACCOUNT,
    "InvalidAccessKeyId": ACCOUNT,
    "InvalidAction": ACCOUNT,
    "InvalidTimeStamp": ACCOUNT,  # our clock
    "InvalidVersion": ACCOUNT,
    "Missing": ACCOUNT,
    "SignatureDoesNotMatch": ACCOUNT,
}

# Source: 公众号 "模板消息 / 发送模板消息" and "全局返回码".
WECHAT: Mapping[str, ErrorClass] = {
    "-1": TEMPORARY,
    "40001": ACCOUNT,  # comes here only if a fresh token was refused, too
    "40003": UNREACHABLE,  # no openid of this account
    "40013": ACCOUNT,
    "40014": ACCOUNT,
    "40037": ACCOUNT,
    "40125": ACCOUNT,
    "40164": ACCOUNT,  # our address is not on its list
    "41028": ACCOUNT,
    "42001": ACCOUNT,
    "43004": UNREACHABLE,  # does not follow the account
    "43019": UNREACHABLE,  # has blocked it
    "43101": UNREACHABLE,  # refuses these messages
    "45009": ACCOUNT,  # the account's quota of the day
    "45011": THROTTLED,
    "47001": ACCOUNT,
    "47003": PERMANENT,  # a field is not as its type demands
    "48001": ACCOUNT,
}

# How Aliyun's one code for three limits says which it is: "触发天级流控Permits:10".
_OF_THE_DAY = "天级流控"
_PRINTABLE = re.compile(r"[A-Za-z0-9_.:-]{1,60}")


def class_of(code: str, table: Mapping[str, ErrorClass]) -> ErrorClass:
    """What ``code`` means, by itself or by its beginning up to a dot."""
    return table.get(code) or table.get(code.partition(".")[0]) or TEMPORARY


def aliyun_class(code: str, message: str) -> ErrorClass:
    """What Aliyun's answer means; of one code the message decides."""
    if code == "isv.BUSINESS_LIMIT_CONTROL" and _OF_THE_DAY in message:
        return PERMANENT
    return class_of(code, ALIYUN)


def printable(code: object) -> str:
    """A provider's code as a reason that operators and metrics may see; anything else than a code is ``other``."""
    text = str(code)
    return text if _PRINTABLE.fullmatch(text) else "other"
