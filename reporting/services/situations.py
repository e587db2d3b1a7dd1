"""Circulars on the situation found: what may be told of a period, drafted and edited.

Source: campaign plan 三、(三)6(1) (S1-3.3.6(1)c). What follows (approval, number, letters, receipt,
publishing) is that of every circular.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import Organisation, Region
from complaints import queries
from complaints.analysis import gathering
from complaints.filters import digits_of, of_place
from complaints.models import Case, InspectionProposal
from complaints.workflow import REPORT
from core import clock
from core.errors import Refused
from core.periods import Period
from reporting.models import Circular, CircularVersion
from reporting.services import circulars
from reporting.situations import Demand, Fact, Situation

if TYPE_CHECKING:
    from accounts.models import User

ACCEPTED = InspectionProposal.State.ACCEPTED


@dataclass(frozen=True)
class Candidate:
    """Something that may be told, with what opens its evidence."""

    key: str
    organisation: Organisation
    fact: Fact
    proposal: int | None = None


def candidates(
    organisation: Organisation, period: Period, region: Region | None, *, by: User
) -> list[Candidate]:
    """Decided inspections that touch a period, and complaints that gather in it; no report."""
    seen = tellable(region, by=by)
    found = _inspected(organisation, period, seen, by)
    known = {(one.organisation.pk, one.fact.category) for one in found}
    fresh = [
        one
        for one in _gathered(period, seen)
        if (one.organisation.pk, one.fact.category) not in known
    ]
    return [*found, *fresh]


def tellable(region: Region | None, *, by: User) -> QuerySet[Case]:
    """The cases in sight that a circular may count: whom a report is about must not learn of it."""
    seen = Case.objects.visible_to(by).counted().exclude(nature=REPORT)
    return seen.filter(of_place(digits_of(region.code))) if region else seen


def _inspected(
    organisation: Organisation,
    period: Period,
    seen: QuerySet[Case],
    by: User,
) -> list[Candidate]:
    decided = InspectionProposal.objects.visible_to(by).filter(
        organisation=organisation,
        state=ACCEPTED,
        first_day__lte=period.last,
        last_day__gte=period.first,
    )
    found = []
    for one in decided.select_related("respondent").order_by("respondent__path", "pk"):
        span = Period(one.first_day, one.last_day)
        cases = _keys(seen.filter(pk__in=one.evidence.values("pk")))
        if cases:
            fact = _fact(one.respondent, one.category, span, cases, inspected=True)
            found.append(Candidate(f"i{one.pk}", one.respondent, fact, one.pk))
    return found


def _gathered(period: Period, seen: QuerySet[Case]) -> list[Candidate]:
    rule = gathering.rule_on(gathering.CLUSTER, period.last)
    if rule is None:
        return []
    found = gathering.clusters(seen, rule, period)
    companies = Organisation.objects.in_bulk([one.organisation for one in found])
    made = []
    for one in found:
        company = companies[one.organisation]
        told = gathering.evidence(seen, rule, period, respondent=company, category=one.category)
        fact = _fact(company, one.category, period, _keys(told), inspected=False)
        made.append(Candidate(f"c{company.pk}-{one.category}", company, fact))
    return made


def _keys(cases: QuerySet[Case]) -> tuple[int, ...]:
    return tuple(cases.order_by("pk").values_list("pk", flat=True))


def _fact(
    company: Organisation,
    category: str,
    period: Period,
    cases: tuple[int, ...],
    *,
    inspected: bool,
) -> Fact:
    # What is printed is Chinese, as it was called on the last day.
    with translation.override("zh-hans"):
        subject = str(queries.Labels().of("category", category, at=clock.at(period.last)))
    return Fact(
        company=company.code,
        name=company.name_on(period.last),
        category=category,
        subject=subject,
        first_day=period.first.isoformat(),
        last_day=period.last.isoformat(),
        inspected=inspected,
        cases=cases,
    )


def draft(
    *,
    organisation: Organisation,
    title: str,
    period: Period,
    region: Region | None,
    chosen: Sequence[str],
    others: Sequence[Organisation] = (),
    bad: str,
    demands: Sequence[Demand],
    public: bool,
    occasion: str,
    by: User,
    now: datetime,
) -> Circular:
    """Begin a circular with what was chosen, counted now; the same occasion gives the same.

    It goes to the companies named and to ``others``. Raises ``Refused``.
    """
    if why_not := circulars.draft_refusal(organisation, by=by):
        raise Refused(why_not)
    key = f"{organisation.pk}:{occasion}"
    if found := Circular.objects.filter(occasion=key).first():
        return found
    title = circulars.titled(title)
    if period.last > clock.day_of(now):
        raise Refused(_("截止日期不能晚于今天。"))
    open_ = {one.key: one for one in candidates(organisation, period, region, by=by)}
    if missing := [name for name in chosen if name not in open_]:
        raise Refused(_("有%(n)d项情况已经变化，请重新选择。") % {"n": len(missing)})
    told = [open_[name] for name in dict.fromkeys(chosen)]
    content = Situation("", tuple(one.fact for one in told), "", bad.strip(), tuple(demands))
    companies = {one.organisation.pk: one.organisation for one in told}
    companies |= {one.pk: one for one in others}
    cases = Case.objects.filter(pk__in={pk for one in told for pk in one.fact.cases})
    return circulars.begin(
        organisation=organisation,
        title=title,
        public=public,
        key=key,
        content=content,
        cases=list(cases),
        companies=companies,
        by=by,
        now=now,
        kind=Circular.Kind.SITUATION,
        first_day=period.first,
        last_day=period.last,
        region=region,
    )


def edit(
    *,
    circular: Circular,
    seen: int,
    intro: str,
    texts: Mapping[int, str],
    good: str,
    bad: str,
    demands: Sequence[Demand],
    public: bool,
    note: str = "",
    by: User,
    now: datetime,
) -> CircularVersion:
    """Keep other words as the next version; ``texts`` maps the place of a fact to its words.

    The figures and the cases they count stay; ``note``: what a correction puts right. Raises
    ``Refused``, ``Conflict``.
    """
    circular = circulars.editable(circular, Circular.Kind.SITUATION, by=by)
    before = Situation.of(circular.current_version.content)
    facts = tuple(
        replace(one, text=texts.get(place, one.text).strip())
        for place, one in enumerate(before.facts)
    )
    said = (intro.strip(), facts, good.strip(), bad.strip(), tuple(demands))
    content = Situation(*said, circulars.note_of(circular, note))
    return circulars.revise(circular, content, seen=seen, public=public, by=by, now=now)
