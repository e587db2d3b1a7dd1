"""Outage notices by workbook, by the interface and before everybody: whole, named, in words."""

from datetime import date
from decimal import Decimal
from io import BytesIO

import openpyxl
import pytest
from django.urls import reverse

from core.periods import Period
from reporting.models import Evaluation, ImprovementTask, Indicator, OutageNotice
from reporting.services import evaluations
from reporting.services import outages as services
from tests.factories.accounts import member, organisation
from tests.factories.clients import Caller, issued
from tests.factories.outages import NOW, at, filed, filer, record
from tests.factories.supply import plan_in_force
from tests.reading import text_of

pytestmark = pytest.mark.usefixtures("catalogues", "kickoff_eve")
URL = "/api/v1/outages/"
WEEK_END = {"planned_start": at("2011-11-26 08:00"), "planned_end": at("2011-11-26 17:00")}


def codes(notice):
    return sorted(flag.code for flag in OutageNotice.objects.get(pk=notice.pk).flags.all())


def sent(client, content, company="CSG-GD-ZQ"):
    held = BytesIO(content)
    held.name = "停限电.xlsx"
    given = {"organisation": organisation(company).pk, "upload": held}
    return client.post(reverse("reporting:outage_import"), given)


def test_what_was_exported_comes_back_and_is_known(client):
    filed("X-1")
    changed = filed("X-2", **WEEK_END)
    services.report(filed("X-3"), {"actual_start": at("2011-11-23 08:00")}, by=filer(), now=NOW)
    services.cancel(changed, reason="天气原因", by=filer(), now=NOW)
    client.force_login(filer())
    content = client.get(reverse("reporting:outages_export")).content
    assert sent(client, content).status_code == 302
    assert OutageNotice.objects.count() == 3
    # Not into another unit.
    client.force_login(filer("CSG-GD-GZ"))
    refused = sent(client, content, "CSG-GD-GZ")
    assert refused.status_code == 422
    assert {one.column for one in refused.context["problems"]} == {"供电单位"}
    assert OutageNotice.objects.count() == 3


def test_every_mistake_of_a_row_is_told_at_once(client):
    """An unknown kind, an end before the start, a day without a time and a phone: four cells."""
    client.force_login(filer())
    book = openpyxl.load_workbook(BytesIO(client.get(reverse("reporting:outage_template")).content))
    sheet = book["停限电信息"]
    heads = {str(cell.value).rstrip("*"): cell.column for cell in sheet[3]}
    row = {
        "编号": "X-9",
        "类型": "不知道",
        "停电区域": "东城街道",
        "停电线路": "李桂花13877665544专线",
        "计划停电时间": "2011-12-05 08:00",
        "计划复电时间": "2011-12-05 07:00",
        "公告时间": "2011-11-20",
    }
    for label, value in row.items():
        sheet.cell(4, heads[label], value)
    held = BytesIO()
    book.save(held)
    refused = sent(client, held.getvalue())
    assert {one.column for one in refused.context["problems"]} == {
        "类型",
        "停电线路",
        "计划复电时间",
        "公告时间",
    }


def test_the_public_reads_how_a_notice_was_changed(client):
    notice = filed("V-1", published_at=at("2011-11-15 10:00"), important_users=2, **WEEK_END)
    moved = record("V-1", published_at=at("2011-11-24 09:20"), important_users=3, **WEEK_END)
    moved = moved.with_(planned_end=at("2011-11-26 19:00"))
    services.change(notice, moved, reason="施工调整", seen=1, by=filer(), now=NOW)
    shown = text_of(client.get(reverse("reporting:public_outage", args=[notice.pk])))
    assert "施工调整" in shown
    assert "2011-11-26 17:00 → 2011-11-26 19:00" in shown
    assert "重要用户" not in shown
    assert str(filer()) not in shown


