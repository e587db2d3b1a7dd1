"""Forecasts, emergency plans, registers and briefings through their pages."""

import io
from datetime import date
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from core.clock import at, standing_at
from reporting import sheets, shortage
from reporting.models import (
    EmergencyPlan,
    GapForecast,
    LoadControl,
    MixedLine,
    ResponseResource,
    SupplyBriefing,
)
from tests.factories import accounts, supply
from tests.factories.supply import DAY, NOW, UNIT

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(catalogues):
    people = {
        "filer": accounts.member(UNIT, "company_filer"),
        "lead": accounts.member(UNIT, "company_lead"),
        "office": accounts.member("SERC-NF", "regulator_officer"),
    }
    clients = {}
    for name, user in people.items():
        clients[name] = Client()
        clients[name].force_login(user)
    with standing_at(NOW):
        yield clients


def post(client, door, *args, **data):
    return client.post(reverse(f"reporting:{door}", args=args), data)


def get(client, door, *args, **params):
    return client.get(reverse(f"reporting:{door}", args=args), params)


def moved(answer):
    assert answer.status_code == 302, answer.content.decode()[-3000:]


BAND = {"day": "2011-11-22", "from_minute": "08:00", "to_minute": "13:00"}
BAND |= {"gap_mw": "120", "peak_mw": "1000", "basis": "来水偏枯"}


@pytest.mark.clause("S1-2.1.1a")
def test_a_forecast_is_published_reported_and_held_against_what_came_true(world):
    filer, office, unit = world["filer"], world["office"], supply.unit()
    with standing_at(at(DAY, 7)):
        moved(post(filer, "forecast_new", organisation=unit.pk, **BAND))
    one = GapForecast.objects.get()
    assert get(office, "forecasts", view="waiting").context["rows"][0]["one"] == one
    moved(post(filer, "forecast_report", one.pk, words="已请示启动Ⅱ级方案。"))
    assert not GapForecast.objects.to_report().exists()
    assert post(filer, "forecast_report", one.pk, words="再报").status_code == 409
    moved(post(filer, "forecast_actual", one.pk, gap_mw="100", peak_mw="980"))
    rows = [
        {"day": "2011-11-22", "from_time": "13:00", "to_time": "24:00"}
        | {"gap_mw": "30", "peak_mw": "900", "basis": "检修"}
    ]
    book = io.BytesIO(sheets.form("forecasts").template(rows))
    book.name = "forecasts.xlsx"
    moved(post(filer, "forecast_import", organisation=unit.pk, upload=book))
    page = get(office, "forecast_accuracy")
    assert page.context["whole"].pairs == 1
    # |120 − 100| of 100.
    assert page.context["whole"].accuracy == Decimal("80.00")
    assert "<svg" in page.content.decode()
    assert get(office, "forecasts_export").status_code == 200
    assert post(office, "forecast_actual", one.pk, gap_mw="1", peak_mw="9").status_code == 409


def text_of(titles):
    return {f"s_{one['code']}": f"{one['title']}：按规定执行，落实到人。" for one in titles}


@pytest.mark.clause("S1-2.1.1c")
def test_an_emergency_plan_is_written_filed_returned_revised_and_accepted(world):
    filer, lead, office = world["filer"], world["lead"], world["office"]
    moved(post(filer, "emergency_new", organisation=supply.unit().pk, title="供电短缺应急预案"))
    plan = EmergencyPlan.objects.get()
    sections = shortage.sections(on=DAY)
    assert len(sections) == 11
    approval = {"approval_body": "肇庆市人民政府", "approved_on": "2011-11-14"}
    some = {**text_of(sections[:-1]), **approval, "seen": "0"}
    moved(post(filer, "emergency_edit", plan.pk, **some))
    # One section is missing, and nobody files what they wrote.
    missing = post(lead, "emergency_file", plan.pk, seen="1")
    assert missing.status_code == 409
    assert "附录" in missing.content.decode()
    moved(post(filer, "emergency_edit", plan.pk, **{**some, **text_of(sections), "seen": "1"}))
    assert post(filer, "emergency_file", plan.pk, seen="2").status_code in (403, 409)
    assert get(office, "emergency_plan", plan.pk).status_code == 404
    moved(post(lead, "emergency_file", plan.pk, seen="2"))
    plan.refresh_from_db()
    version = plan.filed_version
    # Approved on Monday the 14th: five working days end on Monday the 21st; today is the 22nd.
    assert version.due_at == at(date(2011, 11, 21), 23, 59, 59)
    assert version.is_late
    assert version.receipt_number.endswith("〔2011〕1号（应急）")
    moved(post(office, "emergency_receive", plan.pk))
    bare = post(office, "emergency_decide", plan.pk, decision="return")
    assert bare.status_code == 422
    moved(post(office, "emergency_decide", plan.pk, decision="return", p_annex="联络表没有附上"))
    moved(post(filer, "emergency_revise", plan.pk))
    again = {**text_of(sections), "s_annex": "联络表：值班电话 95598。", "seen": "0"}
    moved(post(filer, "emergency_edit", plan.pk, **again, **approval))
    moved(post(lead, "emergency_file", plan.pk, seen="1"))
    moved(post(office, "emergency_receive", plan.pk))
    moved(post(office, "emergency_decide", plan.pk, decision="accept"))
    plan.refresh_from_db()
    assert (plan.filed_version.number, plan.filed_version.state) == (2, "accepted")
    (change,) = get(office, "emergency_diff", plan.pk).context["changes"]
    assert (change.kind, change.label) == ("changed", "附录")
    drill = {"held_on": "2011-06-15", "scenario": "主变跳闸", "participants": "40"}
    no_measures = post(filer, "emergency_drill", plan.pk, **drill, findings="通信不畅")
    assert no_measures.status_code == 409
    moved(post(filer, "emergency_drill", plan.pk, **drill, findings="通信不畅", measures="增配"))
    (row,) = get(office, "emergency_plans").context["rows"]
    assert (row.drill_due, row.drill_late, row.lacking) == (date(2012, 6, 15), False, [])
    with standing_at(at(date(2012, 6, 16))):
        (row,) = get(office, "emergency_plans", view="drill").context["rows"]
        assert row.drill_late
    assert get(office, "emergency_export").status_code == 200


