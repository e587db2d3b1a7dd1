"""A return's definition: its sheets and rules, who files it to whom, how often and until when."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from accounts.models import Organisation
from core.sheets.booklet import Booklet, load_booklet
from core.sheets.definition import DefinitionError
from reporting.returns import periods
from reporting.returns.periods import Cutoff, Period

if TYPE_CHECKING:
    from reporting.models import ReturnForm

ENTRIES = frozenset(
    {"code", "title", "version", "valid_from", "basis", "clauses", "help", "note"}
    | {"who", "to", "every", "once", "cutoff", "reminders", "prefill", "sheets", "checks"}
    | {"sums", "group", "starts"}
)
RECIPIENTS = ("regulator", "parent")
# Reminders lie so many working days at most before or after the deadline's day.
MOST_STEP, MOST_STEPS = 30, 10
LATEST_VERSION, MOST_ROWS, MOST_COLUMNS = 9999, 100_000, 100


@dataclass(frozen=True)
class Sum:
    """A column that is added up over units, and (where rows have one) by which column."""

    sheet: str
    column: str
    by: tuple[str, ...] = ()


@dataclass(frozen=True)
class Definition:
    """Everything that one version of a form says."""

    booklet: Booklet
    every: str
    cutoff: Cutoff
    kinds: tuple[str, ...]
    to: str = "regulator"
    once: Period | None = None
    clauses: tuple[str, ...] = ()
    basis: str = ""
    group: str = ""
    note: str = ""
    # Days before the deadline on which the filers are reminded.
    reminders: tuple[int, ...] = ()
    # Sheets whose rows of the last period stand in the next template: {sheet: kept columns}.
    prefill: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    # Rows that stand fast: {sheet: {"units": column, "each": [columns of choices]}}.
    starts: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    sums: tuple[Sum, ...] = ()

    @property
    def code(self) -> str:
        return self.booklet.code

    @property
    def title(self) -> str:
        return self.booklet.title

    @property
    def has_personal(self) -> bool:
        """Whether any column holds names or telephones."""
        return any(c.personal for sheet in self.booklet.sheets for c in sheet.form.columns)

    @property
    def every_label(self) -> str:
        return str(periods.EVERY[self.every])

    @property
    def cutoff_label(self) -> str:
        """In words: 次月第5日 … 17:30."""
        unit = _("个工作日") if self.cutoff.unit == "working_days" else _("日")
        return _("期满后%(after)d%(unit)s，%(time)s前") % {
            "after": self.cutoff.after,
            "unit": unit,
            "time": f"{self.cutoff.until:%H:%M}" if self.cutoff.until.second == 0 else "24:00",
        }

    @property
    def kind_labels(self) -> list[str]:
        return [str(Organisation.Kind(kind).label) for kind in self.kinds]

    def period_of(self, day: date) -> Period:
        return periods.containing(self.every, day, once=self.once)


def load(data: Mapping[str, Any], *, bounded: bool = True) -> Definition:
    """Read a definition. Raises ``DefinitionError`` naming what is wrong.

    ``bounded``: with numbers that database, memory and pages can take; what was published already
    is read as it stands.
    """
    if not isinstance(data, Mapping):
        raise DefinitionError(_("表单定义应为键值结构"))
    booklet = load_booklet(data)
    place = booklet.code
    if bounded:
        _bounded(booklet)
    if unknown := sorted(str(name) for name in set(data) - ENTRIES):
        raise DefinitionError(
            _("%(place)s：不认识的项“%(name)s”") % {"place": place, "name": "、".join(unknown)}
        )
    every = data.get("every")
    if every not in periods.EVERY:
        names = " ".join(periods.EVERY)
        raise DefinitionError(_("%(place)s：every 只能是 %(names)s") % _at(place, names))
    kinds = (data.get("who") or {}).get("kinds") or []
    known = {str(kind) for kind in Organisation.COMPANY_KINDS}
    if not kinds or set(kinds) - known:
        names = " ".join(sorted(known))
        raise DefinitionError(_("%(place)s：who.kinds 只能是 %(names)s") % _at(place, names))
    if data.get("to", "regulator") not in RECIPIENTS:
        raise DefinitionError(
            _("%(place)s：to 只能是 %(names)s") % _at(place, " ".join(RECIPIENTS))
        )
    try:
        cutoff = Cutoff.of(data["cutoff"])
        once = _once(data.get("once")) if every == "once" else None
        reminders = tuple(int(days) for days in data.get("reminders", ()))
        if bounded:
            _few(reminders)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise DefinitionError(
            _("%(place)s：cutoff、once 或 reminders 不对：%(error)s")
            % {"place": place, "error": error}
        ) from error
    return Definition(
        booklet=booklet,
        every=str(every),
        cutoff=cutoff,
        kinds=tuple(kinds),
        to=str(data.get("to", "regulator")),
        once=once,
        clauses=tuple(data.get("clauses", ())),
        basis=str(data.get("basis", "")),
        group=str(data.get("group", "")),
        note=str(data.get("note", "")),
        reminders=reminders,
        prefill=_prefill(data.get("prefill") or {}, booklet),
        starts=_starts(data.get("starts") or {}, booklet),
        sums=tuple(_sums(data.get("sums") or (), booklet)),
    )


def _bounded(booklet: Booklet) -> None:
    """Numbers that the database, the memory and the pages can take."""
    if not 0 < booklet.version <= LATEST_VERSION:
        text = _("%(place)s：version 应为1至%(most)d")
        raise DefinitionError(text % {"place": booklet.code, "most": LATEST_VERSION})
    for sheet in booklet.sheets:
        if sheet.form.max_rows > MOST_ROWS or len(sheet.form.columns) > MOST_COLUMNS:
            text = _("%(place)s：每个工作表最多%(rows)d行、%(columns)d列")
            limits = {"rows": MOST_ROWS, "columns": MOST_COLUMNS}
            raise DefinitionError(text % {"place": f"{booklet.code}.{sheet.name}", **limits})


def _few(steps: tuple[int, ...]) -> None:
    """Refuse what no calendar can count. Raises ValueError."""
    if any(abs(step) > MOST_STEP for step in steps) or len(steps) > MOST_STEPS:
        limits = {"steps": MOST_STEPS, "days": MOST_STEP}
        raise ValueError(_("催报最多%(steps)d次，距截止日不超过%(days)d个工作日") % limits)


def _at(place: str, names: str) -> dict[str, str]:
    return {"place": place, "names": names}


def _once(data: Mapping[str, Any]) -> Period:
    period = Period(_day(data["start"]), _day(data["end"]))
    if period.end < period.start:
        raise ValueError(_("报告期的止日早于起日"))
    return period


def _day(value: Any) -> date:
    return value if isinstance(value, date) else date.fromisoformat(value)


def _prefill(data: Mapping[str, Any], booklet: Booklet) -> dict[str, tuple[str, ...]]:
    for sheet, columns in data.items():
        for column in columns:
            _known(booklet, "prefill", sheet, column)
    return {sheet: tuple(columns) for sheet, columns in data.items()}


def _starts(data: Mapping[str, Any], booklet: Booklet) -> dict[str, Mapping[str, Any]]:
    for sheet, start in data.items():
        named = [*start.get("each", ()), *([start["units"]] if "units" in start else [])]
        for column in named:
            _known(booklet, "starts", sheet, column)
    return dict(data)


def _sums(data: Iterable[Mapping[str, Any]], booklet: Booklet) -> Iterable[Sum]:
    for item in data:
        by = tuple(item.get("by", ()))
        for column in item["columns"]:
            _known(booklet, "sums", item["sheet"], column)
            if booklet.form(item["sheet"]).column(column).type not in ("int", "decimal"):
                raise DefinitionError(
                    _("%(place)s：sums 的列 %(column)s 不是数字")
                    % {"place": booklet.code, "column": column}
                )
            yield Sum(item["sheet"], column, by)
        for column in by:
            _known(booklet, "sums", item["sheet"], column)


def _known(booklet: Booklet, what: str, sheet: str, column: str) -> None:
    if sheet not in booklet.by_name or column not in booklet.form(sheet).by_key:
        raise DefinitionError(
            _("%(place)s：%(what)s 指到不存在的列 %(column)s")
            % {"place": booklet.code, "what": what, "column": f"{sheet}.{column}"}
        )


@lru_cache(maxsize=128)
def _built(stamp: str, text: str) -> Definition:
    return load(json.loads(text), bounded=False)


def of(form: ReturnForm) -> Definition:
    """The definition of a stored form, built once."""
    text = json.dumps(form.content, ensure_ascii=False, sort_keys=False)
    return _built(hashlib.sha256(text.encode()).hexdigest(), text)
