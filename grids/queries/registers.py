"""Reading registers: versions of a day, lists by filters, figures by grid, unit, month, choice."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from core.asked import day as day_of
from grids.models import Register, RegisterEntry
from grids.registers.definition import Definition, Rate
from grids.registers.moves import State

if TYPE_CHECKING:
    from accounts.models import User

NAMES = ("q", "unit", "grid", "state", "since", "until", "parent", "member")
VIEWS: dict[str, Any] = {
    "standing": _("在册"),
    "asked": _("待批准"),
    "stale": _("超过期限"),
    "closed": _("已办结"),
    "counted": _("计入统计"),
    "all": _("全部"),
}
# A choice that is asked for: is_<column>=<value>.
IS = "is_"
MOST_COUNTED = 50_000


def registers_for(user: User, *, on: date) -> list[Register]:
    """The version that counts on a day of every register that somebody reads, in order."""
    latest: dict[str, Register] = {}
    for one in Register.objects.visible_to(user).known(on=on).order_by("valid_from", "version"):
        latest[one.code] = one
    return sorted(latest.values(), key=lambda one: (one.position, one.code))


def register_for(code: str, *, on: date) -> Register | None:
    """The version of one register that counts on a day."""
    known = Register.objects.known(on=on).filter(code=code)
    return known.order_by("valid_from", "version").last()


def children_of(code: str, *, on: date) -> list[Register]:
    """Registers whose entries belong to entries of another."""
    latest: dict[str, Register] = {}
    for one in Register.objects.known(on=on).order_by("valid_from", "version"):
        latest[one.code] = one
    return [one for one in latest.values() if code in one.definition.options.of]


@dataclass(frozen=True)
class Filters:
    """What of a register is asked for."""

    view: str = "standing"
    q: str = ""
    unit: str = ""
    grid: str = ""
    state: str = ""
    since: str = ""
    until: str = ""
    parent: str = ""
    member: str = ""
    choices: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, params: Mapping[str, str], definition: Definition) -> Filters:
        said = {name: params.get(name, "").strip()[:60] for name in NAMES}
        view = params.get("view", "")
        choices = {
            key: value
            for key in definition.options.by
            if (value := params.get(f"{IS}{key}", "").strip()[:60])
        }
        default = "standing" if definition.closing is None else "all"
        return cls(view=view if view in VIEWS else default, choices=choices, **said)

    def found(self, user: User, code: str) -> Any:
        """Entries in sight that fit, without regard to the view."""
        rows = RegisterEntry.objects.visible_to(user).filter(code=code)
        for word in self.q.split():
            rows = rows.filter(words__icontains=word)
        if self.unit:
            path = Organisation.objects.filter(code=self.unit).values_list("path", flat=True)
            rows = rows.filter(organisation__path__startswith=path.first() or "-")
        if self.grid:
            rows = rows.filter(grid=number_of(self.grid))
        if self.parent:
            rows = rows.filter(parent=number_of(self.parent))
        if self.member.isdecimal():
            rows = rows.filter(member=int(self.member[:9]))
        if (first := day_of(self.since)) is not None:
            rows = rows.filter(day__gte=first)
        if (last := day_of(self.until)) is not None:
            rows = rows.filter(day__lte=last)
        for key, value in self.choices.items():
            rows = rows.filter(Q(**{f"values__{key}": value}) | Q(**{f"ending__{key}": value}))
        return rows

    def narrow(self, user: User, code: str, *, on: date, view: str = "") -> Any:
        """Those of the view."""
        rows = self.found(user, code)
        match view or self.view:
            case "standing":
                return rows.standing().current(on=on)
            case "asked":
                return rows.filter(state=State.ASKED)
            case "stale":
                return rows.stale(on=on)
            case "closed":
                return rows.filter(state=State.CLOSED)
            case "counted":
                return rows.counted()
        return rows.exclude(state=State.STRUCK) if not self.state else rows.filter(state=self.state)

    def query(self, **more: str) -> str:
        said = {name: getattr(self, name) for name in NAMES}
        said |= {f"{IS}{key}": value for key, value in self.choices.items()}
        return urlencode({k: v for k, v in {**said, "view": self.view, **more}.items() if v})

    @property
    def hidden(self) -> list[tuple[str, str]]:
        """What else is asked, to be kept by the filter form."""
        names = ("unit", "grid", "state", "parent", "member")
        return [(name, value) for name in names if (value := getattr(self, name))]

    def with_(self, **more: Any) -> Filters:
        return replace(self, **more)


def number_of(text: str) -> int:
    """The key behind a number (SS-000012); 0 where there is none."""
    digits = text.rpartition("-")[2]
    return int(digits) if digits.isdecimal() and len(digits) <= 15 else 0


def url(code: str, **asked: str) -> str:
    """The list of a register as it shows what is asked for."""
    return f"{reverse('grids:register', args=[code])}?{urlencode(asked)}"


@dataclass(frozen=True)
class Standing:
    """How much of a register is there, waits, or is overdue."""

    register: Register
    standing: int = 0
    closed: int = 0
    asked: int = 0
    stale: int = 0


def overview(user: User, *, grid: str = "", q: str = "", on: date) -> list[Standing]:
    """Every register that somebody reads with its numbers."""
    rows = RegisterEntry.objects.visible_to(user)
    if grid:
        rows = rows.filter(grid=number_of(grid))
    counted = {
        row["code"]: row
        for row in rows.order_by()
        .values("code")
        .annotate(
            standing=Count("pk", filter=Q(state=State.STANDING)),
            closed=Count("pk", filter=Q(state=State.CLOSED)),
            asked=Count("pk", filter=Q(state=State.ASKED)),
            stale=Count("pk", filter=Q(state=State.STANDING, review_due_on__lt=on)),
        )
    }
    found = []
    for one in registers_for(user, on=on):
        if q and q not in one.title and q not in one.definition.form.help:
            continue
        row = dict(counted.get(one.code, {}))
        row.pop("code", None)
        found.append(Standing(one, **row))
    return found


# --- Figures --------------------------------------------------------------------------------------


@dataclass
class Line:
    """Figures of some entries; ``url`` opens exactly these."""

    label: Any
    url: str = ""
    count: int = 0
    sums: dict[str, Decimal] = field(default_factory=dict)
    parts: dict[str, tuple[Decimal, Decimal]] = field(default_factory=dict)

    def add(self, definition: Definition, values: Mapping[str, Any]) -> None:
        self.count += 1
        for key in definition.options.counts:
            self.sums[key] = self.sums.get(key, Decimal(0)) + number(values.get(key))
        for rate in definition.options.rates:
            part, whole = shares(rate, values)
            before = self.parts.get(rate.label, (Decimal(0), Decimal(0)))
            self.parts[rate.label] = (before[0] + part, before[1] + whole)


def number(value: Any) -> Decimal:
    return Decimal(str(value)) if value not in (None, "") else Decimal(0)


def shares(rate: Rate, values: Mapping[str, Any]) -> tuple[Decimal, Decimal]:
    """What one entry adds to the two sides of a rate."""
    if rate.part:
        return number(values.get(rate.part)), number(values.get(rate.whole))
    if not _holds(rate.of or {}, values):
        return Decimal(0), Decimal(0)
    return Decimal(int(_holds(rate.when or {}, values))), Decimal(1)


def _holds(wanted: Mapping[str, Any], values: Mapping[str, Any]) -> bool:
    return all(
        values.get(key) in (each if isinstance(each, list) else [each])
        for key, each in wanted.items()
    )


@dataclass(frozen=True)
class Figures:
    """All figures of a register for a period."""

    whole: Line
    grids: list[Line]
    units: list[Line]
    months: list[Line]
    choices: list[tuple[str, list[Line]]]
    people: list[Line]


def figures(user: User, register: Register, filters: Filters) -> Figures:
    """Entries that count, by grid, unit, month, choice and person."""
    asked = filters.with_(view="all", state="")
    rows = asked.found(user, register.code).counted()
    fields = ("grid", "grid__name", "organisation__code", "organisation__name", "day")
    fields += ("member", "member__user__name", "values", "ending", "register")
    definitions = {one.pk: one.definition for one in Register.objects.filter(code=register.code)}
    table: dict[str, dict[Any, Line]] = {}
    whole = Line("", _counted(register, asked))
    for row in rows.order_by("day", "pk").values(*fields)[:MOST_COUNTED]:
        definition = definitions[row["register"]]
        values = {**row["values"], **row["ending"]}
        for kind, key, label, more in _places(row, values, register.definition):
            lines = table.setdefault(kind, {})
            if key not in lines:
                link = _counted(register, _asking(asked, more))
                lines[key] = Line(label, link if more else "")
            lines[key].add(definition, values)
        whole.add(definition, values)
    definition = register.definition
    by = {**definition.form.by_key, **(definition.closing.by_key if definition.closing else {})}
    return Figures(
        whole,
        _sorted(table.get("grid", {})),
        _sorted(table.get("unit", {})),
        list(table.get("month", {}).values()),
        [(by[key].label, _sorted(table.get(key, {}))) for key in register.definition.options.by],
        _sorted(table.get("member", {})),
    )


def _places(
    row: Mapping[str, Any], values: Mapping[str, Any], definition: Definition
) -> Iterable[tuple[str, Any, Any, dict[str, Any]]]:
    """Under which lines an entry counts: kind, key, label, and what asks for the line's list."""
    if row["grid"]:
        yield "grid", row["grid"], row["grid__name"], {"grid": str(row["grid"])}
    code = row["organisation__code"]
    yield "unit", code, row["organisation__name"], {"unit": code}
    first = row["day"].replace(day=1)
    last = first.replace(day=monthrange(first.year, first.month)[1])
    days = {"since": str(first), "until": str(last)}
    yield "month", first, f"{first:%Y-%m}", days
    if row["member"]:
        yield "member", row["member"], row["member__user__name"], {"member": str(row["member"])}
    for key in definition.options.by:
        value = values.get(key)
        if value is not None:
            yield key, value, value, {"choices": {key: str(value)}}


