"""Components as template tags: ``{% load ui %}``. One file each in templates/components/.

All of them are shown, in every state, on /gallery/.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any
from zlib import crc32

from django import template
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.forms import BoundField, CheckboxInput, CheckboxSelectMultiple, FileInput, RadioSelect
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from core import components as c
from core import sla
from core.clock import ZONE
from core.sheets.labels import label_of

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
    """A time for people and machines. ``form``: minute, date, short (11-24 09:30), second."""
    if value is None:
        return mark_safe('<span class="nothing">—</span>')
    formats = {"minute": "Y-m-d H:i", "date": "Y-m-d", "short": "m-d H:i", "second": "Y-m-d H:i:s"}
    pattern = formats[form]
    if isinstance(value, datetime):
        value = timezone.localtime(value, ZONE)
    else:
        pattern = pattern.split(" ")[0]
    return format_html(
        '<time datetime="{}">{}</time>', value.isoformat(), date_format(value, pattern)
    )


@register.inclusion_tag("components/clock.html")
def clock(
    title: Any,
    due_at: datetime | None,
    lamp: str = "ok",
    lamp_text: Any = "",
    explanation: Sequence[dict[str, Any]] = (),
    provisional: bool = False,
    start: datetime | None = None,
    now: datetime | None = None,
    pauses: Sequence[tuple[datetime, datetime | None]] = (),
    note: Any = "",
) -> dict[str, Any]:
    """A deadline with its explanation: ``explanation`` is the list that core.sla gives.

    With ``start`` and ``now`` the way from start to deadline is drawn, pauses hatched.
    """
    line = c.track(start, due_at, now, pauses) if start and due_at and now else None
    return {
        "title": title,
        "due_at": due_at,
        "lamp": lamp,
        "lamp_text": lamp_text,
        "explanation": list(sla.shown(explanation)),
        "provisional": provisional,
        "track": line,
        "note": note,
    }


@register.inclusion_tag("components/stat.html")
def stat(
    label: Any = "",
    value: Any = "",
    url: str = "",
    note: Any = "",
    tone: str = "",
    icon: str = "",
    delta: Any = "",
    current: bool = False,
) -> dict[str, Any]:
    """A number that opens its list; the first argument may be a whole ``components.Stat``."""
    if isinstance(label, c.Stat):
        return {"stat": label}
    return {"stat": c.Stat(label, value, url, note, tone, icon, delta, current)}


@register.inclusion_tag("components/empty.html")
def empty(
    title: Any, text: Any = "", icon: str = "inbox", url: str = "", action: Any = ""
) -> dict[str, Any]:
    """What is shown where a list has no rows: why, and what to do."""
    return {"title": title, "text": text, "icon": icon, "url": url, "action": action}


@register.inclusion_tag("components/timeline.html")
def timeline(events: Sequence[c.Event]) -> dict[str, Any]:
    """What happened, newest first as given."""
    return {"events": events}


@register.inclusion_tag("components/phase_rail.html")
def phase_rail(phases: Sequence[c.RailPhase], today: date) -> dict[str, Any]:
    """Phases of a campaign, each as wide as it is long, with today's mark."""
    spans = c.spans([phase.days() for phase in phases])
    rows = [
        {
            "phase": phase,
            "state": phase.state(today),
            "elapsed": phase.elapsed(today),
            "left": (phase.ends_on - today).days,
            "span": span,
        }
        for phase, span in zip(phases, spans, strict=True)
    ]
    return {"rows": rows, "today": today}


@register.inclusion_tag("components/board.html")
def board(board: c.Board) -> dict[str, Any]:
    """The matrix of rows and columns with lamps; every cell with a URL is one click."""
    return {"board": board}


@register.inclusion_tag("components/tabs.html")
def tabs(items: Sequence[c.Tab], label: Any = "") -> dict[str, Any]:
    """Views of one thing, each with its own URL."""
    return {"items": items, "label": label}


@register.inclusion_tag("components/stepper.html")
def stepper(steps: Sequence[c.Step], label: Any = "") -> dict[str, Any]:
    """Where a person stands in a task of several pages."""
    return {"steps": steps, "label": label}


@register.inclusion_tag("components/breadcrumb.html")
def breadcrumb(*crumbs: Any) -> dict[str, Any]:
    """Pairs of label and URL: ``{% breadcrumb "专项行动" url "任务看板" "" %}``."""
    pairs = list(zip(crumbs[::2], crumbs[1::2], strict=False))
    if len(crumbs) % 2:
        pairs.append((crumbs[-1], ""))
    return {"crumbs": pairs}


@register.inclusion_tag("components/diff.html")
def diff(changes: Sequence[c.Change], before: Any = "", after: Any = "") -> dict[str, Any]:
    """Two versions side by side; ``before`` and ``after`` head the columns."""
    counts = {kind: sum(change.kind == kind for change in changes) for kind in DIFF_KINDS}
    return {"changes": changes, "before": before, "after": after, "counts": counts}


DIFF_KINDS = ("added", "removed", "changed")


@register.inclusion_tag("components/error_list.html")
def error_list(problems: Sequence[Any], copy_url: str = "") -> dict[str, Any]:
    """All errors of a workbook at once: where, which rule, how to fix it.

    ``problems`` have sheet, row, column, cell, rule, message, remedy and severity ("hard"/"soft").
    """
    hard = [_told(problem) for problem in problems if _severity(problem) not in SOFT]
    soft = [_told(problem) for problem in problems if _severity(problem) in SOFT]
    return {"hard": hard, "soft": soft, "copy_url": copy_url}


