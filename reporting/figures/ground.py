"""Grids in the days of a phase, where a territory has them: people, claims, hazards, care.

Source: grid standard 3.7, 4.2.1, 4.2.2, 5.8 (S2-3.7, S2-4.2.1b, S2-4.2.2a, S2-5.8c, S2-5.8d). A row
is a company with its number. Of special groups no household appears, only how many there are: who
they are is for those alone who look after them.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from functools import partial
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _

from complaints import claim_queries
from complaints.models import Claim
from grids.models import Assignment, Hazard, HolidayVisit, PowerGrid, SafetyCheck, SpecialHousehold
from grids.queries import hazards as hazard_queries
from grids.queries import lists
from reporting.figures.scope import Rate, Row, Scope, enter_rate, figure
from reporting.figures.territory import NUMBER, days, per_unit

SECOND = timedelta(seconds=1)


def _by_path(rows: Any, column: str) -> dict[str, int]:
    """How many of the rows belong to a unit, by its path."""
    counted = rows.order_by().values_list(f"{column}__path").annotate(n=Count("pk"))
    return {path: n for path, n in counted if path}


def _many(scope: Scope, name: str, rows: Any, column: str, asked: dict[str, Q]) -> dict[str, Any]:
    """Several numbers of the same rows by path, in one walk; none where there are no grids."""
    if name not in scope.read:
        found: dict[str, dict[str, int]] = {key: {} for key in asked}
        if _has_grids(scope):
            # Named unlike any column.
            told = {f"n{n}": Count("pk", filter=one) for n, one in enumerate(asked.values())}
            for path, *numbers in rows.order_by().values_list(f"{column}__path").annotate(**told):
                for key, number in zip(asked, numbers, strict=True):
                    found[key][path or ""] = number
        scope.read[name] = found
    taken: dict[str, Any] = scope.read[name]
    return taken


# -- grids and who answers for them


def _grids(scope: Scope, view: str) -> list[Row]:
    """Those that stood at the end of the days; vacant: with nobody appointed at that instant."""

    def url(code: str) -> str:
        return lists.url(unit=code, view=view)

    return per_unit(scope, f"grids.{view}", _standing_grids(scope)[view], url)


def _standing_grids(scope: Scope) -> dict[str, dict[str, int]]:
    if "grids" not in scope.read:
        standing = PowerGrid.objects.on(scope.period.last)
        instant = min(scope.now, scope.span[1] - SECOND)
        held = Assignment.objects.managers().at(instant).order_by().values("power_grid")
        every = _by_path(standing, "enterprise")
        vacant = _by_path(standing.exclude(pk__in=held), "enterprise") if every else {}
        scope.read["grids"] = {"all": every, "vacant": vacant}
    found: dict[str, dict[str, int]] = scope.read["grids"]
    return found


def _has_grids(scope: Scope) -> bool:
    return any(scope.top_of(path) for path in _standing_grids(scope)["all"])


figure("grids.total", _("在用电力网格"), _("个"), NUMBER, total=0)(partial(_grids, view="all"))
figure("grids.vacant", _("没有网格经理的电力网格"), _("个"), NUMBER, total=0)(
    partial(_grids, view="vacant")
)


# -- claims


CLAIMS: dict[str, Any] = {
    "all": _("网格受理的涉电诉求"),
    "due": _("应报到的涉电诉求"),
    "responded": _("按时报到的涉电诉求"),
    "visited": _("有效回访的涉电诉求"),
    "solved": _("回访已解决的涉电诉求"),
    "content": _("回访满意的涉电诉求"),
}


def _claims(scope: Scope, name: str) -> list[Row]:
    filters = claim_queries.Filters(**days(scope))
    nobody: Any = AnonymousUser()
    found = filters.narrow(Claim.objects.all(), nobody, now=scope.now)
    conditions = claim_queries.figures(scope.now)
    asked = {key: conditions[key] for key in CLAIMS}
    paths = _many(scope, "claims", found, "case__holder", asked)[name]
    url = filters.with_(figure=name).url
    return per_unit(scope, f"claims.{name}", paths, lambda code: url(unit=code))


for _name, _label in CLAIMS.items():
    figure(f"claims.{_name}", _label, _("件"), NUMBER, total=0)(partial(_claims, name=_name))
for _key, _label, _part, _whole in (
    ("response", _("网格诉求响应率"), "responded", "due"),
    ("solution", _("网格诉求解决率"), "solved", "visited"),
    ("satisfaction", _("网格诉求满意率"), "content", "visited"),
):
    enter_rate(Rate(f"claims.{_key}", _label, f"claims.{_part}", f"claims.{_whole}"))


# -- hazards


HAZARDS = {"hazards.reported": "", "hazards.closed": "closed", "hazards.open": "open"}
HAZARDS |= {"hazards.overdue": "overdue"}


def _hazards(scope: Scope, key: str) -> list[Row]:
    filters = hazard_queries.Filters(view=HAZARDS[key], **days(scope))
    found = filters.with_(view="").narrow(Hazard.objects.all(), now=scope.now)
    conditions = {**hazard_queries.VIEWS, "": Q(), "overdue": hazard_queries.late(scope.now)}
    asked = {name: conditions[view] for name, view in HAZARDS.items()}
    paths = _many(scope, "hazards", found, "organisation", asked)[key]
    return per_unit(scope, key, paths, lambda code: filters.url(unit=code))


for _key, _label in (
    ("hazards.reported", _("网格上报的隐患")),
    ("hazards.closed", _("已销号的隐患")),
    ("hazards.open", _("尚未销号的隐患")),
    ("hazards.overdue", _("逾期未治理的隐患")),
):
    figure(_key, _label, _("处"), NUMBER, total=0)(partial(_hazards, key=_key))


# -- special groups


def _households(scope: Scope, condition: Q) -> dict[str, int]:
    if not _has_grids(scope):
        return {}
    return _by_path(SpecialHousehold.objects.filter(condition), "organisation")


def _counted(scope: Scope, key: str, found: dict[str, int]) -> list[Row]:
    """No list stands behind these but the numbers themselves."""
    return per_unit(scope, key, found, lambda _code: "")


@figure("special.households", _("台账内的特殊群体"), _("户"), NUMBER, total=0)
def _standing(scope: Scope) -> Iterable[Row]:
    still = Q(ended_on__isnull=True) | Q(ended_on__gt=scope.period.last)
    found = _households(scope, still & Q(created_at__lt=scope.span[1]))
    return _counted(scope, "special.households", found)


def _done(scope: Scope) -> tuple[Any, Any]:
    """Checks and visits of the days."""
    first, last = scope.period.first, scope.period.last
    checks = SafetyCheck.objects.filter(
        state=SafetyCheck.State.DONE, done_on__gte=first, done_on__lte=last
    )
    visits = HolidayVisit.objects.filter(
        state=HolidayVisit.State.DONE, visited_on__gte=first, visited_on__lte=last
    )
    return checks, visits


def _calls(scope: Scope, place: int) -> dict[str, int]:
    if not _has_grids(scope):
        return {}
    return _by_path(_done(scope)[place], "household__organisation")


@figure("special.served", _("上门服务的特殊群体"), _("户"), NUMBER, total=0)
def _served(scope: Scope) -> Iterable[Row]:
    checks, visits = (one.order_by().values("household") for one in _done(scope))
    found = _households(scope, Q(pk__in=checks) | Q(pk__in=visits))
    return _counted(scope, "special.served", found)


@figure("special.checks", _("特殊群体安全检查"), _("户次"), NUMBER, total=0)
def _safety_checks(scope: Scope) -> Iterable[Row]:
    found = _calls(scope, 0)
    return _counted(scope, "special.checks", found)


@figure("special.visits", _("特殊群体节日慰问"), _("户次"), NUMBER, total=0)
def _visits(scope: Scope) -> Iterable[Row]:
    found = _calls(scope, 1)
    return _counted(scope, "special.visits", found)