@pytest.mark.clause("S1-3.3.1(4)b")
def test_mixed_lines_without_a_device_are_overdue_until_it_is_fitted(world):
    filer, office, unit = world["filer"], world["office"], supply.unit()
    line = {"organisation": unit.pk, "code": "F77", "name": "城西线", "residents": 120}
    line |= {"enterprises": 3}
    assert post(filer, "mixed_line_new", **line).status_code == 409
    moved(post(filer, "mixed_line_new", **line, due_on="2011-11-20"))
    one = MixedLine.objects.get()
    assert list(get(office, "mixed_lines", view="overdue").context["page"]) == [one]
    assert "逾期未加装" in get(filer, "mixed_lines").content.decode()
    moved(post(filer, "mixed_line_done", one.pk, how="fitted", done_on="2011-11-22"))
    assert list(get(office, "mixed_lines", view="overdue").context["page"]) == []
    assert list(get(office, "mixed_lines", view="done").context["page"]) == [one]
    assert get(office, "mixed_lines_export").status_code == 200


@pytest.mark.clause("S2-5.1.1b")
def test_load_control_is_judged_by_the_limits_of_its_day(world):
    filer, office, unit = world["filer"], world["office"], supply.unit()
    told = {"organisation": unit.pk, "counted_on": "2011-11-01", "peak_mw": "1000"}
    told |= {"monitored_mw": "699.9", "controlled_mw": "100", "users": 50, "managed_users": 50}
    told |= {"basis": "负荷管理系统月报"}
    moved(post(filer, "load_control_new", **told))
    (row,) = get(office, "load_controls").context["rows"]
    assert row["shortfalls"] == ["监测能力69.99%，低于70%"]
    assert post(filer, "load_control_new", **told).status_code == 409
    better = {**told, "monitored_mw": "700", "correction": "漏统一座变电站"}
    moved(post(filer, "load_control_new", **better))
    (row,) = get(office, "load_controls").context["rows"]
    assert row["shortfalls"] == []
    assert LoadControl.objects.count() == 2
    assert get(office, "load_controls_export").status_code == 200


@pytest.mark.clause("S2-5.1.1c")
@pytest.mark.clause("S2-5.1.1d")
def test_resources_are_listed_by_grid_and_no_protected_user_can_be_chosen(world):
    filer, office, unit = world["filer"], world["office"], supply.unit()
    supply.plan_in_force(
        rows=[*supply.PLANNED, supply.PLANNED[0] | {"user_no": "H1", "protected": "医院学校金融"}]
    )
    user = {"organisation": unit.pk, "grid": "城东网格", "user_name": "某冷库", "kind": "cooling"}
    user |= {"capacity_kw": "350.5", "notice_minutes": 30, "agreed_on": "2011-10-08"}
    refused = post(filer, "response_new", **user, user_no="H1")
    assert refused.status_code == 409
    assert "优先保障用户" in refused.content.decode()
    moved(post(filer, "response_new", **user, user_no="U1"))
    moved(post(filer, "response_new", **{**user, "capacity_kw": "100"}, user_no="U2"))
    page = get(office, "responses", q="城东网格")
    (grid,) = page.context["grids"]
    assert grid["kw"] == Decimal("450.5") == sum(one.capacity_kw for one in page.context["page"])
    one = ResponseResource.objects.get(user_no="U2")
    moved(post(filer, "response_end", one.pk, ended_on="2011-11-22"))
    assert len(get(office, "responses").context["page"]) == 1
    assert get(office, "responses_export").status_code == 200


@pytest.mark.clause("S1-3.3.1(1)a")
def test_a_briefing_is_counted_reported_by_a_second_person_and_printed(world):
    filer, lead, office, unit = world["filer"], world["lead"], world["office"], supply.unit()
    moved(post(filer, "forecast_new", organisation=unit.pk, **BAND))
    asked = {"organisation": unit.pk, "first_day": "2011-11-01", "last_day": "2011-11-30"}
    asked |= {"addressee": "肇庆市人民政府"}
    moved(post(filer, "briefing_draft", **asked))
    one = SupplyBriefing.objects.get()
    assert get(office, "briefing", one.pk).status_code == 404
    assert post(lead, "briefing_issue", one.pk).status_code == 409
    moved(post(filer, "briefing_draft", **asked, advice="请批准启动Ⅱ级方案。"))
    assert post(filer, "briefing_issue", one.pk).status_code in (403, 409)
    moved(post(lead, "briefing_issue", one.pk))
    one.refresh_from_db()
    assert one.document_number.endswith("供需〔2011〕1号")
    page = get(office, "briefing", one.pk).content.decode()
    assert "预计最大缺口120兆瓦" in page
    assert "12.00%" in page
    assert get(office, "briefing_docx", one.pk).content[:2] == b"PK"
    assert get(office, "briefing_pdf", one.pk).content[:5] == b"%PDF-"
    assert post(filer, "briefing_draft", **asked, advice="改").status_code == 409
