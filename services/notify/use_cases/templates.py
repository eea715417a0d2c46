"""Templates as operators look at them: the words with something in the gaps, how long they are, what they are charged.

Why this module exists: a word more makes two SMS of one, a hundred thousand times; that is seen here before it is sent.
"""

from __future__ import annotations

from typing import Any

from services.chassis.errors import FieldError, Invalid, NotFound
from services.notify import commands
from services.notify.domain import segments
from services.notify.providers.base import Batch
from services.notify.repository import NotifyUnitOfWork
from services.notify.templates import TEMPLATES, Kind, Template
from services.notify.templates.samples import samples
from services.notify.use_cases import codes
from services.notify.use_cases.telling import KINDS

_KINDS = {**KINDS, codes.TEMPLATE: {"code": Kind.TEXT, "minutes": Kind.NUMBER}}


def list_templates(_query: commands.ListTemplates, uow: NotifyUnitOfWork) -> dict[str, Any]:
    """Every template, with a sample in both languages; for platform administrators."""
    uow.caller.require_platform()
    return {"items": [_described(uow, template) for template in TEMPLATES.values()]}


def preview_template(query: commands.PreviewTemplate, uow: NotifyUnitOfWork) -> dict[str, Any]:
    """One template with the given parameters, and samples for the rest; for platform administrators."""
    uow.caller.require_platform()
    template = TEMPLATES.get(query.key)
    if template is None:
        raise NotFound(what="template")
    given = {parameter.name: parameter.value for parameter in query.parameters}
    unknown = given.keys() - template.parameters
    if unknown:
        raise Invalid(FieldError("parameters", "unknown", f"模板没有参数 {min(unknown)}", f"knows no {min(unknown)}"))
    try:
        return _rendered(uow, template, query.locale, {**samples(_KINDS[template.key]), **given})
    except ValueError:
        raise Invalid(
            FieldError("parameters", "bad_moment", "以 _at 结尾的参数应为带时区的时间", "*_at must be RFC 3339 moments")
        ) from None


def _described(uow: NotifyUnitOfWork, template: Template) -> dict[str, Any]:
    kinds = _KINDS[template.key]
    return {
        "key": template.key,
        "zh": template.zh,
        "en": template.en,
        "parameters": sorted(kinds),
        "kinds": [{"name": name, "kind": kinds[name]} for name in sorted(kinds)],
        "source": template.source,
        "samples": [_rendered(uow, template, locale, samples(kinds)) for locale in ("zh", "en")],
    }


def _rendered(uow: NotifyUnitOfWork, template: Template, locale: str, parameters: dict[str, str]) -> dict[str, Any]:
    words = template.words(locale, parameters)
    text = template.said(locale, words)
    batch = Batch(template.key, locale, words, text, recipients=())
    shortened = [cut for provider in _providers(uow) for cut in _shortened(uow, provider, batch)]
    return {
        "locale": locale, "text": text, "characters": len(text), "segments": segments(text), "shortened": shortened,
    }  # fmt: skip


def _providers(uow: NotifyUnitOfWork) -> list[str]:
    """Those of which some do not take everything."""
    wechat = [uow.settings.wechat_provider] if uow.settings.wechat_provider == "wechat" else []
    return [share.name for share in uow.settings.sms_providers] + wechat


def _shortened(uow: NotifyUnitOfWork, provider: str, batch: Batch) -> list[dict[str, str]]:
    templates = uow.settings.approved_by(provider)
    approved = templates.of(batch)
    if approved is None:
        return []
    filled = templates.filled(approved, batch)
    said = {ours: filled.variables[theirs] for theirs, ours in approved.parameters.items()}
    return [{"provider": provider, "name": name, "value": said[name]} for name in filled.shortened]
