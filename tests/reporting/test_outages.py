"""Outage notices at their pages: filed, judged, changed, cancelled, completed, counted, public."""

from datetime import timedelta
from decimal import Decimal
from io import BytesIO

import openpyxl
import pytest
from django.urls import reverse

from complaints.models import ResidentUsers
from core import clock, outbox
from core.models import AuditEvent
from reporting.models import FindingProposal, OutageNotice
from reporting.services import outages as services
from tests.factories.accounts import member, organisation
from tests.factories.outages import NOW, at, filed, filer

pytestmark = pytest.mark.usefixtures("catalogues", "kickoff_eve")


def page(client, name, *args, **params):
    answer = client.get(reverse(f"reporting:{name}", args=args), params)
    assert answer.status_code == 200, answer.content.decode()[:2000]
    return answer


def given(**said):
    """What a filer types into the form."""
    found = {
        "organisation": organisation("CSG-GD-ZQ").pk,
        "number": "TD-9",
        "kind": "planned",
        "reason": "planned_work",
        "area": "贞山街道光明路",
        "reason_text": "联系人13800001234",
        "area_type": "urban",
        "lines": "10kV城东线、10kV城西线",
        "transformer_areas": "",
        "households": "320",
        "planned_start": "2011-12-02T08:00",
        "planned_end": "2011-12-02T17:00",
        "published_at": "2011-11-24T09:00",
        "channels": ["newspaper"],
        "method": "outage",
    }
    return {**found, **said}


def codes(notice):
    return sorted(flag.code for flag in OutageNotice.objects.get(pk=notice.pk).flags.all())


@pytest.mark.clause("S1-2.1.1g")
def test_a_notice_is_filed_judged_changed_with_its_reason_and_cancelled(client):
    client.force_login(filer())
    wrong = client.post(reverse("reporting:outage_new"), given(planned_end="2011-12-02T07:00"))
    assert wrong.status_code == 422
    assert "须晚于计划停电时间" in wrong.content.decode()
    assert client.post(reverse("reporting:outage_new"), given()).status_code == 302
    notice = OutageNotice.objects.get()
    assert notice.reason_text == "联系人138****1234"
    assert notice.lines == ["10kV城东线", "10kV城西线"]
    # Announced on the 24th for the 2nd: eight days by dates, 7 d 23 h by the clock.
    assert (notice.lead_seconds, notice.lead_ok) == (7 * 86400 + 23 * 3600, True)
    text = page(client, "outage", notice.pk).content.decode()
    assert "7天23小时" in text
    assert "供电监管办法（电监会27号令）第十三条" in text
    # Filed again with the same content it is the same, with another content it is refused.
    assert client.post(reverse("reporting:outage_new"), given()).status_code == 302
    assert client.post(reverse("reporting:outage_new"), given(households="1")).status_code == 409
    assert OutageNotice.objects.count() == 1
    edit = reverse("reporting:outage_edit", args=[notice.pk])
    moved = given(planned_start="2011-11-30T08:00", planned_end="2011-11-30T17:00", seen="1")
    assert client.post(edit, moved).status_code == 409
    moved |= {"change_reason": "施工队伍调整"}
    assert "重新公告" in client.post(edit, moved).content.decode()
    assert client.post(edit, moved | {"published_at": "2011-11-24T09:20"}).status_code == 302
    notice.refresh_from_db()
    assert (notice.version, notice.change_reason) == (2, "施工队伍调整")
    # Only six days are left now.
    assert codes(notice) == ["late"]
    assert client.post(edit, moved).status_code == 409
    assert (
        "2011-12-02 08:00 → 2011-11-30 08:00" in page(client, "outage", notice.pk).content.decode()
    )
    cancel = reverse("reporting:outage_cancel", args=[notice.pk])
    assert client.post(cancel, {"reason": ""}).status_code == 409
    assert client.post(cancel, {"reason": "保电任务"}).status_code == 302
    notice.refresh_from_db()
    assert (notice.state, codes(notice)) == ("cancelled", [])
    assert [one.act for one in notice.versions.all()] == ["file", "change", "cancel"]
    kinds = AuditEvent.objects.filter(kind__startswith="outage.").order_by("at", "pk")
    assert [one.kind for one in kinds] == ["outage.file", "outage.change", "outage.cancel"]


