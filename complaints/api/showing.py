"""A case as other systems read it: the complainant masked, hidden or in full, as the right is."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet
from django.urls import reverse

from accounts.models import ApiClient
from accounts.scopes import Scope
from complaints.models import Case, CaseClock, CaseLink
from complaints.privacy import PERSONAL, masked, reveal_refusal
from complaints.procedures import definition_of
from complaints.queries import numbers_given
from complaints.services.receiving import Entered
from core import audit
from core.clock import told

RELATED = ("procedure", "owner", "holder", "organisation")


def complete(cases: QuerySet[Case]) -> QuerySet[Case]:
    """With everything that showing asks for, read at once."""
    return cases.select_related(*RELATED).prefetch_related("clocks")


def shown(
    cases: Sequence[Case],
    client: ApiClient,
    *,
    now: datetime,
    reveal: bool = True,
) -> list[dict[str, Any]]:
    """Cases in JSON. Reading complainants in full leaves one trace for all of them."""
    linked = linked_numbers(cases, client)
    whole = [
        case
        for case in cases
        if reveal and Scope.CASES_PERSONAL in client.scopes and not reveal_refusal(case, client)
    ]
    if whole:
        audit.record(
            "personal.reveal",
            whole[0] if len(whole) == 1 else None,
            by=None,
            now=now,
            organisation=client.organisation,
            reason=client.purpose,
            client=client.key_id,
            fields=sorted(PERSONAL),
            cases=[case.pk for case in whole],
        )
    full = {case.pk for case in whole}
    return [
        _shown(case, client, linked.get(case.pk, []), case.clocks.all(), full=case.pk in full)
        for case in cases
    ]


def shown_entered(entered: Entered, client: ApiClient, *, now: datetime) -> dict[str, Any]:
    """A case that was handed in, as it stands now. Of a new one everything is known: nobody can
    have tied it to others or moved its clocks yet."""
    case = entered.case
    if not entered.new:
        return shown([case], client, now=now, reveal=False)[0]
    return _shown(case, client, as_handed_in([case], client)[case.pk], entered.clocks, full=False)


def _shown(
    case: Case, client: ApiClient, linked: list[str], clocks: Iterable[CaseClock], *, full: bool
) -> dict[str, Any]:
    person = {name: getattr(case, name) for name in PERSONAL} if full else masked(case, client)
    return {
        "number": case.number,
        "source": case.source,
        "received_at": told(case.received_at),
        "channel": case.channel,
        "nature": case.nature,
        "industry": case.industry,
        "category": case.category,
        "content": (person["content_full"] if full else "") or case.content,
        "complainant": {
            "name": person["complainant_name"],
            "phone": person["complainant_phone"],
            "anonymous": case.anonymous,
            "confidential": case.confidential,
        },
        "account_no": person["account_no"],
        "address": person["address"],
        "region": case.region_id or "",
        "organisation": case.organisation.code if case.organisation else "",
        "feeder": case.feeder,
        "transformer_area": case.transformer_area,
        "area_type": case.area_type,
        "urgency": case.urgency,
        "linked": linked,
        "state": case.state,
        "clocks": _clocks(case, clocks),
        "updated_at": told(case.updated_at),
    }


def _clocks(case: Case, clocks: Iterable[CaseClock]) -> list[dict[str, Any]]:
    rules = definition_of(case.procedure).clocks
    page = settings.SITE_URL + reverse("complaints:case", args=[case.pk])
    return [
        {
            "name": rules[clock.code].label,
            "due_at": told(clock.due_at),
            "state": clock.state,
            "explanation_url": f"{page}#clocks",
        }
        for clock in clocks
    ]


def as_handed_in(cases: Collection[Case], client: ApiClient) -> dict[int, list[str]]:
    """The number of another case that each named itself, where the client may know of it."""
    given = numbers_given(cases, client)
    return {case.pk: [given[case.pk]] if case.pk in given else [] for case in cases}


def linked_numbers(cases: Iterable[Case], client: ApiClient) -> dict[int, list[str]]:
    """Numbers of cases tied to each case: as it was handed in, and confirmed links in sight."""
    by_pk = {case.pk: case for case in cases}
    found = as_handed_in(by_pk.values(), client)
    links = (
        CaseLink.objects.visible_to(client)
        .filter(Q(a__in=by_pk) | Q(b__in=by_pk), state=CaseLink.State.CONFIRMED)
        .order_by("pk")
    )
    pairs = list(links.values_list("a", "b"))
    if not pairs:
        return found
    ends = {end for pair in pairs for end in pair}
    seen = dict(Case.objects.visible_to(client).filter(pk__in=ends).values_list("pk", "number"))
    for a, b in pairs:
        for here, there in ((a, b), (b, a)):
            if here in found and there in seen and seen[there] not in found[here]:
                found[here].append(seen[there])
    return found