SOFT = {"soft", "warning", "warn"}


def _told(problem: Any) -> dict[str, Any]:
    """A problem as its line shows it; what concerns no cell says which row, sheet or file."""
    given = problem if isinstance(problem, dict) else problem.as_dict()
    told = {name: given.get(name, "") for name in ("sheet", "cell", "column", "message", "remedy")}
    told["rule"] = label_of(given.get("rule", ""))
    if not told["cell"] and given.get("row"):
        told["cell"] = _("第 %(row)d 行") % {"row": given["row"]}
    elif not told["cell"] and not told["column"]:
        told["cell"] = _("整张表") if told["sheet"] else _("整个文件")
    return told


def _severity(problem: Any) -> str:
    found = problem.get("severity") if isinstance(problem, dict) else problem.severity
    return str(getattr(found, "value", found) or "hard")


@register.inclusion_tag("components/file_drop.html")
def file_drop(
    field: BoundField | None = None,
    name: str = "file",
    label: Any = "",
    accept: str = "",
    help: Any = "",
    multiple: bool = False,
    required: bool = False,
    error: Any = "",
) -> dict[str, Any]:
    """A place to drop a file on, which is a plain file input where there is no JavaScript."""
    return {
        "field": field,
        "name": field.html_name if field is not None else name,
        "id": field.auto_id if field is not None else f"id_{name}",
        "label": label or (field.label if field is not None else ""),
        "accept": accept,
        "help": help or (field.help_text if field is not None else ""),
        "errors": field.errors if field is not None else (error,) if error else (),
        "required": field.field.required if field is not None else required,
        "multiple": multiple,
    }


@register.inclusion_tag("components/form_field.html")
def form_field(field: BoundField, hint: Any = "", wide: bool = False) -> dict[str, Any]:
    """Label, widget, hint and error of one field, tied together for screen readers."""
    return field_context(field, hint, wide)


def field_context(field: BoundField, hint: Any = "", wide: bool = False) -> dict[str, Any]:
    widget = field.field.widget
    kind = "text"
    if isinstance(widget, CheckboxSelectMultiple | RadioSelect):
        kind = "group"
    elif isinstance(widget, CheckboxInput):
        kind = "check"
    elif isinstance(widget, FileInput):
        kind = "file"
    return {"field": field, "hint": hint or field.help_text, "kind": kind, "wide": wide}


@register.inclusion_tag("components/field_errors.html")
def field_errors(field: BoundField) -> dict[str, Any]:
    """What is wrong with one field, where the page arranges label and widget itself."""
    return {"field": field}


@register.inclusion_tag("components/form_errors.html")
def form_errors(form: Any) -> dict[str, Any]:
    """Summary above a form: every error as a link to its field."""
    return {"form": form}


@register.inclusion_tag("components/person.html")
def person(
    name: Any, detail: Any = "", reveal_url: str = "", masked: bool = False
) -> dict[str, Any]:
    """A person as a chip; a masked one offers to be revealed (with a purpose, on the record)."""
    return {"name": name, "detail": detail, "reveal_url": reveal_url, "masked": masked}


@register.inclusion_tag("components/progress.html")
def progress(
    done: int,
    total: int,
    label: Any = "",
    note: Any = "",
    state: str = "running",
    cancel_url: str = "",
    poll_url: str = "",
) -> dict[str, Any]:
    """Long work: bar, count, what remains, cancel. ``poll_url``: asked again every two seconds."""
    share = round(100 * done / total) if total else 0
    return {
        "done": done,
        "total": total,
        "left": max(total - done, 0),
        "share": share,
        "label": label,
        "note": note,
        "state": state,
        "cancel_url": cancel_url,
        "poll_url": poll_url,
    }


@register.inclusion_tag("components/bar.html")
def bar(done: int, total: int, tone: str = "", label: Any = "") -> dict[str, Any]:
    """A thin bar "done of total", for tables and cards."""
    share = round(100 * done / total, 1) if total else 0
    return {"done": done, "total": total, "share": share, "tone": tone, "label": label}


@register.inclusion_tag("components/pager.html")
def pager(page: Any, total: int | None = None) -> dict[str, Any]:
    """Links of a ``core.paging.Page``: earlier, later, how many in all when known."""
    return {"page": page, "total": total}


@register.inclusion_tag("components/table_head.html", takes_context=True)
def table_head(context: Any, columns: Sequence[c.Column], chosen: str = "sort") -> dict[str, Any]:
    """Head of a data table with sorting links (``?sort=key`` / ``?sort=-key``), sticky."""
    params = context["request"].GET.copy()
    for gone in ("after", "after_way"):
        params.pop(gone, None)
    current = params.get(chosen, "")
    heads = []
    for column in columns:
        up, down = column.sort == current, f"-{column.sort}" == current
        params[chosen] = f"-{column.sort}" if up else column.sort
        heads.append(
            {
                "column": column,
                "query": f"?{params.urlencode()}" if column.sort else "",
                "direction": "ascending" if up else "descending" if down else "",
            }
        )
    return {"heads": heads}


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
