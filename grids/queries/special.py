"""Reading the special-group ledger: lists by filters, holidays of the calendar, figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from accounts.permissions import Permission
from accounts.reach import workplaces
from core import clock, workdays
from core.models import CalendarDay
from grids import special_terms as terms
from grids.models import HelpPair, HolidayVisit, SafetyCheck, SpecialHousehold
from grids.models.special import PREFIX
from grids.queries.registers import number_of
from grids.special_workflow import State

if TYPE_CHECKING:
    from accounts.models import User

VIEWS: dict[str, Any] = {
    "standing": _("在册"),
    "stale": _("复核超期"),
    "unpaired": _("未结对"),
    "checks": _("检查超期"),
    "found": _("上次检查发现问题"),
    "visits": _("待慰问"),
    "left": _("已退出台账"),
    "all": _("全部"),
}
NAMES = ("view", "q", "kind", "unit", "grid", "holiday", "year", "visit")
MOST_COUNTED = 50_000
PAST, COMING = timedelta(days=30), timedelta(days=200)


def flagged(rows: Any, *, on: date) -> Any:
    """Households with what is missing at each."""
    mine = OuterRef("pk")
    helped = HelpPair.objects.on(on).filter(household=mine, role=HelpPair.Role.MAIN)
    planned = SafetyCheck.objects.filter(household=mine, state=SafetyCheck.State.PLANNED)
    done = SafetyCheck.objects.filter(household=mine, state=SafetyCheck.State.DONE)
    last = done.order_by("-done_on", "-pk")
    visits = HolidayVisit.objects.filter(household=mine, state=HolidayVisit.State.PLANNED)
    return rows.annotate(
        is_helped=Exists(helped),
        is_check_late=Exists(planned.filter(due_on__lt=on)),
        is_to_visit=Exists(visits),
        last_verdict=last.values("verdict")[:1],
    )


def condition(view: str, *, on: date) -> Q:
    """What of flagged households a view shows."""
    standing = Q(state=State.STANDING)
    match view:
        case "stale":
            return standing & Q(review_due_on__lt=on)
        case "unpaired":
            return standing & Q(is_helped=False)
        case "checks":
            return standing & Q(is_check_late=True)
        case "found":
            return standing & Q(last_verdict=SafetyCheck.Verdict.FOUND)
        case "visits":
            return standing & Q(is_to_visit=True)
        case "left":
            return ~standing
        case "all":
            return Q()
    return standing


@dataclass(frozen=True)
class Filters:
    """What of the ledger is asked for."""

    view: str = "standing"
    q: str = ""
    kind: str = ""
    unit: str = ""
    grid: str = ""
    # Of one holiday: those to be visited or visited.
    holiday: str = ""
    year: str = ""
    visit: str = ""

    @classmethod
    def of(cls, params: Mapping[str, str]) -> Filters:
        said = {name: params.get(name, "").strip()[:40] for name in NAMES}
        if said["view"] not in VIEWS:
            said["view"] = "standing"
        return cls(**said)

    def found(self, user: User, *, on: date) -> Any:
        """Households in sight that fit, without regard to the view."""
        rows = flagged(SpecialHousehold.objects.visible_to(user), on=on)
        if self.q:
            rows = rows.filter(pk=number_in(self.q))
        if self.kind:
            rows = rows.filter(kind=self.kind)
        if self.grid:
            rows = rows.filter(grid=number_of(self.grid))
        if self.unit:
            path = Organisation.objects.filter(code=self.unit).values_list("path", flat=True)
            rows = rows.filter(organisation__path__startswith=path.first() or "-")
        if self.holiday:
            visits = HolidayVisit.objects.filter(
                household=OuterRef("pk"), holiday=self.holiday, year=number_of(self.year)
            )
            if self.visit:
                visits = visits.filter(state=self.visit)
            rows = rows.filter(Exists(visits))
        return rows

    def narrow(self, user: User, *, on: date, view: str = "") -> Any:
        """Those of the view."""
        return self.found(user, on=on).filter(condition(view or self.view, on=on))

    def query(self, **more: str) -> str:
        said = {name: getattr(self, name) for name in NAMES} | more
        return urlencode({name: value for name, value in said.items() if value})

    @property
    def hidden(self) -> list[tuple[str, str]]:
        """What else is asked, to be kept by the filter form."""
        names = ("unit", "grid", "holiday", "year", "visit")
        return [(name, value) for name in names if (value := getattr(self, name))]

    def with_(self, **more: Any) -> Filters:
        return replace(self, **more)


def number_in(text: str) -> int:
    """The key behind a number like TQ-000012; 0 where there is none."""
    said = text.strip().upper()
    return number_of(said) if said.startswith(f"{PREFIX}-") or said.isdecimal() else 0


def url(**asked: str) -> str:
    """The list as it shows what is asked for."""
    return f"{reverse('grids:special')}?{urlencode(asked)}"


def kept_by(user: User) -> Any:
    """Households on the books for which somebody of the company answers."""
    below = Q(pk__in=())
    for place in workplaces(user, Permission.SPECIAL_KEEP):
        if place.is_company:
            below |= Q(organisation__path__startswith=place.path)
    return SpecialHousehold.objects.visible_to(user).standing().filter(below)


# --- Holidays -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Holiday:
    """Days off of one holiday of the working calendar."""

    name: str
    year: int
    first: date
    last: date
    provisional: bool


def holidays(*, now: datetime) -> list[Holiday]:
    """Holidays with visits around a day, by date."""
    day, book = clock.day_of(now), workdays.calendar(now=now)
    names = [one.code for one in terms.terms("holidays", on=day)]
    found: dict[tuple[str, int], list[date]] = {}
    for plan in book.plans:
        for each in plan.days:
            near = day - PAST <= each.day <= day + COMING
            if each.kind == CalendarDay.Kind.HOLIDAY and near:
                for name in names:
                    if name in each.name:
                        found.setdefault((name, plan.year), []).append(each.day)
    rows = [
        Holiday(name, year, min(days), max(days), book.is_provisional(max(days)))
        for (name, year), days in found.items()
    ]
    return sorted(rows, key=lambda one: (one.first, one.name))


def holiday_of(name: str, year: int, *, now: datetime) -> Holiday | None:
    fitting = (one for one in holidays(now=now) if (one.name, one.year) == (name, year))
    return next(fitting, None)


# --- Figures --------------------------------------------------------------------------------------

COUNTED = ("standing", "stale", "unpaired", "checks", "found", "visits", "left")


@dataclass
class Line:
    """How many households of a unit, grid or kind; each number opens its list."""

    label: str
    asked: dict[str, str]
    numbers: dict[str, int]

    @property
    def cells(self) -> list[tuple[Any, int, str]]:
        return [(VIEWS[view], self.numbers[view], url(**self.asked, view=view)) for view in COUNTED]


def figures(user: User, *, on: date) -> tuple[Line, list[tuple[str, list[Line]]]]:
    """The whole, and by unit, grid and kind."""
    fields = ("state", "kind", "organisation__code", "organisation__name", "grid", "grid__name")
    fields += ("review_due_on", "is_helped", "is_check_late", "is_to_visit", "last_verdict")
    rows = flagged(SpecialHousehold.objects.visible_to(user), on=on).order_by("pk")
    whole = Line("", {}, dict.fromkeys(COUNTED, 0))
    tables: dict[str, dict[str, Line]] = {"unit": {}, "grid": {}, "kind": {}}
    for row in rows.values(*fields)[:MOST_COUNTED]:
        places = {
            "unit": (row["organisation__code"], row["organisation__name"]),
            "grid": (str(row["grid"]), row["grid__name"]),
            "kind": (row["kind"], terms.title("kinds", row["kind"])),
        }
        lines = [whole]
        for name, (key, label) in places.items():
            blank = Line(label, {name: key}, dict.fromkeys(COUNTED, 0))
            lines.append(tables[name].setdefault(key, blank))
        for view in _views_of(row, on=on):
            for line in lines:
                line.numbers[view] += 1
    ordered = [
        (name, sorted(lines.values(), key=lambda one: one.label)) for name, lines in tables.items()
    ]
    return whole, ordered


def _views_of(row: Mapping[str, Any], *, on: date) -> list[str]:
    """The same as ``condition`` says, of one row."""
    if row["state"] != State.STANDING:
        return ["left"]
    holds = {
        "standing": True,
        "stale": row["review_due_on"] is not None and row["review_due_on"] < on,
        "unpaired": not row["is_helped"],
        "checks": row["is_check_late"],
        "found": row["last_verdict"] == SafetyCheck.Verdict.FOUND,
        "visits": row["is_to_visit"],
    }
    return [view for view, holding in holds.items() if holding]


def holiday_rows(user: User, *, now: datetime) -> list[dict[str, Any]]:
    """Each holiday with how many households are to be visited and were."""
    seen = HolidayVisit.objects.visible_to(user)
    counts: dict[tuple[str, int, str], int] = {}
    for name, year, state in seen.order_by().values_list("holiday", "year", "state"):
        counts[name, year, state] = counts.get((name, year, state), 0) + 1
    found = []
    for one in holidays(now=now):
        asked = {"view": "all", "holiday": one.name, "year": str(one.year)}
        found.append(
            {
                "holiday": one,
                "planned": counts.get((one.name, one.year, "planned"), 0),
                "done": counts.get((one.name, one.year, "done"), 0),
                "planned_url": url(**asked, visit="planned"),
                "done_url": url(**asked, visit="done"),
            }
        )
    return found
