"""Values as people read them: ``{% load shown %}``."""

from __future__ import annotations

import re
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

register = template.Library()

# Beyond this a run of digits is no date or telephone any more and may be broken.
LONGEST_UNBROKEN = 24
SHORT_WORD = 4
_FIGURES = re.compile(r"[\d\-+*:.,/% ]*")
_UNITS = ("KB", "MB", "GB")
_GROUP = 16


@register.simple_tag
def size(count: int | None) -> SafeString:
    """The size of a file, short; the exact number of bytes when one points at it."""
    exact = _("%(count)s 字节")
    count = count or 0
    short = exact % {"count": count}
    value = float(count)
    for unit in _UNITS if count >= 1024 else ():
        value /= 1024
        short = f"{value:.1f} {unit}"
        if round(value, 1) < 1024:
            break
    return format_html(
        '<span class="size" title="{}">{}</span>', exact % {"count": f"{count:,}"}, short
    )


@register.simple_tag
def digest(value: Any) -> SafeString:
    """A hash that breaks only between groups of sixteen characters and is copied whole."""
    text = str(value)
    groups = [(text[at : at + _GROUP],) for at in range(0, len(text), _GROUP)]
    inside = format_html_join(SafeString("<wbr>"), "{}", groups)
    return format_html('<code class="digest" title="{}">{}</code>', text, inside)


@register.filter
def unbroken(value: Any) -> str:
    """The class of a table cell that must stay on one line: dates, figures, short words."""
    text = str(value)
    figures = len(text) <= LONGEST_UNBROKEN and _FIGURES.fullmatch(text)
    return "unbroken" if figures or len(text) <= SHORT_WORD else ""
