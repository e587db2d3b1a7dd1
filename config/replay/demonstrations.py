"""Demonstration units, good practice, systems and measures of the demo. Invented.

Entered by the offices and companies themselves on one morning of the first autumn; the monthly
checks go on from there.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date, datetime, timedelta

from accounts.models import Organisation, User
from accounts.permissions import Permission
from campaign.models import Campaign, Demonstration, MonthlyCheck, Objective
from campaign.services import demonstrating, practising, safeguarding, seasons
from campaign.services.demonstrating import Leader
from core import clock
from core.officialdoc import Document, Paragraph, to_docx

Somebody = Callable[[Organisation, Permission], User | None]
P = Permission
# Unit → kind, name, day, number, leader, who is stationed there, level and government.
UNITS = (
    (
        *("CSG-GD-ZQ-SH", "point", "四会供电局", date(2011, 11, 15), "南电监供电〔2011〕12号"),
        *(("江绥水", "局长"), ("郑启明", "副局长"), "", ""),
    ),
    (
        *("CSG-YN-KM", "point", "昆明供电局", date(2011, 11, 21), "云电监供电〔2011〕9号"),
        *(("段立群", "局长"), ("和晓东", "副专员"), "", ""),
    ),
    (
        *(
            "CSG-GD-ZQ",
            "area",
            "肇庆市优质服务示范区",
            date(2011, 11, 17),
            "南电监供电〔2011〕13号",
        ),
        *(("何国雄", "总经理"), None, "city", "肇庆市经济和信息化局"),
    ),
    (
        *(
            "CSG-GD-ZQ-SH",
            "area",
            "四会市优质服务示范区",
            date(2011, 11, 17),
            "南电监供电〔2011〕13号",
        ),
        *(("江绥水", "局长"), None, "county", "四会市经济和信息化局"),
    ),
    (
        *("CSG-GD-ZQ-SH", "window", "四会城中营业厅", date(2011, 10, 25), ""),
        *(("冯秀珍", "营业厅主任"), None, "", ""),
    ),
)
SYSTEMS = {
    "G1": ("居民生活用电保障管理办法", "限电次序、告知时限和责任追究，居民线路不得列入拉限序位。"),
    "G2": ("居民电费核算和收费管理办法", "按实抄表、差错更正、欠费停电程序。"),
    "G3": ("居民供电质量和抢修管理办法", "低电压治理、抢修到达时限和复电回访。"),
    "I1": ("落实有序用电规定的措施", "错峰、避峰优先，企业居民共线线路加装断电设施。"),
    "I2": ("落实计量准确和按实收费的措施", "电能表周期轮换，一户一表改造计划。"),
    "I3": ("落实保障性住房报装接电的措施", "提前介入，专人跟踪，限时接电。"),
    "I5": ("落实投诉渠道畅通的措施", "营业窗口公示12398和95598，投诉限时回复。"),
}
# What a monthly check found, by its number: the criterion short of its mark, and the words.
FOUND = (
    ("waiting", "公示齐全；月末缴费高峰等候超过二十分钟，已要求增开临时窗口。"),
    ("", "各项制度落实，抽查工单十件，均按时限办结并回访。"),
    ("", "上月提出的问题已改正，居民停电台账记录完整。"),
)
AHEAD, FRIDAY = timedelta(days=2), 4
# The unit whose last check is still to be made when the demo stops.
BEHIND = "四会市优质服务示范区"
ARTICLE = (
    "一、做法\n供电所把台区经理的姓名和服务电话公示到每个村口，每月上门一次，当场受理报修和咨询。\n"
    "二、成效\n试行两个月，重复报修下降三成。\n三、推广条件\n台区经理每人负责户数不超过1500户。"
)


def plant(somebody: Somebody, *, now: datetime) -> None:
    """Enter everything; a unit without anybody to enter it is left out."""
    campaign = Campaign.objects.running().order_by("pk").first()
    if campaign is None:
        return
    made = {}
    for row in UNITS:
        unit = found(campaign, row, somebody, now=now)
        if unit is not None:
            made[unit.name] = unit
    if point := made.get("四会供电局"):
        _point(point, somebody, now=now)
    _systems(campaign, somebody, now=now)
    _season(campaign, somebody, now=now)


def found(
    campaign: Campaign, row: tuple, somebody: Somebody, *, now: datetime
) -> Demonstration | None:
    code, kind, name, day, number, leader, stationed, level, government = row
    place = Organisation.objects.get(code=code)
    office = demonstrating.office_of(place, on=now.date())
    by = somebody(office, P.CAMPAIGN_MANAGE)
    if by is None:
        return None
    return demonstrating.found(
        campaign=campaign,
        kind=kind,
        name=name,
        organisation=place,
        leader=Leader(*leader),
        stationed=Leader(*stationed) if stationed else None,
        level=level,
        government=government,
        document_number=number,
        reason="管理基础较好，城乡居民用户兼有，便于总结推广",
        selected_on=day,
        by=by,
        now=now,
    )


def _point(unit: Demonstration, somebody: Somebody, *, now: datetime) -> None:
    officer = somebody(unit.office, P.CAMPAIGN_MANAGE)
    lead = somebody(unit.office, P.DEMONSTRATION_APPROVE)
    if officer is None:
        return
    demonstrating.log_visit(
        unit=unit,
        organisation=unit.office,
        leader=Leader("郑启明", "副局长"),
        since=date(2011, 11, 16),
        until=date(2011, 11, 18),
        seen="走访城中、江谷两个供电所，查看营业窗口公示，入户回访居民五户。",
        asked="两周内公示服务承诺，建立居民停电台账。",
        by=officer,
        now=now,
    )
    for number, plan in ((1, "查四个保障制度是否建立"), (2, "查春节居民用电保障")):
        check = unit.checks.get(number=number)
        demonstrating.plan_check(check=check, plan=plan, by=officer, now=now)
    titles = ("台区经理“一月一上门”服务", "居民停电台账的建立和使用")
    for number, title in enumerate(titles):
        article = practising.draft_practice(
            campaign=unit.campaign,
            author=unit.office,
            unit=unit,
            title=title,
            body=ARTICLE,
            by=officer,
            now=now,
        )
        practising.submit_practice(practice=article, by=officer, now=now)
        if number == 0 and lead is not None and lead != officer:
            practising.judge_practice(
                practice=article, approve=True, note="可在区域内推广", by=lead, now=now
            )
            others = Organisation.objects.filter(code__in=("CSG-GX", "CSG-YN", "CSG-HI"))
            practising.share_practice(
                practice=article, organisations=others, publish=True, by=lead, now=now
            )


def go_on(somebody: Somebody, *, until: datetime) -> None:
    """Make the monthly checks that fell due, each a little before its day; one unit is behind."""
    soon = until + AHEAD
    checks = MonthlyCheck.objects.filter(done_at__isnull=True, due_at__lte=soon)
    for check in checks.select_related("unit__criteria").order_by("due_at", "pk"):
        last = not check.unit.checks.filter(number__gt=check.number, due_at__lte=soon).exists()
        by = somebody(check.unit.office, P.CAMPAIGN_MANAGE)
        at = (check.due_at - AHEAD).astimezone(clock.ZONE).replace(hour=16, minute=30)
        at -= timedelta(days=max(0, at.weekday() - FRIDAY))
        if by is None or at > until or (last and check.unit.name == BEHIND):
            continue
        with clock.standing_at(at):
            checked(check, by=by, now=at)


def checked(check: MonthlyCheck, *, by: User, now: datetime) -> None:
    short, words = FOUND[(check.number - 1) % len(FOUND)]
    results = {
        one["code"]: "partly" if one["code"] == short else "met"
        for one in check.unit.criteria.items
    }
    demonstrating.record_check(
        check=check, checked_on=now.date(), results=results, remarks=words, by=by, now=now
    )


def _systems(campaign: Campaign, somebody: Somebody, *, now: datetime) -> None:
    """Guangdong has seven of its ten documents, Yunnan three; one of them was sent back."""
    nodes = {one.code: one for one in Objective.objects.filter(campaign=campaign)}
    for company, codes in (("CSG-GD", list(SYSTEMS)), ("CSG-YN", list(SYSTEMS)[:3])):
        place = Organisation.objects.get(code=company)
        by = somebody(place, P.FILING_DRAFT)
        if by is None:
            continue
        for number, code in enumerate(codes, start=1):
            title, summary = SYSTEMS[code]
            kept = safeguarding.upload_safeguard(
                objective=nodes[code],
                organisation=place,
                duty=place.duties.filter(definition__code="kickoff-report").first()
                if code == "I1"
                else None,
                title=title,
                document_number=f"{place.short_name[:2]}电市〔2011〕{30 + number}号",
                issued_on=date(2011, 11, 14 + number),
                summary=summary,
                upload=_paper(place, title, summary, now.date()),
                by=by,
                now=now,
            )
        officer = somebody(demonstrating.office_of(place, on=now.date()), P.CAMPAIGN_MANAGE)
        if company == "CSG-GD" and officer is not None:
            reason = "没有明确投诉回复的责任部门和时限"
            safeguarding.return_safeguard(safeguard=kept, reason=reason, by=officer, now=now)


def _paper(place: Organisation, title: str, text: str, day: date) -> io.BytesIO:
    """A short document as the company would upload it."""
    paper = Document(issuer=place.name, title=title, date=day, blocks=[Paragraph(text)])
    stream = io.BytesIO(to_docx(paper))
    stream.name = f"{title}.docx"
    return stream


def _season(campaign: Campaign, somebody: Somebody, *, now: datetime) -> None:
    """The phase that runs goes with the winter; the third will with the summer."""
    by = somebody(campaign.issuing_organisation, P.CAMPAIGN_MANAGE)
    if by is None:
        return
    for number, name, days, focus in (
        (1, "迎峰度冬", (date(2011, 11, 1), date(2012, 2, 28)), "来水偏枯，居民生活用电保障。"),
        (3, "迎峰度夏", (date(2012, 6, 1), date(2012, 9, 30)), "有序用电方案执行、停限电告知。"),
    ):
        seasons.combine(
            phase=campaign.phases.get(number=number),
            name=name,
            starts_on=days[0],
            ends_on=days[1],
            focus=focus,
            document_number="南电监供电〔2011〕14号",
            by=by,
            now=now,
        )
