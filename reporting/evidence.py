"""What filings, outages, ordered use, leads and indicators say of a node of the duty tree.

The campaign asks the tellers that are registered here (S1-3.2.1 to S1-3.2.4).
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from django.db.models import BooleanField, Case, QuerySet, Value, When
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.permissions import Permission
from campaign import evidence as campaign_evidence
from campaign.evidence import Asked, Evidence
from campaign.queries import descendants
from core import arithmetic
from reporting.models import Filing, FindingProposal, OutageNotice
from reporting.queries import indicators as figures
from reporting.queries.executions import RowFilters
from reporting.queries.outages import Filters

CATALOGUE = Path(__file__).parent / "catalogue" / "evidence.yaml"


def _told(asked: Asked) -> dict[str, Any]:
    return campaign_evidence.of_node(CATALOGUE, asked) or {}


def filings(asked: Asked) -> Iterable[Evidence]:
    """Reports that left the companies for duties under the node."""
    if not asked.user.can(Permission.FILING_VIEW):
        return
    found = Filing.objects.visible_to(asked.user).filter(
        duty__definition__objectives__in=descendants(asked.objective),
        filed_version__isnull=False,
    )
    if asked.unit:
        found = found.filter(organisation=asked.unit)
    more = {"filed": "1", **({"unit": asked.unit.code} if asked.unit else {})}
    page = reverse("campaign:objective", args=[asked.campaign.pk, asked.objective.pk])
    url = f"{page}?{urlencode(more)}#duties"
    yield Evidence(_("已报送的材料"), found.distinct().count(), url)


def outages(asked: Asked) -> Iterable[Evidence]:
    """Outages, those that were wrong, and events of ordered use, since the campaign began."""
    told = _told(asked)
    if asked.user.can(Permission.OUTAGE_VIEW):
        seen = OutageNotice.objects.visible_to(asked.user)
        for one in told.get("outages", ()):
            filters = Filters.of({**one["filters"], **asked.within})
            n = filters.narrow(seen).count()
            tone = "late" if n and one["filters"].keys() & {"flag", "lead"} else ""
            yield Evidence(one["label"], n, filters.url(), tone=tone)
    if told.get("events") and asked.user.can(Permission.FILING_VIEW):
        chosen = RowFilters.of(asked.within)
        url = f"{reverse('reporting:activations')}?{chosen.query()}"
        yield Evidence(_("有序用电事件"), chosen.events(asked.user).count(), url)


def leads(asked: Asked) -> Iterable[Evidence]:
    """Proposals of findings against the clauses of the node: violations, proven and suspected."""
    clauses = _told(asked).get("clauses", ())
    if not clauses or not asked.user.can(Permission.FINDING_VIEW):
        return
    found = FindingProposal.objects.visible_to(asked.user).filter(clause__in=clauses)
    more = {"clauses": ",".join(clauses)}
    if asked.unit:
        found = found.filter(organisation__path__startswith=asked.unit.path)
        more["unit"] = asked.unit.code
    page = reverse("reporting:proposals")
    State = FindingProposal.State
    for state, label in ((State.OPEN, _("待处理的问题线索")), (State.ACCEPTED, _("已采纳的问题"))):
        n = found.filter(state=state).count()
        url = f"{page}?{urlencode({'state': state.value, **more})}"
        yield Evidence(label, n, url, tone="late" if n else "")


def indicators(asked: Asked) -> Iterable[Evidence]:
    """Indicators of the month that is over: an enterprise's value, or how many have one."""
    codes = _told(asked).get("indicators", ())
    if not codes or not asked.user.can(Permission.INDICATOR_VIEW):
        return
    period = figures.period_of("", asked.until)
    known = {one.code: one for one in figures.in_force(period)}
    chosen = [known[code] for code in codes if code in known]
    seen = figures.units(asked.user)
    units = [one for one in seen if asked.unit is None or one.pk == asked.unit.pk]
    lines = figures.lines(asked.user, period, units, chosen) if units and chosen else []
    for one in chosen:
        mine = [line for line in lines if line.indicator == one]
        valued = [line for line in mine if line.value and line.value.value is not None]
        short = sum(line.meets is False for line in valued)
        query = {"code": one.code, "period": figures.written(period)}
        if asked.unit:
            query["unit"] = asked.unit.code
        url = f"{reverse('reporting:indicators')}?{urlencode(query)}"
        if asked.unit:
            shown = mine[0].shown if mine else arithmetic.NOTHING
            yield Evidence(one.name, shown, url, period.text, "late" if short else "")
            continue
        note = _("%(period)s，%(count)d个单位未达标") % {"period": period.text, "count": short}
        yield Evidence(one.name, len(valued), url, note, "late" if short else "")


def livelihood_clauses() -> set[str]:
    """Clauses of the guarantees and implementations: whatever is found against them concerns
    residents' use itself (S1-1.1.1)."""
    return {
        clause
        for nodes in campaign_evidence.mapping(CATALOGUE).values()
        for told in nodes.values()
        for clause in told.get("clauses", ())
    }


def with_livelihood(found: QuerySet[FindingProposal]) -> QuerySet[FindingProposal]:
    """Annotate ``livelihood``: whether a problem concerns residents' use itself."""
    first = When(clause__in=livelihood_clauses(), then=Value(True))
    return found.annotate(livelihood=Case(first, default=Value(False), output_field=BooleanField()))


def register() -> None:
    """Let the campaign's pages ask."""
    for name, title, teller in (
        ("filings", gettext_lazy("报送材料"), filings),
        ("outages", gettext_lazy("停限电和有序用电"), outages),
        ("leads", gettext_lazy("问题线索"), leads),
        ("indicators", gettext_lazy("监管指标"), indicators),
    ):
        campaign_evidence.register(name, title, teller)