def _asking(asked: Filters, more: Mapping[str, Any]) -> Filters:
    given = dict(more)
    if "choices" in given:
        given["choices"] = {**asked.choices, **given["choices"]}
    for name, pick in (("since", max), ("until", min)):
        if name in given and getattr(asked, name):
            given[name] = pick(given[name], getattr(asked, name))
    return asked.with_(**given)


def _counted(register: Register, asked: Filters) -> str:
    """The list that shows what is counted."""
    return f"{reverse('grids:register', args=[register.code])}?{asked.query(view='counted')}"


def _sorted(lines: Mapping[Any, Line]) -> list[Line]:
    return sorted(lines.values(), key=lambda one: (-one.count, str(one.label)))


def public_of(grid: Any, *, now: datetime) -> list[RegisterEntry]:
    """What of a grid everybody may read until it ends (S2-6.3.3a)."""
    rows = RegisterEntry.objects.standing().filter(grid=grid, ends_at__gt=now)
    found = rows.select_related("register").order_by("starts_at", "pk")
    return [one for one in found if one.definition.options.public]


def points_of(
    user: User, *, grids: Iterable[int], on: date
) -> list[tuple[RegisterEntry, tuple[float, float]]]:
    """Entries with a place on the map, in sight and in some grids (S2-4.1.2c)."""
    codes = {one.code for one in registers_for(user, on=on) if one.definition.options.points}
    rows = RegisterEntry.objects.visible_to(user).standing().filter(grid__in=grids, code__in=codes)
    found = []
    for one in rows.select_related("register").order_by("pk"):
        x, y = (one.values.get(key) for key in one.definition.options.points)
        if x and y:
            found.append((one, (float(x), float(y))))
    return found
