"""Inspections in the demo: a roster, one special inspection being settled, one round just drawn.

Invented. Played through the services on the days on which they happened.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date, datetime

from accounts.models import Organisation, User
from campaign.models import (
    Campaign,
    Checklist,
    Inspection,
    InspectionRound,
    Inspector,
    LegalArticle,
)
from campaign.services import drawing_lots, findings, inspecting, inspectors, site_records
from core import clock

Someone = Callable[..., User]
OFFICE, UNIT, CAMPAIGN = "SERC-NF", "CSG-GD-GZ", "residential-2011"
ROSTER = {"SERC-NF": 3, "SERC-YN": 2, "SERC-GZ": 2}
# Item of the checklist, sample, result, words; minutes after nine on 17 November.
ENTRIES = (
    ("1.2", "停电公告第1107号", "fail", "计划检修停电，提前4日公告，不足7日。", 12),
    ("1.2", "停电公告第1119号", "pass", "提前8日公告，公告了区域、线路和时间。", 20),
    ("3.1", "报修工单2011110386", "fail", "城区报修，92分钟到达现场，无解释记录。", 47),
    ("3.1", "报修工单2011110391", "pass", "城区报修，38分钟到达现场。", 55),
    ("9.1", "越秀营业厅", "fail", "未公示12398热线标识。", 95),
    ("9.1", "荔湾营业厅", "pass", "两条热线均在显著位置公示。", 140),
    ("9.2", "投诉工单2011100217", "pass", "6个工作日答复并回访。", 170),
)
# Item, problem, facts, article, severity, what is required.
FOUND = (
    ("1.2", "计划检修停电公告不足7日", "抽查停电公告2件，1件仅提前4日公告。")
    + ("order27-13", "major", "建立停电公告复核制度，逾期的不得安排停电"),
    ("3.1", "故障报修到达现场超过时限", "抽查城区报修工单2件，1件92分钟到达，未向用户解释。")
    + ("order27-14", "major", "分析超时原因，补充抢修力量"),
    ("9.1", "营业厅未公示12398热线", "越秀营业厅没有电力监管投诉举报电话的标识。")
    + ("order27-16", "minor", "在全部营业厅显著位置设置标识"),
)


def plant(someone: Someone, *, until: datetime) -> None:
    """Play everything that happened before the demo's morning."""
    officer = someone(OFFICE, "regulator_officer")
    roster = _roster(someone)
    campaign = Campaign.objects.filter(code=CAMPAIGN).first()
    _special(officer, roster, someone, campaign)
    _concentrated(officer, roster, campaign, until=until)


def _roster(someone: Someone) -> list[Inspector]:
    """Officers of three offices; one of them worked for a company before."""
    now, found = clock.at(date(2011, 11, 9), 10), []
    for code, count in ROSTER.items():
        taken: set[int | None] = set()
        lead = someone(code, "regulator_lead")
        for number in range(1, count + 1):
            person = someone(code, "regulator_officer", besides=taken)
            taken.add(person.pk)
            # The replay enters them as well, later in the campaign.
            found.append(
                Inspector.objects.filter(person=person).first()
                or inspectors.enrol_inspector(
                    person=person,
                    office=Organisation.objects.get(code=code),
                    certificate=f"{code[-2:]}{number:04}",
                    by=lead,
                    now=now,
                )
            )
            if len(taken) == count:
                break
    inspectors.declare_tie(
        inspector=found[2],
        organisation=Organisation.objects.get(code="CSG-GD-SZ"),
        kind="former",
        by=found[2].person,
        now=now,
    )
    return found


def _checklist() -> Checklist:
    return Checklist.objects.get(code=CAMPAIGN)


