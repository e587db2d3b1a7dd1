"""Tags of the pages of cases: ``{% load cases %}``."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.translation import gettext as _

from complaints import sections

register = template.Library()


@register.inclusion_tag("components/tabs.html", takes_context=True)
def case_sections(context: Any) -> dict[str, Any]:
    """The parts of the section of cases; the page shown is marked."""
    request = context["request"]
    current = request.resolver_match.view_name if request.resolver_match else ""
    return {"items": sections.tabs(request.user, current), "label": _("诉求办理栏目")}
