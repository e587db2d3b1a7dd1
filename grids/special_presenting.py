"""What the pages of special groups show, put together: strictly masked unless it was opened."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from core import masking
from core.components import Event, Stat, Tab
from grids import special_access as access
from grids import special_terms as terms
from grids.models import HelpPair, HolidayVisit, SafetyCheck, SpecialHousehold
from grids.models.special import PERSONAL
from grids.queries.special import COUNTED, VIEWS, Filters, Line, url
from grids.special_workflow import LAMPS, Move, State

CHECK_LAMPS = {"planned": "near", "done": "done", "absent": "pause", "cancelled": "pause"}


def name(household: SpecialHousehold) -> str:
    """The family name and one star, however long the name is."""
    shown = masking.mask("name", household.name)
    return f"{shown.rstrip('*')}*" if shown else "—"


def particulars(household: SpecialHousehold) -> dict[str, str]:
    """What stands in for each particular: of numbers only that there is one."""
    told = _("已登记")
    found = {key: told if getattr(household, key) else "" for key in PERSONAL}
    found["name"] = name(household) if household.name else ""
    found["address"] = masking.mask("address", household.address)
    if household.guardian:
        found["guardian"] = masking.mask("name", household.guardian).rstrip("*") + "*"
    return found


def facts(household: SpecialHousehold, full: dict[str, str] | None) -> list[tuple[str, str]]:
    """Label and value of each particular, masked or as it was opened."""
    shown = full if full is not None else particulars(household)
    labels = {key: household._meta.get_field(key).verbose_name for key in PERSONAL}  # type: ignore[union-attr]
    return [(str(labels[key]), shown[key] or "—") for key in PERSONAL]


def lamp(household: SpecialHousehold, *, on: date) -> tuple[str, Any]:
    if household.is_stale(on=on):
        return "late", _("复核超期")
    state = State(household.state)
    return LAMPS[state], state.label


def rows(households: Iterable[SpecialHousehold], *, on: date) -> list[dict[str, Any]]:
    """Lines of a list. Where somebody lives is told by the grid alone."""
    found = list(households)
    keys = [one.pk for one in found]
    helped = HelpPair.objects.on(on).filter(household__in=keys, role=HelpPair.Role.MAIN)
    helpers = {one.household_id: one.helper for one in helped.select_related("helper__user")}
    planned = SafetyCheck.objects.filter(household__in=keys, state=SafetyCheck.State.PLANNED)
    due = dict(planned.values_list("household", "due_on"))
    lines = []
    for one in found:
        colour, word = lamp(one, on=on)
        lines.append(
            {
                "household": one,
                "lamp": colour,
                "word": word,
                "name": name(one),
                "helper": helpers.get(one.pk),
                "check_due": due.get(one.pk),
                "check_late": bool(due.get(one.pk) and due[one.pk] < on),
            }
        )
    return lines


def sections(current: str) -> list[Tab]:
    pages = (
        ("special", _("台账")),
        ("special_visits", _("节日慰问")),
        ("special_counts", _("统计")),
    )
    return [Tab(label, reverse(f"grids:{page}"), page == current) for page, label in pages]


def stats(whole: Line) -> list[Stat]:
    """The whole in a row of numbers, each of which opens its list."""
    tones = {"stale": "late", "checks": "late", "found": "late", "unpaired": "near"}
    return [
        Stat(VIEWS[view], whole.numbers[view], url(view=view), "", tones.get(view, ""))
        if whole.numbers[view]
        else Stat(VIEWS[view], 0, url(view=view))
        for view in COUNTED
    ]


def views(user: User, filters: Filters, *, on: date) -> list[Tab]:
    """Views of the list with their numbers."""
    return [
        Tab(
            label,
            "?" + filters.query(view=view),
            view == filters.view,
            filters.narrow(user, on=on, view=view).count(),
        )
        for view, label in VIEWS.items()
    ]


def consent_of(household: SpecialHousehold) -> list[dict[str, Any]]:
    return [
        {
            "consent": one,
            "giver": terms.title("givers", one.given_by),
            "form": terms.title("forms", one.form),
            "withdrawn_by": terms.title("givers", one.withdrawn_by) if one.withdrawn_by else "",
        }
        for one in household.consents.select_related("taken_by").order_by("-taken_at", "-pk")
    ]


def checks_of(household: SpecialHousehold, *, on: date) -> list[dict[str, Any]]:
    found = []
    for one in household.checks.select_related("done_by").order_by("-due_on", "-pk"):
        word, colour = one.get_state_display(), CHECK_LAMPS[one.state]
        if one.verdict:
            word = one.get_verdict_display()
            colour = "late" if one.verdict == SafetyCheck.Verdict.FOUND else "done"
        if one.state == SafetyCheck.State.PLANNED and one.due_on < on:
            word, colour = _("检查超期"), "late"
        bad = [terms.title("items", code) for code, told in one.results.items() if told == "bad"]
        found.append({"check": one, "word": word, "lamp": colour, "bad": bad})
    return found


def visits_of(household: SpecialHousehold) -> list[dict[str, Any]]:
    return [
        {
            "visit": one,
            "word": terms.title("outcomes", one.outcome)
            if one.outcome
            else one.get_state_display(),
            "lamp": "done" if one.state == HolidayVisit.State.DONE else "near",
        }
        for one in household.visits.exclude(state=HolidayVisit.State.CANCELLED)
        .select_related("visited_by")
        .order_by("-due_on", "-pk")
    ]


def history(household: SpecialHousehold) -> list[Event]:
    return [
        Event(
            at=one.at,
            title=Move(one.move).label,
            detail=one.text,
            by=str(one.by) if one.by else _("系统"),
            tone="late" if one.move in (Move.END, Move.WITHDRAW) else "",
        )
        for one in household.events.select_related("by").order_by("-pk")
    ]


def movable(household: SpecialHousehold, user: User) -> list[Move]:
    """The moves with a form that somebody may make now, and that have something to move."""
    found = []
    has_pairs = household.pairs.filter(valid_until__isnull=True)
    there = {
        Move.SHARE: not household.shared and household.government_grid_id is not None,
        Move.UNSHARE: household.shared,
        Move.HAND_OVER: has_pairs.filter(role=HelpPair.Role.MAIN).exists(),
        Move.END_HELP: has_pairs.exists(),
        Move.VISIT: household.visits.filter(state=HolidayVisit.State.PLANNED).exists(),
    }
    for move in ORDER:
        if there.get(move, True) and not access.refusal(move, household, by=user):
            found.append(move)
    return found


ORDER = (
    Move.HELP,
    Move.HAND_OVER,
    Move.END_HELP,
    Move.CHECK,
    Move.PLAN_CHECK,
    Move.VISIT,
    Move.REVIEW,
    Move.SHARE,
    Move.UNSHARE,
    Move.END,
    Move.WITHDRAW,
)
