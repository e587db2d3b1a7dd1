"""Papers of an inspection: notice, on-site record, fact confirmation, conclusion.

They are official documents and stand in Chinese whoever reads them.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from campaign.inspection_workflow import FindingState
from campaign.models import Finding, Inspection, RecordEntry
from core import clock
from core.officialdoc import Block, Document, Heading, List, Paragraph, Table, written_date


def day_of(instant: datetime | None) -> date:
    """The day of an instant; today where there is none yet (a draft)."""
    return clock.day_of(instant) if instant else clock.today()


def _span(inspection: Inspection) -> str:
    first = inspection.first_day or inspection.round.first_day
    last = inspection.last_day or inspection.round.last_day
    return f"{written_date(first)}至{written_date(last)}"


def _team(inspection: Inspection) -> list[str]:
    seats = inspection.team.select_related("inspector__person", "inspector__office")
    return [
        f"{'组长' if seat.leads else '组员'}：{seat.inspector.person.name}"
        f"（{seat.inspector.office.name}，执法证号{seat.inspector.certificate}）"
        for seat in seats
    ]


def notice(inspection: Inspection) -> Document:
    """检查通知: why, when, what, who, and what the company prepares."""
    round = inspection.round
    groups = list(dict.fromkeys(round.checklist.items.values_list("group", flat=True)))
    kind = round.get_kind_display()
    blocks: list[Block] = [
        Paragraph(round.reason),
        Paragraph(
            "依据《电力监管条例》第二十四条、第二十五条，我单位决定对你单位开展"
            f"{kind}。现将有关事项通知如下。"
        ),
        Heading(1, "检查时间"),
        Paragraph(f"{_span(inspection)}。"),
        Heading(1, "检查内容"),
        List(groups),
        Heading(1, "检查组成员"),
        List(_team(inspection)),
        Heading(1, "有关要求"),
        Paragraph(
            "请按检查内容备好有关文件、资料和记录，指定联系人配合检查。检查人员将出示执法证件，"
            "不少于两人；认为检查人员与本单位有利害关系的，可以申请其回避。"
        ),
    ]
    return Document(
        issuer=round.lead.name,
        title=f"关于对{inspection.organisation.name}开展{kind}的通知",
        date=day_of(inspection.announced_at),
        number=inspection.notice_number,
        addressee=inspection.organisation.name,
        blocks=blocks,
    )


def _entries(inspection: Inspection) -> list[RecordEntry]:
    standing = inspection.entries.standing().select_related("item", "recorded_by")
    return list(standing.prefetch_related("files").order_by("happened_at", "pk"))


def _head(inspection: Inspection) -> list[Block]:
    return [
        Paragraph(f"被检查单位：{inspection.organisation.name}"),
        Paragraph(f"检查时间：{_span(inspection)}"),
        Paragraph(f"检查通知：{inspection.notice_number}"),
        List(_team(inspection)),
    ]


def record(inspection: Inspection) -> Document:
    """现场检查笔录: every standing entry in order of time.

    What reached the portal after the facts had gone out was not before the company when it signed:
    it stands apart, with the time of its coming.
    """
    standing = _entries(inspection)
    for one in standing:
        one.inspection = inspection
    entries = [one for one in standing if not one.came_late]
    rows = [
        (
            one.item.number,
            one.item.content,
            one.sample,
            one.get_result_display(),
            _told(one),
        )
        for one in entries
        if one.item is not None
    ]
    blocks: list[Block] = [*_head(inspection), Heading(1, "检查情况")]
    columns = ("序号", "检查内容", "样本", "结果", "检查情况")
    if rows:
        blocks.append(Table(columns, rows, title="检查项目记录", widths=(1, 4, 2, 1.4, 4)))
    spoken = [one for one in entries if one.kind == RecordEntry.Kind.INTERVIEW]
    if spoken:
        blocks += [Heading(1, "询问情况"), List([f"{one.post}：{_told(one)}" for one in spoken])]
    others = [one for one in entries if one.kind == RecordEntry.Kind.NOTE]
    if others:
        blocks += [Heading(1, "其他情况"), List([_told(one) for one in others])]
    if late := [_late(one) for one in standing if one.came_late]:
        blocks += [Heading(1, "送交事实后收到的记录"), List(late)]
    return Document(
        issuer=inspection.round.lead.name,
        mark=inspection.round.lead.name,
        title="现场检查笔录",
        date=day_of(inspection.facts_sent_at),
        blocks=[*blocks, *_signatures()],
        sealed=False,
    )


def _told(entry: RecordEntry) -> str:
    """The words of an entry, with how many files it has."""
    files = len(entry.files.all())
    more = f"（附件{files}份）" if files else ""
    return f"{entry.text or '—'}{more}"


def _late(entry: RecordEntry) -> str:
    """An entry that came too late to be confirmed, with both its times."""
    of = f"{entry.item.number} {entry.item.content}" if entry.item else entry.get_kind_display()
    said = [of, entry.sample, entry.get_result_display(), entry.post, _told(entry)]
    written, came = (
        f"{moment.astimezone(clock.ZONE):%Y-%m-%d %H:%M}"
        for moment in (entry.happened_at, entry.received_at)
    )
    return f"{'，'.join(filter(None, said))}（{written}记录，{came}收到）"


def _signatures() -> list[Block]:
    return [
        Paragraph("检查人员（签字）：　　　　　　　　　　　　年　　月　　日"),
        Paragraph("被检查单位（签字、盖章）：　　　　　　　　年　　月　　日"),
    ]


def _finding(finding: Finding) -> list[Block]:
    articles = "、".join(
        f"{one}（{one.document_number}）" if one.document_number else str(one)
        for one in finding.articles.all()
    )
    evidence = finding.evidence.count()
    answer = finding.answer or "—"
    return [
        Heading(2, finding.problem),
        Paragraph(f"事实：{finding.facts}（{written_date(finding.happened_on)}）"),
        Paragraph(f"依据：{articles}"),
        Paragraph(f"证据：现场记录{evidence}条；严重程度：{finding.get_severity_display()}"),
        Paragraph(f"整改要求：{finding.requirement}（{written_date(finding.rectify_on)}前）"),
        Paragraph(f"被检查单位意见：{finding.get_state_display()}　{answer}"),
    ]


def facts(inspection: Inspection) -> Document:
    """事实确认书: each finding with basis, evidence and what the company says of it."""
    blocks = _head(inspection)
    findings = inspection.findings.exclude(state=FindingState.DRAFT)
    if not inspection.facts_sent_at:
        findings = inspection.findings.all()
    blocks.append(Heading(1, "认定的事实"))
    for one in findings:
        blocks += _finding(one)
    if not findings:
        blocks.append(Paragraph("现场检查未发现问题。"))
    return Document(
        issuer=inspection.round.lead.name,
        mark=inspection.round.lead.name,
        title="现场检查事实确认书",
        date=day_of(inspection.facts_sent_at),
        blocks=[*blocks, *_signatures()],
        sealed=False,
    )


def conclusion(inspection: Inspection) -> Document:
    """检查结论: the words of the office, and the problems that stand."""
    standing = list(inspection.findings.standing())
    blocks: list[Block] = [Paragraph(one) for one in inspection.conclusion.splitlines() if one]
    blocks.append(Heading(1, "存在问题和整改要求"))
    blocks.append(
        List(
            [
                f"{one.problem}。{one.requirement}，{written_date(one.rectify_on)}前完成。"
                for one in standing
            ]
        )
        if standing
        else Paragraph("未发现问题。")
    )
    return Document(
        issuer=inspection.round.lead.name,
        title=f"关于{inspection.organisation.name}{inspection.round.get_kind_display()}结论的通知",
        date=day_of(inspection.concluded_at),
        addressee=inspection.organisation.name,
        blocks=blocks,
        sealed=False,
    )


PAPERS: dict[str, Callable[[Inspection], Document]] = {
    "notice": notice,
    "record": record,
    "facts": facts,
    "conclusion": conclusion,
}
