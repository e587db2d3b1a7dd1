"""What companies may read of cases that belong together: never who asked for secrecy."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from accounts.models import Organisation
from accounts.territory import regulator_for
from complaints.models import Case
from complaints.workflow import keeps_secret
from core import clock

PLACES = ("owner", "holder", "organisation")


def may_know(case: Case, pks: Collection[int]) -> bool:
    """Whether companies may read on a case that it belongs together with others (by key).

    Each company that reads the case must know of every one of them, the case itself included: a
    word about the link, even a count, would tell it of a complainant who asked for secrecy, and of
    what a person has with another company.
    """
    provincial = Organisation.objects.filter(kind=Organisation.Kind.PROVINCIAL_COMPANY).order_by()
    houses = [path for path in provincial.values_list("path", flat=True) if _within(case, path)]
    together = list(Case.objects.filter(pk__in={case.pk, *pks}).select_related(*PLACES))
    return bool(houses) and all(_knows(path, one) for path in houses for one in together)


def chain_of(case: Case, pks: Collection[int], *, now: datetime) -> Organisation:
    """Whose audit trail tells of the link: the receiver's, where it may know; else an office's."""
    if case.owner.is_regulator or may_know(case, pks):
        return case.owner
    on = clock.day_of(now)
    office: Organisation = regulator_for(case.organisation or case.owner, on)[0]
    return office


def _within(case: Case, house: str) -> bool:
    units = (getattr(case, name) for name in PLACES)
    return any(unit is not None and unit.path.startswith(house) for unit in units)


def _knows(house: str, case: Case) -> bool:
    """Whether a company with its units knows of a case and of whom it comes from."""
    return case.owner.path.startswith(house) or (not keeps_secret(case) and _within(case, house))