def _special(
    officer: User, roster: list[Inspector], someone: Someone, campaign: Campaign | None
) -> None:
    lead = Organisation.objects.get(code=OFFICE)
    made = inspecting.open_special(
        organisation=Organisation.objects.get(code=UNIT),
        title="停电和故障抢修专项稽查",
        lead=lead,
        reason="10月以来停电公告和故障抢修投诉集中，专项稽查停电公告、报修到达时限和热线公示。",
        first_day=date(2011, 11, 15),
        last_day=date(2011, 12, 16),
        checklist=_checklist(),
        campaign=campaign,
        by=officer,
        now=clock.at(date(2011, 11, 14), 9, 40),
    )
    now = clock.at(date(2011, 11, 15), 10)
    team = [roster[1], roster[2], roster[3]]
    barred = inspectors.barred(team, [made.organisation], on=now.date())
    free = [one for one in team if not barred[one.pk]]
    inspecting.set_team(inspection=made, members=free, leader=free[0], by=officer, now=now)
    inspecting.announce(
        inspection=made,
        notice_number="南电监稽〔2011〕6号",
        first_day=date(2011, 11, 17),
        last_day=date(2011, 11, 18),
        by=officer,
        now=now,
    )
    head = free[0].person
    entries = _recorded(made, head)
    made.refresh_from_db()
    now = clock.at(date(2011, 11, 21), 15)
    items = {one.number: one for one in made.round.checklist.items.all()}
    drafts = [
        findings.draft_finding(
            inspection=made,
            item=items[number],
            problem=problem,
            facts=facts,
            happened_on=date(2011, 11, 7),
            severity=severity,
            articles=[LegalArticle.objects.in_force(on=now.date()).get(code=article)],
            evidence=[entries[number]],
            requirement=required,
            rectify_on=date(2011, 12, 20),
            by=head,
            now=now,
        )
        for number, problem, facts, article, severity, required in FOUND
    ]
    findings.send_facts(inspection=made, answer_on=date(2011, 11, 25), by=head, now=now)
    company = someone(UNIT, "company_lead")
    now = clock.at(date(2011, 11, 23), 11)
    findings.answer_finding(finding=drafts[0], agree=True, answer="", by=company, now=now)
    words = "到达后已口头解释，工单漏记，补充用户证明。"
    findings.answer_finding(finding=drafts[1], agree=False, answer=words, by=company, now=now)


def _recorded(made: Inspection, head: User) -> dict[str, object]:
    """The entries of the first day; by item the one that shows a fault."""
    items = {one.number: one for one in made.round.checklist.items.all()}
    begin, faults = clock.at(date(2011, 11, 17), 9), {}
    for place, (number, sample, result, text, minutes) in enumerate(ENTRIES):
        at = begin.replace(hour=9 + minutes // 60, minute=minutes % 60)
        entry, _new = site_records.record_entry(
            inspection=made,
            client_id=uuid.uuid5(uuid.NAMESPACE_URL, f"inspection-{place}"),
            kind="item",
            item=items[number],
            sample=sample,
            result=result,
            text=text,
            happened_at=at,
            by=head,
            now=at,
        )
        if result == "fail":
            faults[number] = entry
    site_records.record_entry(
        inspection=made,
        client_id=uuid.uuid5(uuid.NAMESPACE_URL, "inspection-interview"),
        kind="interview",
        post="配电运行班班长",
        text="抢修车辆两台，高峰时段不能同时处理三起以上报修。",
        happened_at=clock.at(date(2011, 11, 17), 15),
        by=head,
        now=clock.at(date(2011, 11, 17), 15),
    )
    return faults


def _concentrated(
    officer: User, roster: list[Inspector], campaign: Campaign | None, *, until: datetime
) -> None:
    lead = Organisation.objects.get(code=OFFICE)
    now = clock.at(date(2011, 11, 22), 10)
    made = inspecting.plan_round(
        kind=InspectionRound.Kind.CONCENTRATED,
        title="启动部署阶段居民用电服务抽查",
        lead=lead,
        reason="随机抽查地市供电企业公布服务承诺、公示热线和停电公告情况。",
        first_day=date(2011, 11, 24),
        last_day=date(2011, 12, 30),
        checklist=_checklist(),
        campaign=campaign,
        by=officer,
        now=now,
    )
    reached = Organisation.objects.filter(officer.sight(inspecting.MANAGE)).in_force()
    drawing_lots.draw_units(
        round=made,
        units=list(reached.filter(kind=Organisation.Kind.PREFECTURE_ENTERPRISE)),
        inspectors=roster,
        unit_count=4,
        team_size=3,
        cross_region=True,
        excluded={UNIT: "正在开展专项稽查"},
        seed="20111122",
        by=officer,
        now=now,
    )
    for place, one in enumerate(made.inspections.order_by("pk")[:2], start=7):
        inspecting.announce(
            inspection=one,
            notice_number=f"南电监稽〔2011〕{place}号",
            first_day=date(2011, 11, 28),
            last_day=date(2011, 11, 30),
            by=officer,
            now=min(clock.at(date(2011, 11, 23), 9), until),
        )
