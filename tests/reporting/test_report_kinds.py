"""The kinds of reports after the first stage: what they count, must say, compare and lack."""

from __future__ import annotations

import io
import re
from datetime import date, datetime

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from campaign import services as campaign_services
from core import clock, outbox
from core.clock import ZONE
from core.errors import Refused
from reporting.models import Filing, ReportTemplate, StageReport
from reporting.reading import Reading
from reporting.services import proposals, reports, return_opening, snapshots
from tests.factories import accounts, complaints, outages, returns
from tests.factories import campaign as campaigns
from tests.factories import reports as factory
from tests.factories.files import content_of
from tests.factories.memory import remembered
from tests.reading import text_of
from tests.reporting.test_stage_report import Links, docx_text, pdf_text, squeezed

pytestmark = pytest.mark.usefixtures("catalogues")
UNIT = "CSG-GD-ZQ"
STAGE_3 = datetime(2012, 10, 20, 10, 0, tzinfo=ZONE)
STAGE_4 = datetime(2012, 12, 8, 10, 0, tzinfo=ZONE)
WORDS = (
    "经认真组织，各项工作按方案落实到位，突出问题得到解决，有关情况按要求逐条核对并说明清楚。" * 2
)
CLAUSES = 16


def at(*parts):
    return datetime(*parts, tzinfo=ZONE)


def self_inspected():
    """Two units owe the table; one files sixteen clauses, one of them with three problems, of
    which one is mended."""
    begun = at(2012, 1, 9, 9)
    return_opening.collect(
        code="self_inspection",
        office=accounts.organisation("SERC-NF"),
        starts_on=date(2011, 12, 1),
        by=None,
        now=begun,
    )
    return_opening.open_due(now=begun)
    entry = returns.owed("self_inspection", UNIT, date(2011, 12, 1))
    column = next(c for c in entry.form.content["sheets"][0]["columns"] if c["key"] == "clause")
    rows = [
        {"clause": one, "method": "查阅资料", "sampled": 10, "problems": 0, "result": "合格"}
        | {"corrected": 0, "inspector": "检查人甲"}
        for one in column["choices"]
    ]
    rows[0] |= {"problems": 3, "result": "不合格", "corrected": 1, "text": "告知不及时"}
    rows[0] |= {"measure": "补充告知渠道", "due_on": "2012-03-31"}
    filer, lead = (accounts.member(UNIT, f"company_{role}") for role in ("filer", "lead"))
    returns.filed(entry, {"clauses": rows}, filer=filer, lead=lead, now=at(2012, 1, 20, 9))


def called():
    """Stage 2: two of 12398, one of 95598. Stage 3: four of 12398, one of them a report, and one
    of which nobody knows whom it is about."""
    for day in (5, 6):
        complaints.received(received_at=at(2012, 3, day, 9))
    complaints.received(
        source="95598", owner=UNIT, channel="phone_95598", received_at=at(2012, 3, 7, 9)
    )
    for day in (4, 5):
        complaints.received(received_at=at(2012, 7, day, 9))
    complaints.received(received_at=at(2012, 7, 6, 9), nature="report", organisation="CSG-GX")
    complaints.received(received_at=at(2012, 7, 7, 9), organisation="")


def announced():
    """Stage 3: one outage in time, one told a day ahead only; of stage 2 one in time."""
    for number, told, start in (
        ("TD-2", at(2012, 2, 1, 9), at(2012, 2, 20, 8)),
        ("TD-3", at(2012, 7, 1, 9), at(2012, 7, 16, 8)),
        ("TD-4", at(2012, 7, 17, 9), at(2012, 7, 18, 8)),
    ):
        outages.filed(
            number,
            planned_start=start,
            planned_end=start.replace(hour=17),
            published_at=told,
            now=told,
        )


def proposed():
    """Stage 3: two proposals, one of them accepted."""
    unit = accounts.organisation(UNIT)
    made = [
        proposals.propose(
            source="outage",
            key=f"test:{n}",
            organisation=unit,
            clause="S1-2.1.1g",
            title=f"停电告知提前量不足线索{n}",
            facts="见停限电信息。",
            url="/outages/",
            by=None,
            now=at(2012, 7, 20, 9),
        )
        for n in (1, 2)
    ]
    officer = accounts.member("SERC-NF", "regulator_officer")
    proposals.accept(proposal=made[0], reason="属实", by=officer, now=at(2012, 7, 21, 9))


