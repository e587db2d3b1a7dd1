"""Whose figures are counted, over which days, as they stood when."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cached_property

from tests.recount.tables import Row, Tables, at

Counts = dict[str, Callable[[], int | Decimal]]
# Campaign plan 五: first and last day of each stage.
STAGES = {
    1: ("2011-10-25", "2011-11-30"),
    2: ("2011-12-01", "2012-05-31"),
    3: ("2012-06-01", "2012-10-31"),
    4: ("2012-11-01", "2012-12-31"),
}
# The South bureau's region: Guangdong, Guangxi and Hainan, and Guizhou and Yunnan, of whose offices
# it gets copies (plan 二(二)).
PROVINCES = {"SERC-NF": ("44", "45", "46", "52", "53")}
REGULATORS = ("SERC", "NEA")
# What stands above companies, and is none of an office's provinces.
NO_COMPANY = ("grid_group", "government", "government_grid", "government_department")


@dataclass
class Place:
    """One office over the days of a stage (``whole``: from the first day on), at an instant."""

    tables: Tables
    office: str
    stage: int
    taken: datetime
    whole: bool = False

    # -- days and instants ------------------------------------------------------------------------

    @cached_property
    def first(self) -> date:
        return date.fromisoformat(STAGES[1 if self.whole else self.stage][0])

    @cached_property
    def last(self) -> date:
        """The last day that is told of: today, or that of the stage; never before the first."""
        end = date.fromisoformat(STAGES[self.stage][1])
        return max(self.first, min(end, self.taken.date()))

    @cached_property
    def begin(self) -> datetime:
        return datetime.combine(self.first, datetime.min.time(), self.taken.tzinfo)

    @cached_property
    def end(self) -> datetime:
        last = datetime.combine(self.last, datetime.min.time(), self.taken.tzinfo)
        return last + timedelta(days=1)

    def within(self, text: str) -> bool:
        """In the days, and known at the instant."""
        return bool(text) and self.begin <= at(text) < self.end and at(text) <= self.taken

    def by_now(self, text: str) -> bool:
        return bool(text) and at(text) <= self.taken

    def on_a_day(self, text: str) -> bool:
        """A day of the stage."""
        return bool(text) and self.first <= date.fromisoformat(text) <= self.last

    # -- whose ------------------------------------------------------------------------------------

    @cached_property
    def organisations(self) -> dict[str, Row]:
        return {one["code"]: one for one in self.tables["organisations"]}

    def line(self, code: str) -> Iterable[str]:
        """An organisation and those above it."""
        while code:
            yield code
            code = self.organisations[code]["above"]

    def _of_the_region(self, code: str) -> bool:
        row = self.organisations[code]
        company = not code.startswith(REGULATORS) and row["kind"] not in NO_COMPANY
        return company and row["region"][:2] in PROVINCES[self.office]

    @cached_property
    def units(self) -> set[str]:
        """Companies of the office's provinces, with everything below them."""
        every = self.organisations
        return {code for code in every if any(map(self._of_the_region, self.line(code)))}

    @cached_property
    def tops(self) -> set[str]:
        """Those of them that no other of them stands above."""
        return {
            code
            for code in filter(self._of_the_region, self.organisations)
            if not any(self._of_the_region(one) for one in self.line(code) if one != code)
        }

    def ours(self, code: str) -> bool:
        """The office itself or one below it."""
        return self.office in self.line(code)