@pytest.mark.clause("S1-2.1.1h", "S1-3.3.1(3)b", "S1-3.3.1(3)c")
def test_residents_cut_off_without_notice_become_a_finding_when_it_begins(client):
    """Filed beforehand but never announced: nothing is proposed until power goes off."""
    start = NOW + timedelta(minutes=20)
    notice = filed(
        published_at=None, channels=[], planned_start=start, planned_end=start + timedelta(hours=4)
    )
    assert codes(notice) == ["late"]
    assert not FindingProposal.objects.exists()
    with clock.standing_at(NOW + timedelta(minutes=40)):
        outbox.ticks()["reporting.outages"](now=clock.now())
        assert codes(notice) == ["late", "missing", "violation"]
        proposal = FindingProposal.objects.get()
        assert (proposal.source, proposal.clause) == ("outage", "S1-2.1.1h")
        assert proposal.organisation == organisation("CSG-GD-ZQ")
        assert "影响居民320户" in proposal.facts
        assert "停电前未公告" in proposal.facts
        services.rejudge(now=clock.now() + timedelta(days=9))
        assert FindingProposal.objects.count() == 1
        client.force_login(member("SERC-NF", "regulator_officer"))
        listed = page(client, "outages", flag="violation")
        assert [one["notice"].pk for one in listed.context["rows"]] == [notice.pk]
        assert "随意停居民用电" in page(client, "outage", notice.pk).content.decode()
        assert page(client, "proposal", proposal.pk).context["proposal"].url == (
            f"/outages/{notice.pk}/"
        )


@pytest.mark.clause("S1-2.1.3b")
def test_whoever_is_in_arrears_is_told_seven_days_before_and_back_twelve_hours_after_paying(client):
    cut = {
        "kind": "arrears",
        "reason": "arrears",
        "document": "催2011-118",
        "households": 1,
        "lines": [],
        "transformer_areas": [],
        "actual_start": at("2011-11-23 08:00"),
        "cause_ended_at": at("2011-11-23 10:00"),
    }
    good = filed("QF-1", published_at=at("2011-11-16 09:00"), **cut)
    soon = filed("QF-2", published_at=at("2011-11-17 09:00"), **cut)
    client.force_login(filer())
    report = reverse("reporting:outage_report", args=[good.pk])
    back = {"actual_start": "2011-11-23T08:00", "cause_ended_at": "2011-11-23T10:00"}
    assert client.post(report, back | {"actual_end": "2011-11-23T22:00"}).status_code == 302
    assert codes(good) == ["overrun"]
    # Told six days before; paid at ten, and twelve hours later still without power.
    assert codes(soon) == ["late", "overrun", "restore", "violation"]
    assert FindingProposal.objects.get().clause == "S1-2.1.3b"


@pytest.mark.clause("S1-4.2g", "S2-5.1.3a", "S2-5.1.3b")
def test_the_monitor_counts_and_every_number_opens_its_list(client):
    done = {"actual_start": at("2011-11-23 08:00"), "actual_end": at("2011-11-23 10:30")}
    filed("A-1", **done)
    filed("A-2", published_at=at("2011-11-20 10:00"), **done)
    filed("A-3", published_at=None, channels=[])
    filed("A-4", kind="fault", reason="weather", published_at=None, channels=[])
    live = {"method": "live_working", "avoided_hours": Decimal("5.5"), "avoided_households": 320}
    filed("A-5", households=0, **live)
    filed(
        "A-6", households=0, **{**live, "method": "mobile_generator", "avoided_hours": Decimal(2)}
    )
    filed("B-1", company="CSG-YN", **done)
    ResidentUsers.objects.create(
        organisation=organisation("CSG-GD-ZQ"),
        count=16000,
        valid_from=at("2011-01-01 00:00").date(),
        basis="月报",
        entered_by=filer(),
        entered_at=NOW,
    )
    client.force_login(member("SERC-YN", "regulator_officer"))
    assert page(client, "outage_monitor").context["whole"]["line"].n == 1
    client.force_login(member("SERC-NF", "regulator_officer"))
    shown = page(client, "outage_monitor")
    row = next(r for r in shown.context["rows"] if r["line"].unit.code == "CSG-GD-ZQ")
    line = row["line"]
    assert (line.n, line.asked, line.met, line.late, line.missing) == (4, 3, 1, 2, 1)
    assert (row["rate"], line.violations) == ("33.33%", 1)
    # Twice 320 households for two and a half hours; 16,000 residents.
    assert (row["hours"], row["each"]) == ("1600.00", "0.1000")
    # The same as a workbook, the whole last.
    sheet = openpyxl.load_workbook(BytesIO(client.get(shown.context["export_url"]).content)).active
    heads = [cell.value for cell in sheet[1]]
    told = {r[0].value: dict(zip(heads, [c.value for c in r], strict=True)) for r in sheet}
    mine = told[line.unit.name]
    assert [mine[head] for head in ("停限电件数", "按时公告件数", "居民停电户时数")] == [4, 1, 1600]
    assert told["合计"]["停限电件数"] == shown.context["whole"]["line"].n
    assert "1,600.00" in shown.content.decode()
    # 5.5 × 320 + 2 × 320.
    assert (row["avoided"], line.lived) == ("2400", 2)
    for name, count in (
        ("url", 4),
        ("asked_url", 3),
        ("met_url", 1),
        ("late_url", 2),
        ("missing_url", 1),
        ("violations_url", 1),
        ("restored_url", 2),
        ("lived_url", 2),
    ):
        assert len(client.get(row[name]).context["rows"]) == count, name
    text = page(client, "outage", OutageNotice.objects.get(number="A-6").pk).content.decode()
    assert "移动发电" in text
    assert "640" in text


