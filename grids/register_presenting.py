"""What the pages of registers show, put together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from core import arithmetic, clock
from core.components import Change, Event, Tab
from grids import register_forms as shapes
from grids.models import Register, RegisterChange, RegisterEntry
from grids.models.registers import sides_of
from grids.queries import registers as queries
from grids.queries.registers import VIEWS, Filters, Line
from grids.registers import definition as definitions
from grids.registers.definition import Definition
from grids.registers.moves import COUNTED, LAMPS, Move, State
from grids.services import registers as services

GROUPS: dict[str, Any] = {
    "party": gettext_lazy("结对共建"),
    "channel": gettext_lazy("服务渠道"),
    "resource": gettext_lazy("共享资源"),
    "supply": gettext_lazy("保供台账"),
    "publicity": gettext_lazy("宣传和驻点"),
    "visit": gettext_lazy("走访和志愿服务"),
    "energy": gettext_lazy("能效服务"),
    "knowledge": gettext_lazy("知识和制度"),
    "conduct": gettext_lazy("行为和能力"),
}


def lamp(entry: RegisterEntry, *, on: date) -> tuple[str, Any]:
    """Where an entry stands, as colour and word."""
    if entry.is_stale(on=on):
        return "late", _("超过期限")
    state = State(entry.state)
    if state is State.STANDING and entry.ends_at is not None and entry.ends_at <= clock.now():
        return "pause", _("已到期")
    return LAMPS[state], state.label


def reads_free(user: User, entry: RegisterEntry) -> bool:
    """Whether free texts are shown to a person as they were written: within the company."""
    sides = sides_of(user)
    return entry.organisation.is_company and bool(
        sides & {definitions.COMPANY, definitions.KEEPER, definitions.MEMBER}
    )


@dataclass(frozen=True)
class Row:
    """One line of a list."""

    entry: RegisterEntry
    lamp: str
    word: Any
    cells: list[tuple[str, str]]
    done: int | None = None
    goal: int = 0


def rows(user: User, entries: Sequence[RegisterEntry], register: Register) -> list[Row]:
    """Lines of a list, by the columns of the version that counts today."""
    definition, today = register.definition, clock.today()
    done = children_done(entries, definition)
    found = []
    for one in entries:
        colour, word = lamp(one, on=today)
        values, free = {**one.everything, **one.ending}, reads_free(user, one)
        cells = [
            (column.label, shapes.text_of(column, values.get(column.key), free=free))
            for column in definition.listed
        ]
        cells += [
            (each.heading, str(values.get(each.key) or "")) for each in definition.options.computed
        ]
        goal = int(queries.number(values.get(definition.options.goal)))
        found.append(
            Row(one, colour, word, cells, done.get(one.pk, 0) if done is not None else None, goal)
        )
    return found


def children_done(
    entries: Sequence[RegisterEntry], definition: Definition
) -> dict[int, int] | None:
    """How many children of the planned register each entry has; None where none are planned."""
    code = definition.options.goal_of
    if not code:
        return None
    children = RegisterEntry.objects.filter(parent__in=entries, code=code, state__in=COUNTED)
    closing = queries.register_for(code, on=clock.today())
    if closing is not None and closing.definition.closing is not None:
        children = children.filter(state=State.CLOSED)
    found: dict[int, int] = {}
    for key in children.values_list("parent", flat=True):
        found[key] = found.get(key, 0) + 1
    return found


def tabs(user: User, filters: Filters, register: Register) -> list[Tab]:
    """Views of a list with their numbers; those that cannot hold anything are left out."""
    told, today = register.definition, clock.today()
    fit = {"standing": True, "all": True, "asked": told.options.approval}
    fit |= {"stale": bool(told.options.review_months or told.options.due or told.options.expires)}
    fit |= {"closed": told.closing is not None, "counted": filters.view == "counted"}
    return [
        Tab(
            label,
            "?" + filters.query(view=view),
            view == filters.view,
            filters.narrow(user, register.code, on=today, view=view).count(),
        )
        for view, label in VIEWS.items()
        if fit[view]
    ]


def sections(register: Register, current: str, query: str = "") -> list[Tab]:
    """The pages of one register."""
    pages = (("register", _("清单")), ("register_counts", _("统计")))
    return [
        Tab(label, reverse(f"grids:{name}", args=[register.code]), name == current)
        for name, label in pages
    ]


# --- One entry ------------------------------------------------------------------------------------


def facts(
    entry: RegisterEntry, *, user: User, full: Mapping[str, Any] | None = None
) -> list[tuple[str, str]]:
    """What an entry says, column by column, with what was worked out."""
    definition, free = entry.definition, reads_free(user, entry)
    found = shapes.facts(definition.form.columns, entry.everything, free=free, full=full)
    for one in definition.options.computed:
        found.append((one.heading, str(entry.values.get(one.key) or "")))
    return found


def factors(entry: RegisterEntry) -> list[tuple[str, str]]:
    """The factors that were reckoned with, each with its first day and source."""
    return [
        (
            name,
            _("%(value)s，%(day)s起，%(source)s")
            % {"value": factor.value, "day": factor.valid_from, "source": factor.source},
        )
        for name, factor in entry.definition.factors_used(entry.values, on=entry.day)
    ]


def ending(entry: RegisterEntry, *, user: User) -> list[tuple[str, str]]:
    form = entry.definition.closing
    if form is None or not entry.ending:
        return []
    return shapes.facts(form.columns, entry.ending, free=reads_free(user, entry), full=None)


@dataclass(frozen=True)
class Branch:
    """Entries of another register that belong to an entry."""

    register: Register
    count: int
    url: str
    new_url: str
    latest: list[RegisterEntry]
    left: Any = None
    goal: int = 0


LATEST = 5


def branches(entry: RegisterEntry, user: User) -> list[Branch]:
    """What belongs to an entry, by register."""
    found = []
    for one in queries.children_of(entry.code, on=clock.today()):
        seen = RegisterEntry.objects.visible_to(user).filter(parent=entry, code=one.code)
        living = seen.exclude(state=State.STRUCK)
        told = one.definition
        may = bool(shapes.units_for(user, told).exists()) and entry.state in COUNTED
        new_url = f"{reverse('grids:register_new', args=[one.code])}?parent={entry.pk}"
        planned = entry.definition.options
        found.append(
            Branch(
                register=one,
                count=living.count(),
                url=queries.url(one.code, parent=entry.number, view="all"),
                new_url=new_url if may else "",
                latest=list(living.select_related("register").order_by("-day", "-pk")[:LATEST]),
                left=services.left_of(entry, told) if told.options.draws else None,
                goal=int(queries.number(entry.values.get(planned.goal)))
                if planned.goal_of == one.code
                else 0,
            )
        )
    return found


def history(entry: RegisterEntry) -> list[Event]:
    """What happened to an entry, the latest first, with the columns that changed."""
    definition = entry.definition
    labels = {key: column.label for key, column in definition.form.by_key.items()}
    if definition.closing is not None:
        labels |= {key: column.label for key, column in definition.closing.by_key.items()}
    labels |= {one.key: one.label for one in definition.options.computed}
    events = []
    for one in entry.changes.select_related("by").order_by("-sequence"):
        changed = "、".join(labels.get(key, key) for key in one.changed)
        detail = changed if one.move == Move.CHANGE else one.text
        events.append(
            Event(one.at, one.get_move_display(), detail, one.by or _("系统"), "", _tone(one.move))
        )
    return events


def _tone(move: str) -> str:
    return {Move.REFUSE: "late", Move.STRIKE: "late", Move.CLOSE: "done"}.get(Move(move), "")


def last_change(entry: RegisterEntry, *, user: User) -> list[Change]:
    """What the latest change made of the values before it; personal columns by name only."""
    steps = list(entry.changes.order_by("-sequence"))
    latest = next((one for one in steps if one.move == Move.CHANGE), None)
    if latest is None:
        return []
    earlier = (one for one in steps if one.sequence < latest.sequence)
    return list(_changes(latest, next(earlier), entry, free=reads_free(user, entry)))


def _changes(
    after: RegisterChange, before: RegisterChange, entry: RegisterEntry, *, free: bool
) -> Any:
    for column in entry.definition.form.columns:
        if column.key not in after.changed:
            continue
        if column.personal:
            yield Change("changed", column.label, "***", "***")
            continue
        old, new = before.values.get(column.key), after.values.get(column.key)
        kind = "added" if old is None else "removed" if new is None else "changed"
        shown = [shapes.text_of(column, value, free=free) for value in (old, new)]
        yield Change(kind, column.label, *shown)


# --- Figures --------------------------------------------------------------------------------------


def heads(definition: Definition) -> list[str]:
    """Headings of the figures of a register."""
    return [
        *(label_of(definition, key) for key in definition.options.counts),
        *(f"{one.label}（%）" for one in definition.options.rates),
    ]


def label_of(definition: Definition, key: str) -> str:
    for form in filter(None, (definition.form, definition.closing)):
        if key in form.by_key:
            column = form.by_key[key]
            return f"{column.label}（{column.unit}）" if column.unit else column.label
    return next(one.heading for one in definition.options.computed if one.key == key)


def cells(line: Line, definition: Definition) -> list[str]:
    """The figures of one line, in the order of the headings."""
    found = [
        arithmetic.grouped(format(line.sums.get(key, Decimal(0)), "f"))
        for key in definition.options.counts
    ]
    for one in definition.options.rates:
        part, whole = line.parts.get(one.label, (0, 0))
        found.append(f"{100 * part / whole:.1f}" if whole else "—")
    return found


def table(
    lines: Sequence[Line], definition: Definition
) -> list[tuple[Line, list[tuple[str, str]]]]:
    """Each line with its figures under their headings."""
    named = heads(definition)
    return [(one, list(zip(named, cells(one, definition), strict=True))) for one in lines]


def moment(at: datetime | None) -> str:
    return clock.written(at) if at else ""