@remembered
def lived():
    """A campaign with a little of everything in its second and third stage."""
    made = campaigns.launched_campaign()
    self_inspected()
    called()
    announced()
    proposed()
    return made


@remembered
def world(now=STAGE_3):
    """The same, brought to a day of its second, third or fourth stage."""
    made = lived()
    campaign_services.advance(campaign=made, now=now)
    made.refresh_from_db()
    return made


def bare(response):
    """The words of a page, without marks and blanks."""
    return squeezed(re.sub(r"<[^>]+>", "", text_of(response)))


def value(report, key):
    return report.snapshot.figures[key]["value"]


def test_stage_three_counts_what_the_stage_brought_and_compares_it_with_the_second(client):
    made = world()
    with clock.standing_at(STAGE_3):
        report = factory.drafted(made, now=STAGE_3, kind="stage-3")
    found = {key: value(report, key) for key in report.snapshot.figures}
    expected = {
        "cases.total": 4,
        "cases.s12398": 4,
        "cases.s95598": 0,
        "cases.complaints": 3,
        "cases.reports": 1,
        "cases.done_rate": "0.00",
        "outages.notices": 2,
        "outages.late": 1,
        "findings.total": 2,
        "findings.accepted": 1,
        "findings.open": 1,
        # The self-inspection was of the stage before; what it left is asked for now.
        "checks.left": 2,
        "ordered.events": 0,
        "cases.total@2": 3,
        "cases.s12398@2": 2,
        "cases.s95598@2": 1,
        "outages.notices@2": 1,
        "outages.late@2": 0,
        "findings.total@2": 0,
    }
    assert {key: found[key] for key in expected} == expected
    reading = Reading(report.snapshot)
    grid = {row[0]: row[1:] for row in reading.grid("comparison").values}
    assert grid["诉求（件）"] == [3, 4, 1]
    assert grid["95598热线诉求（件）"] == [1, 0, -1]
    lines = {row[0]: row[1] for row in reading.grid("companies").values}
    assert {name: lines[name] for name in ("广东电网公司", "广西电网公司", "其他", "合计")} == {
        "广东电网公司": 2,
        "广西电网公司": 1,
        "其他": 1,
        "合计": 4,
    }
    told = {gap["what"]: gap["why"] for gap in report.snapshot.gaps}
    assert "没有95598诉求数据" in told["95598热线诉求"]
    client.force_login(factory.editor())
    with clock.standing_at(STAGE_3):
        page = client.get(reverse("reporting:report", args=[report.pk]))
        links = [(a, t.strip()) for a, t in Links(page.content).found if "/figures/" in a]
        counts = {a: t for a, t in links if re.fullmatch(r"\d+", t)}
        assert len(counts) > 40
        # Every kind of link is among them; opening all of them would cost a minute.
        for address, text in sorted(counts.items())[::9]:
            opened = client.get(address).context
            assert str(opened["summed"]) == text, address


def says_the_same_everywhere(client, report):
    """Page, .docx, PDF and workbook."""
    page = bare(client.get(reverse("reporting:report", args=[report.pk])))
    version = report.current_version
    texts = [page, docx_text(content_of(version.docx)), pdf_text(content_of(version.pdf))]
    for sentence in (
        "提出问题线索2条，采纳1条，待处理1条",
        "发布停限电信息2件，公告提前量不足1件",
        "国家电力监管委员会专项行动领导小组：",
        "抄送：",
        squeezed(WORDS),
    ):
        assert [sentence in text for text in texts] == [True, True, True], sentence
    book = load_workbook(io.BytesIO(content_of(version.xlsx)))
    stated = {row[0].value: str(row[2].value) for row in book["数据"].iter_rows(min_row=5)}
    reading = Reading(report.snapshot)
    assert stated == {key: reading.text(key) for key in reading.template["figures"]}


def written(report, *, now, leave_out=()):
    """The required chapters written by an editor."""
    words = [dict(one) for one in report.current_version.chapters]
    required = {one["code"] for one in report.template.content["chapters"] if "required" in one}
    for one in words:
        if one["code"] in required and one["code"] not in leave_out:
            one["text"] += WORDS
    reports.edit_version(
        report=report,
        seen=report.current_version.number,
        words=words,
        by=factory.editor(),
        now=now,
    )
    return StageReport.objects.get(pk=report.pk)


