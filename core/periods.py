"""Periods of days: their names, the period before and the same of the year before."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import get_language

from core.officialdoc import written_date

QUARTERS = "一二三四"


@dataclass(frozen=True)
class Period:
    """From ``first`` to ``last``, both included. Raises ``ValueError`` the wrong way round."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise ValueError("period ends before it begins")

    @property
    def months(self) -> int:
        """How many whole calendar months it is; 0 where it is not made of whole months."""
        whole = self.first.day == 1 and self.last.day == _days(self.last)
        span = (self.last.year - self.first.year) * 12 + self.last.month - self.first.month + 1
        return span if whole else 0

    @property
    def kind(self) -> str:
        """month, quarter, half, year or other."""
        lengths = {1: "month", 3: "quarter", 6: "half", 12: "year"}
        months = self.months
        fits = months in lengths and (self.first.month - 1) % months == 0
        return lengths[months] if fits else "other"

    @property
    def text(self) -> str:
        """2022年2月, 2025年二季度, 2024年上半年, 2022年; anything else from day to day."""
        year = f"{self.first.year}年"
        match self.kind:
            case "month":
                return f"{year}{self.first.month}月"
            case "quarter":
                return f"{year}{QUARTERS[self.first.month // 3]}季度"
            case "half":
                return f"{year}{'上' if self.first.month == 1 else '下'}半年"
            case "year":
                return year
        return f"{written_date(self.first)}至{written_date(self.last)}"

    @property
    def shown(self) -> str:
        """The text in the language of the page: 2022-02, 2025 Q2. Documents take ``text``."""
        if (get_language() or "zh").startswith("zh"):
            return self.text
        year = f"{self.first.year}"
        match self.kind:
            case "month":
                return f"{year}-{self.first.month:02d}"
            case "quarter":
                return f"{year} Q{self.first.month // 3 + 1}"
            case "half":
                return f"{year} H{1 if self.first.month == 1 else 2}"
            case "year":
                return year
        return f"{self.first} – {self.last}"

    def previous(self) -> Period:
        """The period before, as long: as many months, or as many days."""
        last = self.first - timedelta(days=1)
        if self.months:
            return Period(_back(self.first, self.months), last)
        return Period(last - (self.last - self.first), last)

    def year_before(self) -> Period:
        """The same period of the year before."""
        first, last = _back(self.first, 12), _back(self.last, 12)
        if self.months:
            last = last.replace(day=_days(last))
        return Period(first, last)


def _days(day: date) -> int:
    return monthrange(day.year, day.month)[1]


def _back(day: date, months: int) -> date:
    """The same day so many months before, or the last day of a shorter month."""
    count = day.year * 12 + day.month - 1 - months
    year, month = divmod(count, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
