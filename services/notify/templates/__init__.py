"""Every message the platform sends, in Chinese and English, with the parameters it needs; a module per topic.

Why this package exists: a volunteer reads these words; an auditor compares them with the notice. One entry a message.
A template that names what its event does not have keeps notify from starting (``use_cases/telling.py``).
"""

from __future__ import annotations

from services.notify.templates import accounts, activities, card, hours, reviews
from services.notify.templates.template import Kind, Template

TEMPLATES: dict[str, Template] = {
    template.key: template for topic in (accounts, reviews, activities, hours, card) for template in topic.TEMPLATES
}

__all__ = ["TEMPLATES", "Kind", "Template"]