def issued(report, *, now):
    """Approved and numbered by the head of the office."""
    reports.submit_for_approval(report=report, by=factory.editor(), now=now)
    reports.approve(report=report, by=factory.approver(), now=now)
    return reports.issue(report=report, by=factory.approver(), now=now)


def moved(client, report, act, *, by, now, **said):
    with clock.standing_at(now):
        client.force_login(by)
        return client.post(reverse(f"reporting:report_{act}", args=[report.pk]), said)


@pytest.mark.clause("S1-5.3c")
def test_the_inspection_report_goes_up_to_the_national_leading_group(client):
    made, editor = world(), factory.editor()
    with clock.standing_at(STAGE_3):
        page = client_page(client, editor, "reporting:reports")
        assert "专项检查情况上报" in page
        assert "专项监管报告（公开）" not in page
        phase = factory.phase(made, 3)
        asked = {"phase": f"{phase.pk}:upward-3", "occasion": "up"}
        client.post(reverse("reporting:report_build"), asked)
        outbox.run_due(now=STAGE_3)
    report = StageReport.objects.get()
    refused = moved(client, report, "submit", by=editor, now=STAGE_3)
    assert refused.status_code == 409
    told = bare(refused)
    for title in ("检查工作组织情况", "存在的主要问题", "督促整改情况", "意见和建议"):
        assert f"“{title}”至少" in told
    report = issued(written(report, now=STAGE_3), now=STAGE_3)
    with clock.standing_at(STAGE_3):
        says_the_same_everywhere(client, report)
    closed = moved(client, report, "publish", by=factory.approver(), now=STAGE_3)
    assert (closed.status_code, "不向社会公开" in bare(closed)) == (409, True)
    answer = moved(client, report, "upward", by=editor, now=STAGE_3)
    filing = Filing.objects.select_related("recipient", "duty__definition").get()
    assert answer["Location"] == reverse("reporting:filing_edit", args=[filing.pk])
    assert (filing.recipient.code, filing.duty.definition.code) == ("NEA-ROOT", "inspection-report")
    assert "提出问题线索2条，采纳1条" in filing.current_version.text("upward_report")
    assert filing.current_version.attachments.count() == 3


def client_page(client, user, name, *args):
    client.force_login(user)
    return bare(client.get(reverse(name, args=args)))


@pytest.mark.clause("S1-5.4.2a", "S1-5.4.2b")
def test_the_special_report_fills_experience_and_mechanism_into_the_filing(client):
    made = world(now=STAGE_4)
    with clock.standing_at(STAGE_4):
        report = factory.drafted(made, now=STAGE_4, kind="upward-4")
        # The whole campaign: what both stages brought, and the stages beside one another.
        assert value(report, "cases.total") == 7
        grid = {row[0]: row[1:] for row in Reading(report.snapshot).grid("stages").values}
        assert grid["诉求（件）"] == [0, 3, 4, 0, 7]
        assert grid["自查发现问题（个）"] == [0, 3, 0, 0, 3]
    partly = written(report, now=STAGE_4, leave_out=["mechanism"])
    refused = moved(client, partly, "submit", by=factory.editor(), now=STAGE_4)
    assert refused.status_code == 409
    assert "“建立长效监管机制的意见和建议”至少50字，现有0字" in bare(refused)
    report = issued(written(partly, now=STAGE_4), now=STAGE_4)
    moved(client, report, "upward", by=factory.editor(), now=STAGE_4)
    version = Filing.objects.get().current_version
    assert version.text("experience_summary") == WORDS * 2
    assert version.text("mechanism_proposals") == WORDS


@pytest.mark.clause("S1-4.2j")
def test_the_summary_of_the_campaign_comes_out_of_its_data(client):
    made = world(now=STAGE_4)
    with clock.standing_at(STAGE_4):
        report = factory.drafted(made, now=STAGE_4, kind="summary-4")
        page = client_page(client, factory.editor(), "reporting:report", report.pk)
    assert "自查项目16项，发现问题3个，已整改1个，整改率33.33%，尚未整改2个" in page
    assert "受理诉求7件，其中12398热线6件、95598热线1件，投诉6件、举报1件" in page
    assert "发布停限电信息3件，公告提前量不足1件" in page
    assert "提出问题线索2条，采纳1条" in page
    # The two problems of the self-inspection, in stage 2.
    assert "专项行动列入整改台账" in page


