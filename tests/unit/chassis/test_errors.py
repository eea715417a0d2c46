"""Refusals: what reaches the caller, and what survives the wire."""

import pytest

from services.chassis import errors
from services.chassis.errors import (
    AppError,
    FieldError,
    IllegalTransition,
    InternalError,
    Invalid,
    NotFound,
    from_wire,
    to_wire,
)


def test_a_problem_speaks_the_language_that_was_asked_for() -> None:
    refusal = IllegalTransition(current="revoked", attempted="published")

    assert refusal.to_problem("zh", "r-1")["title"] == "当前状态不允许此操作"
    assert refusal.to_problem("en", "r-1") == {
        "type": "/errors/illegal_transition",
        "title": "The present state does not allow this",
        "status": 409,
        "detail": "The state is revoked; it cannot become published.",
        "code": "illegal_transition",
        "request_id": "r-1",
        "data": {"current": "revoked", "attempted": "published"},
    }


def test_all_bad_fields_stand_in_one_problem() -> None:
    refusal = Invalid(
        FieldError("cert_no", "bad_check_digit", "校验码不正确", "the check digit is wrong"),
        FieldError("phone", "bad_mobile", "手机号码格式不正确", "is not a mobile number"),
    )

    problem = refusal.to_problem("zh", "r-1")

    assert problem["status"] == 422
    assert problem["errors"] == [
        {"field": "cert_no", "code": "bad_check_digit", "message": "校验码不正确"},
        {"field": "phone", "code": "bad_mobile", "message": "手机号码格式不正确"},
    ]


@pytest.mark.parametrize(
    "refusal",
    [
        NotFound(what="activity"),
        IllegalTransition(current="a", attempted="b"),
        Invalid(FieldError("name", "required", "必填", "is required")),
    ],
)
def test_a_refusal_survives_the_wire(refusal: AppError) -> None:
    arrived = from_wire(to_wire(refusal))

    assert type(arrived) is type(refusal)
    assert arrived.to_problem("zh", "r") == refusal.to_problem("zh", "r")


def test_a_refusal_of_an_unknown_class_keeps_its_code_status_and_words() -> None:
    wire = to_wire(NotFound(what="x")) | {"code": "made_elsewhere", "status": 418}

    arrived = from_wire(wire)

    assert (arrived.code, arrived.status, arrived.title("en")) == ("made_elsewhere", 418, "Not found")


def test_what_is_no_refusal_reaches_the_caller_without_its_text() -> None:
    wire = to_wire(RuntimeError("certificate 11010519491231002X was refused"))

    assert wire["code"] == InternalError.code
    assert "110105" not in str(wire)


def test_a_code_belongs_to_one_class() -> None:
    with pytest.raises(TypeError, match="is taken by"):
        type("Impostor", (AppError,), {"code": "not_found", "__module__": __name__})


def test_a_refusal_without_a_code_of_its_own_is_refused() -> None:
    with pytest.raises(TypeError, match="code of its own"):
        type("Nameless", (NotFound,), {})


def test_every_refusal_has_words_in_both_languages() -> None:
    for code, error in errors.registry().items():
        assert error.title_zh, code
        assert error.title_en, code
        assert 400 <= error.status < 600, code