def test_repairs_on_site_are_held_against_the_limit_of_the_area(client):
    """Southern Grid's promise: 45 minutes in town, 90 in the country."""
    late = {
        "kind": "fault",
        "reason": "external_damage",
        "published_at": None,
        "channels": [],
        "actual_start": at("2011-11-23 08:00"),
        "actual_end": at("2011-11-23 12:00"),
    }
    town = filed("F-1", arrived_at=at("2011-11-23 08:46"), **late)
    village = filed("F-2", area_type="rural", arrived_at=at("2011-11-23 09:30"), **late)
    assert (codes(town), codes(village)) == (["repair"], [])


def test_lines_off_three_times_in_sixty_days_are_listed(client):
    for day in ("2011-10-10", "2011-11-01", "2011-11-23"):
        filed(
            f"P-{day}",
            planned_start=at(f"{day} 08:00"),
            planned_end=at(f"{day} 12:00"),
            published_at=at("2011-09-30 08:00"),
            actual_start=at(f"{day} 08:00"),
            actual_end=at(f"{day} 12:00"),
        )
    client.force_login(member("SERC-NF", "regulator_viewer"))
    shown = page(client, "outage_frequent")
    [(one, _level)] = shown.context["rows"]
    assert (one.place, one.times, one.households) == ("光明路1号台区", 3, 320)
    assert len(client.get(one.url).context["rows"]) == 3
    # The first of them is out of the window by then.
    later = at("2011-12-10 09:00")
    with clock.standing_at(later):
        assert page(client, "outage_frequent").context["rows"] == []