@pytest.mark.clause("S1-5.4b", "S1-5.4d")
def test_the_regulatory_report_is_published_with_its_suggestions(client):
    made = world(now=STAGE_4)
    with clock.standing_at(STAGE_4):
        report = factory.drafted(made, now=STAGE_4, kind="regulatory-4")
    partly = written(report, now=STAGE_4, leave_out=["suggestions"])
    refused = moved(client, partly, "submit", by=factory.editor(), now=STAGE_4)
    assert "“监管建议”至少50字，现有0字" in bare(refused)
    report = issued(written(partly, now=STAGE_4), now=STAGE_4)
    address = reverse("reporting:public_report", args=[report.pk])
    assert client.get(address).status_code == 404
    assert moved(client, report, "publish", by=factory.editor(), now=STAGE_4).status_code == 403
    assert moved(client, report, "publish", by=factory.approver(), now=STAGE_4).status_code == 302
    client.logout()
    assert report.title in bare(client.get(reverse("reporting:public_reports")))
    page = client.get(address)
    shown = bare(page)
    for words in ("监管建议", "整改要求", squeezed(WORDS), "受理诉求7件", report.document_number):
        assert words in shown
    # Neither the lists behind the figures nor the office's own tasks are for everybody.
    assert not [a for a, _text in Links(page.content).found if "/figures/" in a]
    assert "广东电网公司报告专项行动总结情况" in shown
    assert "制定具体保障方案" not in shown
    assert "抄送：国家电力监管委员会，" in shown
    for kind in ("pdf", "docx"):
        got = client.get(reverse("reporting:public_report_file", args=[report.pk, kind]))
        stored = getattr(StageReport.objects.get().current_version, kind)
        assert b"".join(got.streaming_content) == content_of(stored)
    inside = client.get(reverse("reporting:public_report_file", args=[report.pk, "xlsx"]))
    assert inside.status_code == 404
    # A correction that went out marks it for everybody, though its words are not public.
    note = {"note": "原报告漏列海南电网公司。", "occasion": "c", "recount": False}
    begun = reports.correct(report=report, by=factory.editor(), now=STAGE_4, **note)
    outbox.run_due(now=STAGE_4)
    assert "本报告已有更正" not in bare(client.get(address))
    begun = issued(StageReport.objects.get(pk=begun.pk), now=STAGE_4)
    shown = bare(client.get(address))
    day = clock.day_of(STAGE_4).isoformat()
    assert f"更正已于{day}印发（{begun.document_number}），尚未公开" in shown
    assert "漏列海南" not in shown
    hidden = reverse("reporting:public_report", args=[begun.pk])
    assert hidden not in client.get(address).content.decode()
    assert client.get(hidden).status_code == 404


def test_a_phase_that_has_not_begun_has_no_report(client):
    made = campaigns.launched_campaign()
    with pytest.raises(Refused, match="还没有启动"):
        factory.building(made, kind="upward-4")


def test_a_figure_or_the_gaps_cannot_be_dropped_from_a_report_but_moved(client):
    made = world()
    with clock.standing_at(STAGE_3):
        report = factory.drafted(made, now=STAGE_3, kind="stage-3")

    def edited(change):
        words = [dict(one) for one in report.current_version.chapters]
        change({one["code"]: one for one in words}, words)
        return reports.edit_version(
            report=report, seen=1, words=words, by=factory.editor(), now=STAGE_3
        )

    def cut(by_code, words):
        text = by_code["findings"]["text"]
        by_code["findings"]["text"] = text.replace("采纳{{figure:findings.accepted}}条，", "")
        by_code["gaps"]["text"] = ""
        words.remove(by_code["next"])

    with pytest.raises(Refused) as refused:
        edited(cut)
    lines = str(refused.value).splitlines()
    assert len(lines) == 3
    assert "删去了“{{figure:findings.accepted}}”" in lines[0]
    assert "[[gaps]]" in lines[1]
    assert "删去了必备章节“下一步工作”" in lines[2]

    def carried(by_code, words):
        by_code["overview"]["text"] += "\n" + by_code["findings"]["text"]
        by_code["findings"]["text"] = "见总体情况。"

    assert edited(carried).number == 2


