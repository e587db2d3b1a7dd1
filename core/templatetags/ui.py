"""Components as template tags: ``{% load ui %}``. One file each in templates/components/.

All of them are shown, in every state, on /gallery/.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django import template

from core import components as c
from core import policy, sla
from core.tags import blocks, fields, marks

register = template.Library()

for part in (marks, fields, blocks):
    register.tags.update(part.register.tags)
    register.filters.update(part.register.filters)

DIFF_KINDS = ("added", "removed", "changed")


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


@register.inclusion_tag("components/tabs.html", takes_context=True)
def tabs(context: Any, items: Sequence[c.Tab], label: Any = "") -> dict[str, Any]:
    """Views of one thing, each with its own URL; those that the reader's roles may open."""
    return {"items": [one for one in items if _opens(context, one.url)], "label": label}


@register.inclusion_tag("components/stepper.html")
def stepper(steps: Sequence[c.Step], label: Any = "") -> dict[str, Any]:
    """Where a person stands in a task of several pages."""
    return {"steps": steps, "label": label}


@register.inclusion_tag("components/breadcrumb.html", takes_context=True)
def breadcrumb(context: Any, *crumbs: Any) -> dict[str, Any]:
    """Pairs of label and URL: ``{% breadcrumb "专项行动" url "任务看板" "" %}``.

    Where the reader's roles open no door the label stands without one.
    """
    pairs = list(zip(crumbs[::2], crumbs[1::2], strict=False))
    if len(crumbs) % 2:
        pairs.append((crumbs[-1], ""))
    open_doors = [url if _opens(context, url) else None for _label, url in pairs]
    return {"crumbs": [(label, url) for (label, _url), url in zip(pairs, open_doors, strict=True)]}


def _opens(context: Any, url: Any) -> bool:
    """Also true where no request is known (a letter, the gallery)."""
    request = context.get("request")
    user = getattr(request, "user", None)
    return not url or user is None or policy.opens(user, str(url))


@register.inclusion_tag("components/diff.html")
def diff(changes: Sequence[c.Change], before: Any = "", after: Any = "") -> dict[str, Any]:
    """Two versions side by side; ``before`` and ``after`` head the columns."""
    counts = {kind: sum(change.kind == kind for change in changes) for kind in DIFF_KINDS}
    return {"changes": changes, "before": before, "after": after, "counts": counts}


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