def test_the_workbook_comes_back_whole_or_not_at_all(client):
    client.force_login(filer())
    url = reverse("reporting:outage_import")

    def upload(*rows):
        book = openpyxl.load_workbook(BytesIO(page(client, "outage_template").content))
        sheet = book["停限电信息"]
        heads = {str(cell.value).rstrip("*"): cell.column for cell in sheet[3]}
        for place, row in enumerate(rows):
            for label, value in row.items():
                sheet.cell(4 + place, heads[label], value)
        held = BytesIO()
        book.save(held)
        held.seek(0)
        held.name = "停限电.xlsx"
        return client.post(url, {"organisation": organisation("CSG-GD-ZQ").pk, "upload": held})

    row = {
        "编号": "X-1",
        "类型": "计划停电",
        "停电原因": "供电设施计划检修",
        "停电区域": "东城街道",
        "停电线路": "10kV城东线、10kV河口线",
        "居民户数": 12,
        "计划停电时间": "2011-12-05 08:00",
        "计划复电时间": "2011-12-05 12:00",
        "公告时间": "2011-11-23 10:00",
        "公告渠道": "报纸、现场张贴",
    }
    wrong = upload(row, {**row, "编号": "X-2", "计划复电时间": "2011-12-05 07:00"})
    assert wrong.status_code == 422
    [problem] = wrong.context["problems"]
    assert problem.row == 5
    assert problem.column == "计划复电时间"
    assert "须晚于计划停电时间" in problem.message
    assert not OutageNotice.objects.exists()
    # What came in, with the cell marked and every error listed; for whoever handed it in.
    copied = reverse("file", args=[wrong.context["copy"].uuid])
    assert copied in wrong.content.decode()
    marked = openpyxl.load_workbook(BytesIO(b"".join(client.get(copied))))
    assert marked.sheetnames[0] == "问题清单"
    cell = marked["停限电信息"][problem.cell]
    assert "须晚于计划停电时间" in cell.comment.text
    assert cell.fill.fgColor.rgb != marked["停限电信息"]["A4"].fill.fgColor.rgb
    client.force_login(member("CSG-GD-ZQ", "company_filer", name="另一填报人"))
    assert client.get(copied).status_code == 404
    client.force_login(filer())
    assert upload(row, {**row, "编号": "X-2", "作业方式": "带电作业"}).status_code == 302
    notice = OutageNotice.objects.get(number="X-1")
    assert (notice.reason, notice.lines) == ("planned_work", ["10kV城东线", "10kV河口线"])
    assert (notice.channels, notice.lead_ok) == (["newspaper", "posting"], True)
    assert upload(row).status_code == 302
    clash = upload({**row, "居民户数": 13})
    assert clash.status_code == 422
    assert "内容不同" in clash.context["problems"][0].message
    assert OutageNotice.objects.count() == 2
    sheet = openpyxl.load_workbook(BytesIO(page(client, "outages_export").content)).active
    heads = [cell.value for cell in sheet[1]]
    rows = [dict(zip(heads, [cell.value for cell in line], strict=True)) for line in sheet[2:3]]
    assert rows[0]["停电原因"] == "供电设施计划检修"
    assert rows[0]["公告渠道"] == "报纸、现场张贴"


def test_everybody_reads_what_is_announced_and_nothing_of_any_customer(client):
    coming = {"planned_start": at("2011-11-26 08:00"), "planned_end": at("2011-11-26 17:00")}
    secret = {"important_users": 2, "important_record": "市人民医院已签收", **coming}
    shown = filed("G-1", **secret)
    filed("G-2", published_at=None, channels=[], **coming)
    off = filed("G-3", area="民乐村", transformer_areas=[], **coming)
    services.cancel(off, reason="天气原因", by=filer(), now=NOW)
    arrears = filed("G-4", kind="arrears", reason="arrears", document="催1", households=1, **coming)
    listed = page(client, "public_outages")
    assert {one.number for one, _word in listed.context["rows"]} == {"G-1", "G-3"}
    assert [
        one.number for one, _w in page(client, "public_outages", q="光明路").context["rows"]
    ] == ["G-1"]
    assert len(page(client, "public_outages", q="城东线 肇庆").context["rows"]) == 2
    assert len(page(client, "public_outages", q="海口").context["rows"]) == 0
    later = {"since": "2011-11-27", "until": "2011-12-27"}
    assert len(page(client, "public_outages", **later).context["rows"]) == 0
    text = page(client, "public_outage", shown.pk).content.decode()
    assert "贞山街道光明路" in text
    assert "10kV城东线" in text
    assert "医院" not in text
    assert "重要用户" not in text
    assert "天气原因" in page(client, "public_outage", off.pk).content.decode()
    assert client.get(reverse("reporting:public_outage", args=[arrears.pk])).status_code == 404


def test_a_company_files_for_itself_and_below_and_others_see_nothing(client):
    notice = filed()
    client.force_login(member("CSG-YN", "company_filer"))
    assert client.get(reverse("reporting:outage", args=[notice.pk])).status_code == 404
    assert client.post(reverse("reporting:outage_new"), given()).status_code == 422
    client.force_login(member("CSG-GD", "company_filer"))
    assert client.post(reverse("reporting:outage_new"), given()).status_code == 302
    client.force_login(member("CSG-GD", "company_viewer"))
    assert client.post(reverse("reporting:outage_new"), given()).status_code == 403
    page(client, "outage", notice.pk)
    assert client.get(reverse("reporting:outage_leads")).status_code == 403
    client.force_login(member("SERC-NF", "regulator_lead"))
    assert client.post(reverse("reporting:outage_new"), given()).status_code == 403
    page(client, "outage_rules")