def test_a_time_by_mistake_is_taken_back_by_its_number_with_a_reason():
    caller = Caller(issued("CSG-GD", scopes=["outages.read", "outages.write"]))
    filed("A-1", planned_start=at("2011-11-24 08:00"), planned_end=at("2011-11-24 17:00"))
    unit = {"actual_start": "2011-11-24T08:00:00+08:00"}
    caller.post(f"{URL}A-1/actual/", unit)
    empty = {"actual_start": None}
    refused = caller.post(f"{URL}A-1/actual/", empty)
    assert [one["field"] for one in refused.json()["errors"]] == ["reason_of_change"]
    done = caller.post(f"{URL}A-1/actual/", {**empty, "reason_of_change": "误报"})
    assert (done.status_code, done.json()["actual_start"]) == (200, None)
    cancel = f"{URL}A-1/cancel/"
    assert [one["field"] for one in caller.post(cancel, {}).json()["errors"]] == [
        "reason_of_change"
    ]
    gone = {"reason_of_change": "未停", "proof": "调度日志8号"}
    assert caller.post(cancel, gone).json()["state"] == "cancelled"
    said = {"kind": "planned", "area": "民乐村", "organisation": "CSG-GD-ZQ"}
    said |= {name: moment.isoformat() for name, moment in WEEK_END.items()}
    for number in ("A/../../8/changes", "A/./1", "A/actual", "A//1", "/A", "A/"):
        wrong = caller.post(URL, {**said, "number": number})
        assert [one["field"] for one in wrong.json()["errors"]] == ["number"], number


def test_a_plan_is_one_that_the_portal_holds(client):
    """Approved is 肇府函〔2011〕12号; other words are no document."""
    plan_in_force("CSG-GD-ZQ")
    cut = {"kind": "ordered_use", "reason": "ordered_use", "households": 0}
    good = filed("OU-1", document="肇府函〔2011〕12号", **cut)
    bad = filed("OU-2", document="随便写", **cut)
    short = {"kind": "shortage", "reason": "shortage", "published_at": None, "channels": []}
    x = filed("SH-1", document="x", households=500, **short)
    assert (codes(good), codes(bad), codes(x)) == ([], ["unmatched"], ["unmatched"])


def test_clocks_that_nobody_can_read_are_told():
    """Five days dark, and nobody said when the work was over or whether anybody came."""
    long = {"actual_start": at("2011-11-18 08:00"), "actual_end": at("2011-11-23 16:00")}
    times = {"planned_start": at("2011-11-18 08:00"), "planned_end": at("2011-11-23 17:00")}
    early = {"published_at": at("2011-11-01 08:00")}
    fault = {"kind": "fault", "reason": "weather", "published_at": None, "channels": []}
    assert codes(filed("G-1", **times, **early, **long)) == ["gaps"]
    within = {**long, "actual_end": at("2011-11-20 16:00")}
    assert codes(filed("G-2", **times, **early, **within)) == []
    assert codes(filed("G-3", **times, **fault, **within)) == ["gaps"]
    known = {"arrived_at": at("2011-11-18 08:30"), "cause_ended_at": at("2011-11-20 15:00")}
    assert codes(filed("G-4", **times, **fault, **within, **known)) == []
    assert codes(filed("G-5", **times, **fault, **within, **known, area_type="")) == ["gaps"]


def test_what_was_spared_has_its_bounds():
    live = {"method": "live_working", "avoided_households": 320, **WEEK_END}
    with pytest.raises(services.Faulty) as refused:
        filed("LW-1", avoided_hours=Decimal("9.01"), **live)
    assert set(refused.value.errors) == {"avoided_hours"}
    filed("LW-2", avoided_hours=Decimal(9), **live)


def test_a_second_click_makes_no_second():
    office = member("SERC-NF", "regulator_officer")
    unit = organisation("CSG-GD-ZQ")
    october = Period(date(2011, 10, 1), date(2011, 10, 31))
    for _click in range(2):
        evaluations.begin(
            organisation=office.home,
            title="试点评价",
            period=october,
            units=[unit],
            weights={"D4": 100},
            by=office,
            now=NOW,
        )
        evaluations.set_task(
            organisation=unit,
            office=office.home,
            indicator=Indicator.objects.order_by("pk").first(),
            value=None,
            problem="不足",
            demand="改进",
            due_on=date(2011, 12, 30),
            by=office,
            now=NOW,
        )
    assert (Evaluation.objects.count(), ImprovementTask.objects.count()) == (1, 1)
