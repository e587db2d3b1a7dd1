"""From counted cells to the bulletin: every figure by its path, shares, changes, conflicts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import arithmetic
from core.periods import Period
from reporting.bulletins import styles, tables
from reporting.bulletins.model import Bulletin, Conflict, Figure, Moved
from reporting.bulletins.styles import Dimension, Path_, Row, Style
from reporting.bulletins.tally import (
    APPEAL,
    COMPLAINT,
    COMPLAINTS_AND_REPORTS,
    REPORT,
    SATISFIED,
    SUBSTANTIATED,
    Cell,
    Tally,
)

UNIVERSES: dict[str, Callable[[str], bool]] = {
    "all": lambda nature: True,
    "complaints_and_reports": lambda nature: nature in COMPLAINTS_AND_REPORTS,
    "appeals_too": lambda nature: nature in (*COMPLAINTS_AND_REPORTS, APPEAL),
}


DIMENSIONS = {
    "nature": gettext_lazy("诉求性质"),
    "channel": gettext_lazy("反映渠道"),
    "industry": gettext_lazy("行业"),
    "business": gettext_lazy("业务类别"),
    "power_cr": gettext_lazy("电力行业投诉举报的业务类别"),
    "target": gettext_lazy("被反映对象"),
    "outcome": gettext_lazy("办理结论"),
}


def build(tally: Tally, *, style: Style, period: Period, issuer: str, office: str = "") -> Bulletin:
    """The bulletin of a period. The same cells give the same bulletin, in whatever order."""
    return Builder(tally, style, period, issuer, office).build()


def of(cells: Iterable[Cell], condition: Callable[[Cell], bool] = bool) -> int:
    """How many cases the cells that fit hold."""
    return sum(cell.n for cell in cells if condition(cell))


class Builder:
    """One bulletin in the making."""

    def __init__(
        self, tally: Tally, style: Style, period: Period, issuer: str, office: str = ""
    ) -> None:
        self.tally, self.style, self.period = tally, style, period
        self.issuer, self.office = issuer, office
        inside = UNIVERSES[style.universe]
        self.cells = [cell for cell in tally.received if inside(cell.nature)]
        self.both = [cell for cell in tally.received if cell.is_complaint_or_report]
        self.figures: dict[str, Figure] = {}
        self.conflicts: list[Conflict] = []

    def build(self) -> Bulletin:
        """All parts, in the order of the published text."""
        self._totals()
        self._dimension("nature", "nature", self.cells, lambda c: c.nature)
        self._dimension("channel", "channel", self.cells, lambda c: c.channel)
        self._dimension("industry", "industry", self.cells, lambda c: c.industry)
        self._business()
        targeted = self.both if self.style.universe == "all" else self.cells
        whole = "complaints_and_reports" if targeted is self.both else "total"
        self._dimension("target", "target", targeted, lambda c: c.target, whole=whole)
        self._handling()
        self._enterprises()
        rankings = tables.rankings(self)
        return Bulletin(
            title=self.style.title.format(period=self.period.text),
            style=self.style.code,
            issuer=self.issuer,
            period=self.period,
            figures=self.figures,
            tables=tuple(tables.tables(self, rankings)),
            rankings=tuple(rankings),
            conflicts=tuple(self.conflicts),
        )

    # -- parts -------------------------------------------------------------------------------------

    def _totals(self) -> None:
        moved = self._changes("total", UNIVERSES[self.style.universe])
        self.figures["total"] = Figure(of(self.cells), self.style.total_label, **moved)
        self.figures["complaints_and_reports"] = Figure(of(self.both), _("投诉举报"))

    def _business(self) -> None:
        rows = self.rows("business")
        if rows is not None:
            cells = [cell for cell in self.cells if not rows.of or cell.industry == rows.of]
            whole = f"industry.{rows.of}" if rows.of else "total"
            self._dimension("business", "business", cells, lambda c: c.business, whole=whole)
        industries = Counter[str]()
        for cell in self.both:
            industries[cell.industry] += cell.n
        for industry, count in industries.items():
            if industry:
                path = f"complaints_and_reports.{Row.extra(industry).key}"
                label = _("%(industry)s行业投诉举报") % {"industry": industry}
                self.figures[path] = Figure(count, label)
        power = [cell for cell in self.both if cell.industry == "电力"]
        if power:
            whole = "complaints_and_reports.电力"
            self._dimension("power_cr", "business", power, lambda c: c.business, whole=whole)

    def _handling(self) -> None:
        both = self.figures["complaints_and_reports"].count
        accepted = [cell for cell in self.both if cell.accepted]
        whole = self.style.accepted_of
        self._part("accepted", of(accepted), whole, _("受理"))
        closed = of(accepted, lambda c: c.closed)
        self._part("closed_by_period_end", closed, "accepted", _("期末前办理完毕"))
        done = [cell for cell in self.tally.closed if cell.is_complaint_or_report]
        carried = of(done, lambda c: c.carried)
        self.figures["closed"] = Figure(
            of(done), _("办结投诉举报(含往期结转)"), extra={"carried_over": carried}
        )
        if done:
            self._dimension("outcome", "outcome", done, lambda c: c.outcome, whole="closed")
        others = of(self.tally.received, lambda c: c.accepted) - of(accepted)
        if others and both + others != of(self.tally.received):
            message = _("有%(n)d件受理的诉求不是投诉举报，未计入受理数。") % {"n": others}
            self.conflicts.append(Conflict("accepted_other", "accepted", message))

    def _enterprises(self) -> None:
        """Complaints as enterprises handle them since 2025, appeals and reports."""
        complaints = [cell for cell in self.tally.received if cell.nature == COMPLAINT]
        self.figures["complaints.dispatched"] = Figure(of(complaints), _("平台派发投诉"))
        for name, key in (("by_industry", "industry"), ("by_target", "target")):
            counted = Counter[str]()
            for cell in complaints:
                counted[getattr(cell, key)] += cell.n
            if name == "by_target" and self.tally.complained_of:
                counted = Counter(self.tally.complained_of)
            for label in sorted(counted, key=lambda label: (-counted[label], label)):
                if label:
                    path = f"complaints.{name}.{Row.extra(label).key}"
                    self.figures[path] = Figure(counted[label], label)
        due = sum(one.due for one in self.tally.due)
        self.figures["complaints.due"] = Figure(due, _("规定时限内应办结投诉"))
        in_time = sum(one.in_time for one in self.tally.due)
        self._part("complaints.closed_in_time", in_time, "complaints.due", _("及时办结"))
        for path, nature in (("appeals", APPEAL), ("reports", REPORT)):
            received = of(self.tally.received, lambda c, nature=nature: c.nature == nature)  # type: ignore[misc]
            closed = of(self.tally.closed, lambda c, nature=nature: c.nature == nature)  # type: ignore[misc]
            self.figures[f"{path}.received"] = Figure(received, nature)
            self.figures[f"{path}.closed"] = Figure(closed, nature)
        self._indicators()

    def _indicators(self) -> None:
        """How content complainants are, how many appeal, and in how many appeals rightly.

        Source: indicators of enterprises under the rules of 2024 (domain facts 1.3).
        """
        closed = of(self.tally.closed, lambda c: c.nature == COMPLAINT)
        self.figures["complaints.closed"] = Figure(closed, _("办结投诉"))
        rated = sum(self.tally.ratings.values())
        self.figures["complaints.rated"] = Figure(rated, _("回访评价投诉"))
        satisfied = sum(self.tally.ratings.get(code, 0) for code in SATISFIED)
        self._part("complaints.satisfied", satisfied, "complaints.rated", _("满意和基本满意"))
        appeals = self.figures["appeals.received"].count
        self._part("complaints.appealed", appeals, "complaints.closed", _("投诉申诉率"))
        right = of(self.tally.closed, lambda c: c.nature == APPEAL and c.outcome in SUBSTANTIATED)
        self._part("appeals.justified", right, "appeals.closed", _("申诉有责率"))

    # -- dimensions --------------------------------------------------------------------------------

    def rows(self, name: str) -> Dimension | None:
        """The rows of a dimension in the era of the period."""
        on, style = self.period.first, self.style.code
        return styles.dimension(name, on=on, office=self.office, style=style)

    def placed(
        self, name: str, cells: Iterable[Cell], word: Callable[[Cell], str]
    ) -> tuple[Dimension | None, Counter[tuple[Path_, str]]]:
        """The rows, with those that the cells need besides, and the count of (path, nature)."""
        rows = self.rows(name)
        if rows is None:
            return None, Counter()
        spellings = rows.spellings()
        rest = next((row.key for row in rows.rows if row.rest), "")
        counted: Counter[tuple[Path_, str]] = Counter()
        extras: set[str] = set()
        for cell in cells:
            label = word(cell)
            path = spellings.get(styles.plain(label))
            if path is None and label and not rest:
                extras.add(label)
                path = (Row.extra(label).key,)
            counted[path or ((rest,) if label and rest else ()), cell.nature] += cell.n
        return rows.with_extras(sorted(extras, key=arithmetic.spoken)), counted

    def _dimension(
        self,
        name: str,
        rows_of: str,
        cells: list[Cell],
        word: Callable[[Cell], str],
        *,
        whole: str = "total",
    ) -> None:
        """Figures of all rows of a dimension. One that no case carries has no figures."""
        rows, placed = self.placed(rows_of, cells, word)
        counts: Counter[Path_] = Counter()
        for (path, _nature), n in placed.items():
            counts[path] += n
        unnamed, total = counts.pop((), 0), of(cells)
        if rows is None or not (counts or name == "nature"):
            return
        if unnamed:
            words = {"name": DIMENSIONS[name], "n": unnamed, "sum": total - unnamed, "total": total}
            message = _("%(name)s：有%(n)d件没有分类，分项之和%(sum)d与总数%(total)d不符。") % words
            self._conflict("dimension_sum", name, message, str(total), str(total - unnamed))
        shares = self._shares(name, rows, counts, total)
        for path, row in paths(rows):
            key = ".".join((name, *path))
            figure = Figure(total_of(counts, path), row.label, self._text(shares.get(path)), whole)
            if name == "nature":
                figure = self._nature(figure, key, row.key)
            self.figures[key] = figure

    def _nature(self, figure: Figure, path: str, nature: str) -> Figure:
        spellings = self.rows("nature").spellings()  # type: ignore[union-attr]

        def same(other: str) -> bool:
            return spellings.get(styles.plain(other), ("",))[0] == nature

        moved = self._changes(nature, same) if nature in self.style.changes else {}
        delta = None
        base = self.tally.previous.get("mom", {})
        if nature in self.style.deltas and base:
            delta = figure.count - sum(n for key, n in base.items() if same(key))
        return Figure(figure.count, figure.label, figure.share, figure.of, **moved, delta=delta)

    def _shares(
        self, name: str, rows: Dimension, counts: Counter[Path_], total: int
    ) -> dict[Path_, Decimal]:
        """The share of every row. Deviations from plain arithmetic are named as conflicts."""
        if not total:
            return {}
        decimals = self.style.decimals
        numbers = {path: total_of(counts, path) for path, _row in paths(rows)}
        plain = arithmetic.shares(numbers, total, decimals=decimals)
        found = dict(plain)
        for row in rows.rows:
            self._parent((row.key,), row, numbers, found)
        tops = [(row.key,) for row in rows.rows]
        top_numbers = {path: numbers[path] for path in tops}
        bearer, rest = arithmetic.residual(
            {path: found[path] for path in tops}, top_numbers, total, balance=self.style.balance
        )
        if bearer is not None:
            found[bearer] += rest
            self._pass_down(bearer, rest, rows, numbers, found)
        for path, value in found.items():
            if value != plain[path]:
                self._moved_share(".".join((name, *path)), value, plain[path])
        return found

    def _parent(
        self, path: Path_, row: Row, numbers: dict[Path_, int], found: dict[Path_, Decimal]
    ) -> None:
        below = [(*path, child.key) for child in row.children]
        complete = sum(numbers[child] for child in below) == numbers[path]
        if below and complete and self.style.parent == "sum_of_children":
            found[path] = arithmetic.sum_of([found[child] for child in below])

    def _pass_down(
        self,
        path: Path_,
        rest: Decimal,
        rows: Dimension,
        numbers: dict[Path_, int],
        found: dict[Path_, Decimal],
    ) -> None:
        """A parent that is the sum of its children hands what it bears to the largest of them."""
        below = [child for child in numbers if child[:-1] == path]
        if self.style.parent == "sum_of_children" and sum(map(numbers.get, below)):  # type: ignore[arg-type]
            found[max(below, key=lambda child: numbers[child])] += rest

    def _moved_share(self, path: str, value: Decimal, plain: Decimal) -> None:
        text, wanted = self._text(value), self._text(plain)
        message = _("%(path)s：印为%(text)s%%，按件数计算为%(wanted)s%%（分项合计口径）。") % {
            "path": path,
            "text": text,
            "wanted": wanted,
        }
        self._conflict("share", path, message, text or "", wanted or "")

    # -- small things ------------------------------------------------------------------------------

    def _part(self, path: str, count: int, whole: str, label: str) -> None:
        value = arithmetic.share(count, self.figures[whole].count, self.style.decimals)
        self.figures[path] = Figure(count, label, self._text(value), whole)

    def _changes(self, name: str, inside: Callable[[str], bool]) -> dict[str, Moved | None]:
        """mom and yoy of the natures that fit; None where the base has no data or is nothing."""
        if name not in self.style.changes:
            return {}
        now = sum(c.n for c in self.tally.received if inside(c.nature))
        found: dict[str, Moved | None] = {}
        for kind in ("mom", "yoy"):
            base = sum(n for key, n in self.tally.previous.get(kind, {}).items() if inside(key))
            moved = arithmetic.change(now, base, self.style.decimals)
            if moved is not None:
                found[kind] = Moved(self._word(moved.sign), self._text(moved.pct) or "")
        return found

    def _word(self, sign: int) -> str:
        return self.style.words[{1: "up", -1: "down", 0: "same"}[sign]]

    def _text(self, value: Decimal | None) -> str | None:
        if value is None:
            return None
        return self.text(value)

    def text(self, value: Decimal) -> str:
        """A percentage as this bulletin prints it, without the sign."""
        decimals, strip = self.style.decimals, self.style.strip_zeros
        return arithmetic.printed(value, decimals=decimals, strip_zeros=strip)

    def _conflict(self, kind: str, path: str, message: str, published: str, right: str) -> None:
        self.conflicts.append(Conflict(kind, path, message, published, right))

    def conflict(self, kind: str, path: str, message: str) -> None:
        """Name what could not be counted."""
        self.conflicts.append(Conflict(kind, path, message))


def paths(rows: Dimension) -> Iterable[tuple[Path_, Row]]:
    """Every row and every child with its path, parents first."""
    for row in rows.rows:
        yield (row.key,), row
        for child in row.children:
            yield (row.key, child.key), child


def total_of(counts: Counter[Path_], path: Path_) -> int:
    """The count of a row with all below it."""
    return sum(n for found, n in counts.items() if found[: len(path)] == path)
