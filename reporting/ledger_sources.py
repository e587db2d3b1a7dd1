"""What of reporting may enter the rectification ledger: accepted proposals of findings, items of
issued circulars and bulletins, improvement tasks.

Source: campaign plan 三(六)1, 五(四) (S1-3.3.6(1)b, S1-5.4c).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import Organisation, User
from campaign import rectification_sources as sources
from campaign.models import RectificationItem
from campaign.rectification_sources import Origin
from complaints.models import Case
from reporting.circular_kinds import said_in
from reporting.circulars import Content
from reporting.models import (
    Bulletin,
    Circular,
    CircularRedress,
    FindingProposal,
    ImprovementTask,
    OutageLead,
)
from reporting.situations import Situation, sentence
from reporting.workflow import bulletin as bulletin_flow
from reporting.workflow import circular as circular_flow

FINDING, CIRCULAR, BULLETIN, IMPROVEMENT = "finding", "circular", "bulletin", "improvement"
Source, State = RectificationItem.Source, FindingProposal.State
# As which source of the ledger a proposal counts; of other kinds as found on inspection.
KINDS: dict[str, str] = {
    FindingProposal.Source.OUTAGE: Source.OUTAGE,
    FindingProposal.Source.LEAD: Source.OUTAGE,
    FindingProposal.Source.ORDERED_USE: Source.PLAN,
    FindingProposal.Source.RETURN: Source.INDICATOR,
    FindingProposal.Source.INDICATOR: Source.INDICATOR,
}
LONGEST = 1500
CIRCULAR_RELATED = ("current_version", "redress")


def register() -> None:
    sources.register(FINDING, _find_proposal)
    sources.register(CIRCULAR, _find_circular)
    sources.register(BULLETIN, _find_bulletin)
    sources.register(IMPROVEMENT, _find_task)


def _seen(model: Any, key: str, user: User | None, *related: str) -> Any:
    pk = sources.number(key)
    rows = model.objects.all() if user is None else model.objects.visible_to(user)
    return rows.select_related(*related).filter(pk=pk).first() if pk else None


# -- proposals of findings: leads, deviations, outages, returns, indicators ------------------------


def _find_proposal(key: str, user: User | None) -> Origin | None:
    found = _seen(FindingProposal, key, user, "organisation")
    return of_proposal(found) if found else None


def of_proposal(found: FindingProposal) -> Origin | None:
    """A proposal as the ledger is told of it; its facts hold no personal data."""
    unit = sources.supervised_unit(found.organisation)
    if unit is None:
        return None
    state, is_lead = found.state, found.source == FindingProposal.Source.LEAD
    # Whoever took a lead for an unannounced outage has decided already.
    accepted = state == State.ACCEPTED or (is_lead and state == State.OPEN)
    with translation.override(settings.LANGUAGE_CODE):
        ref = _("问题线索第%(number)s号") % {"number": found.pk}
    return Origin(
        name=FINDING,
        key=str(found.pk),
        kind=KINDS.get(found.source, Source.INSPECTION),
        unit=unit,
        label=found.title,
        url=reverse("reporting:proposal", args=[found.pk]),
        ref=ref,
        problem="\n".join(filter(None, (found.title, found.facts)))[:LONGEST],
        basis=found.clause,
        rule="lead" if is_lead else FINDING,
        why_not="" if accepted else _("问题线索采纳后，才能列入整改台账。"),
        **(_place(found) if is_lead else {}),
    )


def _place(found: FindingProposal) -> dict[str, str]:
    """The line or transformer area of a lead."""
    lead = OutageLead.objects.filter(proposal=found).first()
    if lead is None or lead.level == OutageLead.Place.ADDRESS:
        return {}
    return {str(lead.level): lead.place[:60]}


# -- circulars -------------------------------------------------------------------------------------


def _find_circular(key: str, user: User | None) -> Origin | None:
    pk, _dash, place = key.partition("-")
    found = _seen(Circular, pk, user, *CIRCULAR_RELATED)
    n = sources.number(place)
    if found is None or n is None:
        return None
    now = _corrected(found)
    told = next((one for one in of_circular(now) if one.key == f"{found.pk}-{n}"), None)
    if told is not None or now == found:
        return told
    left_out = next((one for one in of_circular(found) if one.key == f"{found.pk}-{n}"), None)
    if left_out is None:
        return None
    words = {"label": left_out.label, "number": now.document_number}
    return replace(
        left_out,
        label=_("%(label)s（%(number)s更正后不再列入）") % words,
        why_not=_("%(number)s更正后不再通报该项，不能列入整改台账。") % words,
    )


def _corrected(found: Circular) -> Circular:
    """The circular as it reads now: the last correction that is out, or itself."""
    rows = CircularRedress.objects.filter(
        root=found.root_pk, act=CircularRedress.Act.CORRECT, circular__state__in=circular_flow.OUT
    )
    last = rows.order_by("-circular").values("circular")[:1]
    now = Circular.objects.filter(pk__in=list(last.values_list("circular", flat=True)))
    return now.select_related(*CIRCULAR_RELATED).first() or found


def _places(found: Circular, said: Content) -> dict[int, int]:
    """Where a case stands in the circular that was issued first: a correction, which leaves some
    out, is no other source of the same problem."""
    first = Circular.objects.select_related("current_version").get(pk=found.root_pk)
    kept = Content.of(first.current_version.content) if first != found else said
    return {one.case: n for n, one in enumerate(kept.cases, start=1)}


def of_circular(found: Circular) -> Iterator[Origin]:
    """Its items one by one: each case, or each company's facts, with what is demanded."""
    said: Any = said_in(found)
    cases = {one.pk: one for one in found.cases.select_related("organisation")}
    more: dict[str, Any] = {"gone": found.withdrawn_by}
    if isinstance(said, Content):
        places = _places(found, said)
        for one in said.cases:
            case = cases.get(one.case)
            unit = sources.supervised_unit(case.organisation) if case else None
            if case and unit:
                n = places[one.case]
                yield _item(found, n, unit, one.account, said.demands, (case,), **more)
    elif isinstance(said, Situation):
        codes = {fact.company for fact in said.facts}
        companies = {one.code: one for one in Organisation.objects.filter(code__in=codes)}
        for n, fact in enumerate(said.facts, start=1):
            if unit := sources.supervised_unit(companies.get(fact.company)):
                told = tuple(cases[pk] for pk in fact.cases if pk in cases)
                text = "\n".join(filter(None, (sentence(fact), fact.text)))
                demands = "\n".join(f"{one.text}（{one.due_on}）" for one in said.demands)
                last = max((one.due for one in said.demands), default=None)
                yield _item(found, n, unit, text, demands, told, due_on=last, **more)


