"""Circulars of the demo: one on proven cases is public, its correction waits for approval."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from accounts.models import Organisation, User
from complaints.models import Case
from core import clock
from reporting import circulars as telling
from reporting.models import Circular
from reporting.services import circular_redress
from reporting.services import circulars as services

OFFICE, OFFICER, LEAD = "SERC-NF", "regulator_officer", "regulator_lead"
TITLE = "关于近期居民用电服务典型案件的通报"
INTRO = "近期，我局办理诉求时发现，部分供电企业履行居民用电服务承诺不到位。现将典型案件通报如下："
DEMANDS = (
    "各单位要举一反三，对照供电服务承诺逐项自查，于15日内整改到位；"
    "同类问题再次发生的，从严追究有关单位和人员责任。"
)
ACCOUNT = "用户反映：“%s”经核查，情况属实。该单位未按承诺时限办理，也未主动告知用户办理进展。"
NOTE = "案例二所述告知情况经核对有误，予以更正；案件认定和整改要求不变。"
CORRECTED_ACCOUNT = (
    "用户反映：“%s”经核查，情况属实。该单位未按承诺时限办理，次日才告知用户办理进展。"
)
# How long before the demo's day it went out, and how long ago the correction was begun.
ISSUED, CORRECTED = timedelta(days=12), timedelta(days=2)
NUMBER_OF_CASES = 3


def plant(somebody: Callable[..., User], *, until: datetime) -> None:
    """Play both as far as they have come; nothing where too few cases were proven by then."""
    officer, lead = somebody(OFFICE, OFFICER), somebody(OFFICE, LEAD)
    cases = to_tell(before=until - ISSUED)
    if len(cases) < NUMBER_OF_CASES:
        return
    with clock.standing_at(until - ISSUED):
        issued = _issue(cases, officer, lead, now=until - ISSUED)
    with clock.standing_at(until - CORRECTED):
        told = {"note": NOTE, "occasion": "demo", "by": officer, "now": until - CORRECTED}
        begun = circular_redress.correct(circular=issued, **told)
        second = {cases[1].pk: CORRECTED_ACCOUNT % cases[1].content}
        begun = _worded(begun, second, note=NOTE, by=officer, now=until - CORRECTED)
        services.desk.move(begun, services.workflow.SUBMIT, by=officer, now=until - CORRECTED)


def to_tell(*, before: datetime) -> list[Case]:
    """The latest proven cases, one of each company, in whose words nobody is named."""
    proven = Case.objects.filter(owner__code=OFFICE, closed_at__lt=before).exclude(
        organisation=None
    )
    found: dict[int | None, Case] = {}
    for case in proven.select_related("organisation").order_by("-closed_at", "-pk"):
        if case.organisation_id in found or "其他" in case.content or telling.case_refusal(case):
            continue
        said = telling.Content("", TITLE, (telling.suggested(case),))
        if not list(telling.problems(said, [case])):
            found[case.organisation_id] = case
        if len(found) == NUMBER_OF_CASES:
            break
    return list(found.values())


def _issue(cases: list[Case], officer: User, lead: User, *, now: datetime) -> Circular:
    office = Organisation.objects.get(code=OFFICE)
    numbers = [one.number for one in cases]
    told = {"title": TITLE, "numbers": numbers, "public": True, "occasion": "demo"}
    made = services.draft(organisation=office, **told, by=officer, now=now)
    accounts = {one.pk: ACCOUNT % one.content for one in cases}
    made = _worded(made, accounts, by=officer, now=now)
    services.desk.move(made, services.workflow.SUBMIT, by=officer, now=now)
    services.approve(made, by=lead, now=now)
    issued = services.issue(made, by=lead, now=now)
    return services.publish(issued, by=lead, now=now)


def _worded(
    circular: Circular, accounts: dict[int, str], *, by: User, now: datetime, note: str = ""
) -> Circular:
    services.edit(
        circular=circular,
        seen=1,
        intro=INTRO,
        demands=DEMANDS,
        accounts=accounts,
        public=True,
        note=note,
        by=by,
        now=now,
    )
    return Circular.objects.get(pk=circular.pk)
