"""Hazards in words: rows of lists, the deadline with its reasons, what somebody may do now."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import arithmetic, masking, sla
from core.components import Event, Stat, Tab
from grids.hazard_forms import FORMS, MoveForm
from grids.hazards.moves import RUNNING, Move, State
from grids.models import Hazard, HazardTerm
from grids.queries.hazards import FIGURES as ASKED
from grids.queries.hazards import Filters, Line
from grids.queries.locating import Located
from grids.services import hazard_acts as acts

if TYPE_CHECKING:
    from accounts.models import User

L = gettext_lazy
SECTIONS = {
    "list": (L("隐患清单"), "grids:hazards"),
    "board": (L("治理情况"), "grids:hazards_board"),
    "patrols": (L("排查、巡视"), "grids:patrols"),
    "plans": (L("计划"), "grids:patrol_plans"),
    "terms": (L("目录和期限"), "grids:hazard_terms"),
}
# What an owner does on site, also without a network.
ON_SITE = (Move.ACCEPT, Move.RECTIFY)
STOPPING = (Move.DECLINE, Move.RETURN, Move.DISMISS)
FIGURES = {
    "all": L("隐患"),
    "open": L("未销号"),
    "overdue": L("逾期未治理"),
    "joint": L("共同治理"),
    "closed": L("已销号"),
}


def sections(current: str) -> list[Tab]:
    return [Tab(label, reverse(name), key == current) for key, (label, name) in SECTIONS.items()]


def views(filters: Filters, counts: dict[str, int]) -> list[Tab]:
    """Mine, all, open, overdue, closed: each with its length."""
    labels = {
        "mine": _("由我治理"),
        "": _("全部"),
        "open": _("未销号"),
        "overdue": _("逾期未治理"),
        "closed": _("已销号"),
    }
    current, mine = "mine" if filters.mine else filters.view, {"mine": "1", "view": "open"}
    return [
        Tab(
            label,
            filters.url(**(mine if view == "mine" else {"view": view, "mine": ""})),
            current == view,
            counts[view],
        )
        for view, label in labels.items()
    ]


def lamp(hazard: Hazard, *, now: datetime) -> str:
    """How its deadline stands; of what has been put right, whether it was in time."""
    if hazard.state == State.DISMISSED:
        return "pause"
    if hazard.state in RUNNING:
        return sla.lamp(now, hazard.due_at)
    return "late" if hazard.in_time is False else "done"


def row(hazard: Hazard, *, now: datetime) -> dict[str, Any]:
    """A hazard as lists show it."""
    return {
        "hazard": hazard,
        "lamp": lamp(hazard, now=now),
        "word": State(hazard.state).label,
        "place": masking.mask("address", hazard.place),
        "unlocated": Located(None, hazard.unlocated).word,
    }


def described(filters: Filters) -> list[str]:
    """What a list was narrowed by beside its filter bar, in words."""
    words = []
    if filters.unit or filters.at:
        words.append(_("供电单位：%(code)s") % {"code": filters.unit or filters.at})
    if filters.grid:
        words.append(_("一个电力网格的"))
    if filters.patrol or filters.plan:
        words.append(_("排查、巡视中发现的"))
    if filters.joint:
        words.append(_("企业与政府网格共同治理的"))
    if filters.time:
        words.append(_("按期治理的") if filters.time == "met" else _("逾期治理的"))
    groups = dict(HazardTerm.Group.choices)
    if filters.group in groups:
        words.append(str(groups[filters.group]))
    return words


def events(rows: Any) -> list[Event]:
    """What happened, the last first."""
    return [
        Event(
            at=one.at,
            title=one.get_kind_display(),
            detail=one.text,
            by=f"{one.organisation} {one.by or ''}".strip(),
            tone="late" if one.kind in STOPPING else "",
        )
        for one in rows
    ]


def owners(hazard: Hazard) -> list[dict[str, Any]]:
    """Who puts it right, of which side, and whether they have accepted it."""
    rows = (
        (_("供电企业"), hazard.company_owner, hazard.company_accepted_at),
        (_("政府网格"), hazard.government_owner, hazard.government_accepted_at),
    )
    return [{"side": side, "person": who, "at": at} for side, who, at in rows if who is not None]


def offered(
    hazard: Hazard, user: User, bound: MoveForm | None = None, move: Move | None = None
) -> list[dict[str, Any]]:
    """The moves that a person may make now, each with its form.

    Putting it right is offered before it was accepted: without a network an owner does both, one
    after the other.
    """
    found = []
    for one, made in FORMS.items():
        if one is not move and not _may(one, hazard, user):
            continue
        given = {"hazard": hazard, "user": user}
        form = bound if one is move and bound is not None else made(**given)
        found.append(
            {
                "move": one,
                "name": one.value,
                "url": reverse(f"grids:hazard_{one.value}", args=[hazard.pk]),
                "form": form,
                "open": one is move,
                "offline": one in ON_SITE,
                "stopping": one in STOPPING,
            }
        )
    for one, following in zip(found, found[1:], strict=False):
        one["next"] = f"do-{following['name']}" if following["offline"] else ""
    return found


def _may(move: Move, hazard: Hazard, user: User) -> bool:
    if not acts.refusal(move, hazard, user):
        return True
    ahead = move is Move.RECTIFY and hazard.state == State.GRADED and not hazard.joint
    return ahead and not acts.refusal(Move.ACCEPT, hazard, user)


# --- Figures --------------------------------------------------------------------------------------


def percent(rate: Any) -> str:
    return arithmetic.NOTHING if rate is None else f"{arithmetic.printed(rate)}%"


def stats(line: Line) -> list[Stat]:
    """The whole in a row of numbers, each of which opens its list."""
    found = [
        Stat(
            label,
            line.counts[name],
            line.filters.url(**ASKED[name]),
            "",
            "late" if name == "overdue" and line.counts[name] else "",
        )
        for name, label in FIGURES.items()
    ]
    rate = Stat(_("按期治理率"), percent(line.rate), line.filters.url(time="met"))
    return [*found, rate]


def cells(line: Line) -> dict[str, Any]:
    """One line as the table shows it, and the list that each number opens."""
    return {
        "label": line.label,
        "counts": [
            {"label": label, "n": line.counts[name], "url": line.filters.url(**ASKED[name])}
            for name, label in FIGURES.items()
        ],
        "rate": percent(line.rate),
        "met_url": line.filters.url(time="met"),
    }
