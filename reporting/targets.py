"""What a paper with yearly targets says: words, a value per area and indicator, the print."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from core import arithmetic
from core.officialdoc import Block, Document, Heading, Table
from reporting.circulars import Heads, official, paragraphs

LONGEST = {"title": 120, "intro": 2000, "demands": 2000}
# The rural two rates (农电两率), and what SERC named for the South in January 2012.
TWO_RATES = {"rs1_rural": Decimal(97), "voltage_resident_rural": Decimal(92)}


@dataclass(frozen=True)
class Row:
    """One target: where, of which indicator, how much (as text, exact)."""

    region: str
    name: str
    indicator: str
    value: str


@dataclass(frozen=True)
class Content:
    """The words of one version, and its targets."""

    intro: str
    demands: str
    rows: Sequence[Row]

    def kept(self) -> dict[str, Any]:
        """As plain JSON."""
        rows = [asdict(one) for one in self.rows]
        return {"intro": self.intro, "demands": self.demands, "rows": rows}

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> Content:
        return cls(kept["intro"], kept["demands"], tuple(Row(**one) for one in kept["rows"]))

    def table(self, names: Mapping[str, str]) -> tuple[list[str], list[list[str]]]:
        """Heads and lines: an area to a line, an indicator to a column."""
        codes = list(dict.fromkeys(one.indicator for one in self.rows))
        areas = dict.fromkeys((one.region, one.name) for one in self.rows)
        values = {(one.region, one.indicator): one.value for one in self.rows}
        lines = [
            [name, *(values.get((region, code), arithmetic.NOTHING) for code in codes)]
            for region, name in areas
        ]
        return ["地区", *(names.get(code, code) for code in codes)], lines

    def problems(self, *, title: str) -> Iterator[str]:
        """Everything that is missing or too long."""
        if not self.rows:
            yield _("请至少填写一个目标值。")
        given = {"title": title, "intro": self.intro, "demands": self.demands}
        for name, most in LONGEST.items():
            if len(given[name]) > most:
                yield _("“%(label)s”不能超过%(n)d字。") % {"label": _label(name), "n": most}
        for one in self.rows:
            if not 0 < Decimal(one.value) <= 100:
                words = {"area": one.name, "value": one.value}
                yield _("%(area)s的目标值%(value)s应当大于0，不超过100。") % words

    def document(self, heads: Heads, names: Mapping[str, str]) -> Document:
        """The paper as an official document (通知) with the table of targets."""
        columns, lines = self.table(names)
        table = Table(columns, lines, title="年度目标值", unit="%")
        blocks: list[Block] = [*paragraphs(self.intro), Heading(1, "目标值"), table]
        blocks += [Heading(1, "有关要求"), *paragraphs(self.demands)]
        return official(blocks, heads)


def _label(name: str) -> str:
    return {"title": _("标题"), "intro": _("缘由"), "demands": _("要求")}[name]