def _item(
    found: Circular,
    n: int,
    unit: Organisation,
    problem: str,
    requirement: str,
    cases: tuple[Case, ...],
    gone: Circular | None,
    **more: Any,
) -> Origin:
    label = f"{found.document_number} {found.title}".strip()
    why_not = "" if found.state in circular_flow.OUT else _not_issued()
    if gone is not None:
        words = {"label": label, "number": gone.document_number}
        label = _("%(label)s（已由%(number)s撤销）") % words
        why_not = _("通报已由%(number)s撤销，不能列入整改台账。") % words
    return Origin(
        name=CIRCULAR,
        key=f"{found.root_pk}-{n}",
        kind=Source.BULLETIN,
        unit=unit,
        label=label,
        url=reverse("reporting:circular", args=[found.pk]),
        ref=found.document_number,
        problem=problem[:LONGEST],
        requirement=requirement[:LONGEST],
        cases=cases,
        rule=f"circular_{found.kind}",
        why_not=why_not,
        **more,
    )


def _not_issued() -> str:
    return _("通报印发后，才能列入整改台账。")


# -- bulletins -------------------------------------------------------------------------------------


def _find_bulletin(key: str, user: User | None) -> Origin | None:
    found = _seen(Bulletin, key.partition("-")[0], user, "current_version")
    return next((one for one in of_bulletin(found) if one.key == key), None) if found else None


def of_bulletin(found: Bulletin) -> Iterator[Origin]:
    """The paragraphs of 主要问题 that name a company, once for each company in it, once issued."""
    paragraphs = [one.strip() for one in found.current_version.remarks.splitlines() if one.strip()]
    if not paragraphs or found.state not in bulletin_flow.OUT:
        return
    companies = list(Organisation.objects.companies().in_force())
    for n, text in enumerate(paragraphs, start=1):
        for unit in named_in(text, companies):
            yield Origin(
                name=BULLETIN,
                key=f"{found.pk}-{n}-{unit.pk}",
                kind=Source.BULLETIN,
                unit=unit,
                label=f"{found.document_number} {found.title}".strip(),
                url=reverse("reporting:bulletin", args=[found.pk]),
                ref=found.document_number,
                problem=text[:LONGEST],
            )


def named_in(text: str, companies: list[Organisation]) -> list[Organisation]:
    """Companies that a text names, by their longest name only: 广东电网公司肇庆供电局 is not its
    parent, and a station stands for the company above it."""
    names = {name: one for one in companies for name in (one.name, one.short_name) if name[1:]}
    found: dict[int, Organisation] = {}
    rest = text
    for name in sorted(names, key=len, reverse=True):
        if name in rest:
            rest = rest.replace(name, "\n")
            if unit := sources.supervised_unit(names[name]):
                found[unit.pk] = unit
    return list(found.values())


# -- improvement tasks -----------------------------------------------------------------------------


def _find_task(key: str, user: User | None) -> Origin | None:
    found = _seen(ImprovementTask, key, user, "organisation", "indicator")
    return of_task(found) if found else None


def of_task(found: ImprovementTask) -> Origin | None:
    """What is weak and what is asked."""
    unit = sources.supervised_unit(found.organisation)
    if unit is None:
        return None
    return Origin(
        name=IMPROVEMENT,
        key=str(found.pk),
        kind=Source.INDICATOR,
        unit=unit,
        label=_("改进任务：%(problem)s") % {"problem": found.problem},
        url=reverse("reporting:improvement", args=[found.pk]),
        ref=found.indicator.name[:80],
        problem=found.problem,
        requirement=found.demand,
        due_on=found.due_on,
        rule=IMPROVEMENT,
    )
