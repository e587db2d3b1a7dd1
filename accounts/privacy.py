"""Rules of leak reports and of the log of who opened personal data, as data (S2-6.1.3, S2-7.5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from core import catalogue_files
from core.sla import Allowance

CATALOGUE = Path(__file__).parent / "catalogue" / "privacy.yaml"


@dataclass(frozen=True)
class Rule:
    """One edition. ``keep_months``: how long an archived month of the log is kept."""

    valid_from: date
    leak_accept: Allowance
    leak_close: Allowance
    least_months: int
    keep_months: int
    basis: str

    def keep_until(self, month: date) -> date:
        """The last day on which the archive of a month is kept."""
        months = month.year * 12 + month.month + max(self.keep_months, self.least_months)
        first_after = date(months // 12, months % 12 + 1, 1)
        return date.fromordinal(first_after.toordinal() - 1)


@lru_cache
def rules() -> tuple[Rule, ...]:
    return tuple(_rule(one) for one in catalogue_files.read(CATALOGUE))


def _rule(entry: dict[str, Any]) -> Rule:
    limits = {name: Allowance(**entry[name]) for name in ("leak_accept", "leak_close")}
    return Rule(**{**entry, **limits})


def rule_on(day: date) -> Rule:
    """The rule in force on a day; before the first one that."""
    return catalogue_files.in_force(rules(), on=day) or rules()[0]
