"""Tables of a published bulletin: sums both ways, percentages, and what the text says of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from core import arithmetic
from reporting.bulletins.styles import plain

if TYPE_CHECKING:
    from reporting.bulletins.checking import Checker

# (part, whole, rate) columns of tables that print rates.
RATES = (("及时办结数", "应办结件数", "及时办结率"),)
TOTALS = {"合计", "共计", "总计"}


def check(checker: Checker) -> None:
    """Every table of the bulletin."""
    for table in checker.bulletin.get("tables", ()):
        if table["rows"] and table["columns"]:
            _Table(checker, table).run()


class _Table:
    """One table being read. Cells are numbers or printed percentages."""

    def __init__(self, checker: Checker, table: Mapping[str, Any]) -> None:
        self.checker, self.table = checker, table
        self.columns: Sequence[str] = table["columns"]
        self.lines = {row["label"]: row["values"] for row in table["rows"]}
        self.total_row = table.get("total_row", "")
        self.total_col = table.get("total_col", "")
        if not self.total_col:
            self.total_col = next((c for c in self.columns if c in {"小计", *TOTALS}), "")

    def run(self) -> None:
        self._across()
        self._down()
        self._shares()
        self._rates()
        self._text()

    def path(self, row: str, column: str) -> str:
        return f"tables.{self.table['no']}.{row}.{column}"

    def cell(self, row: str, column: str) -> Any:
        """A cell; None where the table has no such row or column."""
        values = self.lines.get(row)
        if values is None or column not in self.columns:
            return None
        place = self.columns.index(column)
        return values[place] if place < len(values) else None

    def counts(self, row: str) -> list[int]:
        """The whole numbers of a row, without its sum."""
        pairs = zip(self.columns, self.lines[row], strict=False)
        return [v for c, v in pairs if isinstance(v, int) and c != self.total_col]

    def _across(self) -> None:
        if not self.total_col:
            return
        for row in self.lines:
            said, summed = self.cell(row, self.total_col), sum(self.counts(row))
            if isinstance(said, int) and said != summed:
                words = {"no": self.table["no"], "row": row, "said": said, "sum": summed}
                message = _("%(no)s“%(row)s”行：各列之和为%(sum)d，印为%(said)d。") % words
                self.checker.add("table_row", self.path(row, self.total_col), message, said, summed)

    def _down(self) -> None:
        if not self.total_row or not self.table.get("complete", True):
            return
        for column in self.columns:
            said = self.cell(self.total_row, column)
            above = [self.cell(row, column) for row in self.lines if row != self.total_row]
            if not isinstance(said, int) or not all(isinstance(v, int) for v in above):
                continue
            if said != sum(above):
                words = {
                    "no": self.table["no"],
                    "column": column,
                    "said": said,
                    "sum": sum(above),
                }
                message = _("%(no)s“%(column)s”列：各行之和为%(sum)d，印为%(said)d。") % words
                path = self.path(self.total_row, column)
                self.checker.add("table_column", path, message, said, sum(above))

    def _shares(self) -> None:
        """Percentages of a column 占比: the row's sum in the sum of the table."""
        whole = self._whole()
        for column in self.columns:
            if "占比" not in column or whole is None:
                continue
            for row in self.lines:
                part = self.cell(row, self.total_col)
                if isinstance(part, int):
                    self._percentage(row, column, part, whole)

    def _whole(self) -> int | None:
        if self.total_row:
            return self.cell(self.total_row, self.total_col)
        return self._stated_total() if self.total_col else None

    def _rates(self) -> None:
        for part, whole, rate in RATES:
            if rate not in self.columns:
                continue
            for row in self.lines:
                less, more = self.cell(row, part), self.cell(row, whole)
                if isinstance(less, int) and isinstance(more, int):
                    self._rate(row, rate, less, more)
            self._against("complaints.due", whole)
            self._against("complaints.closed_in_time", part)

    def _rate(self, row: str, column: str, part: int, whole: int) -> None:
        if part > whole:
            words = {"no": self.table["no"], "row": row, "part": part, "whole": whole}
            message = _("%(no)s“%(row)s”行：办结%(part)d件，多于应办结的%(whole)d件。") % words
            self.checker.add("part_exceeds_whole", self.path(row, column), message, part, whole)
        elif whole:
            self._percentage(row, column, part, whole)

    def _percentage(self, row: str, column: str, part: int, whole: int) -> None:
        text = self.cell(row, column)
        cells = [line[self.columns.index(column)] for line in self.lines.values()]
        texts = [cell for cell in cells if isinstance(cell, str)]
        if not isinstance(text, str) or (said := number(text)) is None:
            return
        # Where zeros at the end are dropped, the longest cell shows how exact the column is.
        places = max(map(decimals_of, texts))
        right = arithmetic.share(part, whole, places)
        if right is not None and said != right:
            shown = arithmetic.printed(right, decimals=places)
            words = {"no": self.table["no"], "row": row, "said": text, "right": shown}
            message = _("%(no)s“%(row)s”行：应为%(right)s%%，印为%(said)s。") % words
            self.checker.add("table_share", self.path(row, column), message, text, shown)

    # -- against the text --------------------------------------------------------------------------

    def _against(self, path: str, column: str) -> None:
        """The sum of a column without a total row against a stated figure."""
        said = self.checker.count(path)
        rows = [row for row in self.lines if row != self.total_row]
        cells = [self.cell(row, column) for row in rows]
        if said is None or not self.table.get("complete") or None in cells:
            return
        if sum(cells) != said:
            words = {"no": self.table["no"], "column": column, "sum": sum(cells), "said": said}
            message = _("%(no)s“%(column)s”列之和为%(sum)d，正文为%(said)d。") % words
            self.checker.add("table_text", path, message, said, sum(cells))

    def _text(self) -> None:
        """Rows and columns that the text states as well."""
        if self.table.get("row_header") == "反映渠道" and self.total_col:
            for row in self.lines:
                if row != self.total_row:
                    self._same(f"channel.{row}", row, self.total_col)
            for column in self.columns:
                nature = column.replace("其它", "其他")
                self._same(f"nature.{nature}", self.total_row, column)
        total = self._stated_total()
        if total is not None and self.total_row:
            said = self.cell(self.total_row, self.total_col)
            if isinstance(said, int) and said != total:
                words = {"no": self.table["no"], "said": said, "total": total}
                message = _("%(no)s合计为%(said)d，正文为%(total)d。") % words
                path = self.path(self.total_row, self.total_col)
                self.checker.add("table_text", path, message, said, total)

    def _same(self, path: str, row: str, column: str) -> None:
        said, shown = self.checker.count(path), self.cell(row, column)
        if said is not None and isinstance(shown, int) and said != shown:
            words = {"no": self.table["no"], "path": path, "shown": shown, "said": said}
            message = _("%(path)s：正文为%(said)d，%(no)s为%(shown)d。") % words
            self.checker.add("table_text", path, message, said, shown)

    def _stated_total(self) -> int | None:
        """The figure of the text that the table adds up to, by its title and its rows."""
        title = plain(self.table.get("title", ""))
        header = self.table.get("row_header", "")
        for industry in ("新能源和可再生能源", "石油天然气", "电力"):
            if f"{industry}行业" in title:
                return self.checker.count(f"industry.{industry}")
        if header == "反映渠道" or "对象" in title:
            return self.checker.count("total")
        return None


def number(text: str) -> Decimal | None:
    """A printed percentage; None where it is not a number."""
    try:
        return Decimal(plain(text).rstrip("%"))
    except InvalidOperation:
        return None


def decimals_of(text: str) -> int:
    """How many decimals are printed."""
    return len(plain(text).rstrip("%").partition(".")[2])
