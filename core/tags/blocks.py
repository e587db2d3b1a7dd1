"""Those that other content stands in: cards, tables, charts, acts."""

from __future__ import annotations

from typing import Any
from zlib import crc32

from django import template
from django.template.loader import render_to_string

register = template.Library()


@register.simple_block_tag
def card(
    content: str, title: Any = "", note: Any = "", url: str = "", link: Any = "", id: str = ""
) -> str:
    """A framed part of a page: ``{% card title=… note=… url=… link=… %}…{% endcard %}``."""
    context = {"content": content, "title": title, "note": note}
    return render_to_string("components/card.html", {**context, "url": url, "link": link, "id": id})


@register.simple_block_tag
def filter_bar(content: str, reset_url: str = "", total: Any = None, export_url: str = "") -> str:
    """A GET form around filter fields, with the number found, "clear" and "export these"."""
    context = {"content": content, "reset_url": reset_url, "total": total}
    return render_to_string("components/filter_bar.html", {**context, "export_url": export_url})


@register.simple_block_tag
def data_table(
    content: str, caption: Any = "", total: Any = None, export_url: str = "", page: Any = None
) -> str:
    """Frame of a table: scope, count and export above, pager below; the rows are the content."""
    context = {"content": content, "caption": caption, "total": total}
    more = {"export_url": export_url, "page": page}
    return render_to_string("components/data_table.html", {**context, **more})


@register.simple_block_tag
def chart_frame(
    content: str,
    title: Any = "",
    period: Any = "",
    scope: Any = "",
    source: Any = "",
    list_url: str = "",
    download_url: str = "",
    svg: Any = "",
) -> str:
    """A chart with what it counts; the content is the same figures as a table."""
    context = {"content": content, "title": title, "period": period, "scope": scope}
    more = {"source": source, "list_url": list_url, "download_url": download_url, "svg": svg}
    return render_to_string("components/chart_frame.html", {**context, **more})


@register.simple_block_tag(takes_context=True)
def act(
    context: Any,
    content: str,
    url: str,
    label: Any,
    tone: str = "secondary",
    refusal: Any = "",
    confirm: Any = "",
    icon: str = "",
    id: str = "",
) -> str:
    """A button that does something: a POST form; refused moves are disabled and say why.

    ``confirm``: the question asked first, in a dialog that may hold fields (the content).
    """
    values = {"content": content, "url": url, "label": label, "tone": tone, "refusal": refusal}
    more = {"confirm": confirm, "icon": icon, "id": id or f"act-{crc32(url.encode()):x}"}
    token = {"csrf_token": context.get("csrf_token", "")}
    return render_to_string("components/act.html", {**values, **more, **token})
