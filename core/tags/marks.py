"""The small ones inside a line: icons, lamps, times, numbers."""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from django import template
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from core import arithmetic, clock
from core.clock import ZONE

register = template.Library()

ICONS = Path(settings.BASE_DIR) / "static" / "vendor" / "icons"
LAMP_WORDS = {
    "ok": _("正常"),
    "near": _("临期"),
    "late": _("逾期"),
    "pause": _("暂停"),
    "done": _("办结"),
}


@lru_cache(maxsize=512)
def icon_body(name: str) -> str:
    """The drawing inside an icon file, without the svg tag and the invisible frame."""
    path = ICONS / f"{name}.svg"
    if "/" in name or not path.exists():
        raise ImproperlyConfigured(f"no such icon: {name}")
    text = path.read_text(encoding="utf-8")
    body = text[text.index(">", text.index("<svg")) + 1 : text.rindex("</svg>")]
    lines = [line.strip() for line in body.splitlines() if 'd="M0 0h24v24H0z"' not in line]
    return "".join(lines)


@register.simple_tag
def icon(name: str, title: str = "", size: int = 18) -> SafeString:
    """An icon of the Tabler set, drawn in the text's colour; silent unless it has a title."""
    label = format_html('role="img" aria-label="{}"', title) if title else 'aria-hidden="true"'
    return format_html(
        '<svg class="icon" width="{0}" height="{0}" viewBox="0 0 24 24" {1}>{2}</svg>',
        size,
        mark_safe(label),
        mark_safe(icon_body(name)),
    )


@register.simple_tag
def lamp(kind: str, text: Any = "") -> SafeString:
    """State as shape, colour and word. Without a text the lamp's own word is used."""
    if kind not in LAMP_WORDS:
        kind = "pause"
    return format_html('<span class="lamp lamp-{}">{}</span>', kind, text or LAMP_WORDS[kind])


@register.simple_tag
def when(value: datetime | date | None, form: str = "minute") -> SafeString:
    """A time for people and machines. ``form``: minute, date, short (11-24 09:30), second.

    A short one of another year says so: what goes on over the turn of a year would be read wrong.
    """
    if value is None:
        return mark_safe('<span class="nothing">—</span>')
    formats = {"minute": "Y-m-d H:i", "date": "Y-m-d", "short": "m-d H:i", "second": "Y-m-d H:i:s"}
    pattern = formats[form]
    if isinstance(value, datetime):
        value = timezone.localtime(value, ZONE)
    if form == "short" and value.year != clock.today().year:
        pattern = formats["minute"]
    if not isinstance(value, datetime):
        pattern = pattern.split(" ")[0]
    return format_html(
        '<time datetime="{}">{}</time>', value.isoformat(), date_format(value, pattern)
    )


@register.filter
def grouped(value: Any) -> str:
    """A figure with a comma between thousands; any other text as it is."""
    return arithmetic.grouped(value)


@register.filter
def at(mapping: Any, key: Any) -> Any:
    """``{{ mapping|at:key }}``: a value by a variable key; empty when there is none."""
    try:
        return mapping[key]
    except (KeyError, IndexError, TypeError):
        return ""


@register.filter
def initial(name: Any) -> str:
    """First character of a name, for the round mark."""
    return escape(str(name).strip()[:1])


@register.filter
def number(value: float) -> str:
    """A number for an SVG attribute: a point, never a comma, whatever the language."""
    return f"{value:g}"
