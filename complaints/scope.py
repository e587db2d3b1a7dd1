"""Whose cases a person sees, and what a company may know of a report (举报)."""

from __future__ import annotations

from typing import cast

from django.db.models import Q, QuerySet

from accounts.models import Organisation, User
from accounts.models.people import sight_of
from accounts.permissions import Permission
from accounts.reach import workplaces
from complaints.workflow import APPEAL, REPORT

# So many units are named one by one; of more, the database reads who they are itself.
MOST_NAMED = 500
_KEPT = "_keys_below"


def cases_seen(user: User) -> Q:
    """Condition on Case: regulators by territory, companies by what they hold or are named in.

    A report never comes into sight of those whom it is about: neither the organisation it names
    nor anybody below it (domain: reporter identity is secret; 举报 never shown to the respondent).
    """
    condition = Q(pk__in=())
    for place in workplaces(user, Permission.CASE_VIEW):
        condition |= _from_office(place, user) if place.is_regulator else seen_from_company(place)
    return condition


def _from_office(place: Organisation, user: User) -> Q:
    if place.kind == Organisation.Kind.NATIONAL_REGULATOR:
        return Q(pk__gt=0)
    sight = sight_of(place, known=user.territories)
    seen = Organisation.objects.filter(sight).order_by().values("pk")
    condition = Q(owner__in=seen) | Q(holder__in=seen) | Q(organisation__in=seen)
    for code in sorted(user.territories[place.pk, True]):
        condition |= Q(region__code__startswith=code[:2])
    return condition


def seen_from_company(place: Organisation) -> Q:
    """Condition on Case: what a company unit holds or is named in, without reports about it.

    Nor an appeal of somebody whom it must not know: the office decides it by itself, and whoever
    appeals tells who they are.
    """
    below = _below(place)
    mine = Q(owner__in=below) | Q(holder__in=below)
    secret = Q(nature=REPORT) | Q(nature=APPEAL) & (Q(anonymous=True) | Q(confidential=True))
    named = Q(organisation__in=below) & ~secret
    about_us = Q(nature=REPORT, organisation__in=[place.pk, *above(place)])
    return (mine | named) & ~about_us


def units_below(place: Organisation) -> QuerySet[Organisation]:
    """Keys of a unit and everything below it."""
    return Organisation.objects.filter(path__startswith=place.path).order_by().values("pk")


def named_singly(units: QuerySet[Organisation]) -> list[int] | QuerySet[Organisation]:
    """Units one by one where they are few: then the database knows how few cases they have.

    Told who they are by a query, it guesses, and walks over half of all cases to find a page.
    """
    keys = list(units.order_by().values_list("pk", flat=True)[: MOST_NAMED + 1])
    return keys if len(keys) <= MOST_NAMED else units.order_by().values("pk")


def _below(place: Organisation) -> list[int] | QuerySet[Organisation]:
    """A unit and everything below it; kept beside where a person stands, read once per request."""
    if _KEPT not in place.__dict__:
        place.__dict__[_KEPT] = named_singly(units_below(place))
    return cast("list[int] | QuerySet[Organisation]", place.__dict__[_KEPT])


def above(place: Organisation) -> list[int]:
    """Keys of the organisations above a unit; from the path, without the tree's own ordering."""
    step = Organisation.steplen
    paths = [place.path[:end] for end in range(step, len(place.path), step)]
    if not paths:
        return []
    rows = Organisation.objects.filter(path__in=paths).order_by()
    return list(rows.values_list("pk", flat=True))


def is_respondent(place: Organisation, respondent: Organisation | None) -> bool:
    """Whether a unit is the one that a report is about, or stands below it."""
    return respondent is not None and place.path.startswith(respondent.path)


def secret_from(user: User) -> Q:
    """Condition on Case: whose complainant not even a masked trace is shown of (see privacy)."""
    places = workplaces(user, Permission.CASE_VIEW)
    if any(place.is_regulator for place in places):
        return Q(pk__in=())
    secret = Q(nature=REPORT) | Q(anonymous=True) | Q(confidential=True)
    for place in places:
        secret &= ~Q(owner__in=units_below(place))
    return secret