def posted(template, **changes):
    """The edit form as a browser sends it."""
    chapters = [dict(one) for one in template.content["chapters"]]
    for one in chapters:
        one |= changes.get(one["code"], {})
    return {
        "seen": template.revision,
        "name": changes.get("name", template.content["title"]),
        "code": [one["code"] for one in chapters],
        "title": [one["title"] for one in chapters],
        "text": [one["text"] for one in chapters],
        "required": [one.get("required", 0) for one in chapters],
        "hint": [one.get("hint", "") for one in chapters],
        "place": [str(n) for n in range(1, len(chapters) + 1)],
    }


def test_office_staff_word_a_template_their_own_way_and_another_adopts_it(client):
    made = world()
    common = ReportTemplate.objects.get(code="stage-3")
    with clock.standing_at(STAGE_3):
        client.force_login(factory.editor())
        begun = client.post(reverse("reporting:report_template_begin", args=[common.pk]))
        draft = ReportTemplate.objects.get(draft=True)
        address = reverse("reporting:report_template_edit", args=[draft.pk])
        assert begun["Location"] == address
        for changes, told in (
            ({"cases": {"text": "{{figure:nobody.counts}}件"}}, "没有名为“nobody.counts”的数据"),
            ({"cases": {"text": "{{ cases.objects.all }}"}}, "应以 figure: 或 fact: 开头"),
            ({"name": "{campaign.__class__}"}, "标题中只能使用{campaign}"),
            ({"next": {"required": 0}}, "“下一步工作”是必备章节，至少30字，不能取消"),
            ({"gaps": {"text": "无。"}}, "模板中应有缺项清单 [[gaps]]"),
        ):
            refused = client.post(address, posted(draft, **changes))
            assert refused.status_code == 422
            assert told.replace(" ", "") in bare(refused)
        good = {"cases": {"text": "另计超时复电{{figure:outages.overrun}}件。{% now 'Y' %}"}}
        assert "检查通过" in bare(client.post(address, posted(draft, **good) | {"act": "check"}))
        draft.refresh_from_db()
        assert draft.revision == 0
        assert client.post(address, posted(draft, **good)).status_code == 302
        look = client_page(client, factory.editor(), "reporting:report_template_look", draft.pk)
        assert "另计超时复电0件。{%now&#x27;Y&#x27;%}" in look
        adopt = reverse("reporting:report_template_adopt", args=[draft.pk])
        assert client.post(adopt, {"seen": 1}).status_code == 403
        client.force_login(factory.approver())
        assert client.post(adopt, {"seen": 0}).status_code == 409
        assert client.post(adopt, {"seen": 1}).status_code == 302
        report = factory.drafted(made, now=STAGE_3, kind="stage-3")
    elsewhere = accounts.organisation("SERC-YN")
    phase = factory.phase(made, 3)
    assert report.template_id == draft.pk
    assert reports.template_for(phase, organisation=elsewhere, now=STAGE_3) == common
    assert "另计超时复电0件" in docx_text(content_of(report.current_version.docx))


def test_what_the_stage_before_reported_otherwise_is_stated():
    """Stage 2 was issued with three cases; a fourth of its days is entered afterwards."""
    at_end = at(2012, 5, 31, 17)
    made = world(now=at_end)
    before = factory.drafted(made, now=at_end, kind="stage-2")
    assert value(before, "cases.total") == 3
    assert value(before, "checks.problems") == 3
    number = "南电监〔2012〕4号"
    StageReport.objects.filter(pk=before.pk).update(
        state="issued",
        year=2012,
        serial=4,
        document_number=number,
        issued_at=at_end,
        issued_by=factory.approver(),
    )
    complaints.received(received_at=at(2012, 3, 8, 9), now=STAGE_3)
    campaign_services.advance(campaign=made, now=STAGE_3)
    office, phase = accounts.organisation("SERC-NF"), factory.phase(made, 3)
    counted = snapshots.count(
        campaign=made,
        phase=phase,
        organisation=office,
        template=reports.template_for(phase, organisation=office, now=STAGE_3),
        now=STAGE_3,
    )
    told = {gap["what"]: gap["why"] for gap in counted["gaps"]}
    assert told["诉求（企业自查整改）"] == f"{number}报告为3，现按同一口径为4"
