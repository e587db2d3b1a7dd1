"""What the pages of shortage do not let anybody talk away: departures from the plan, extensions
after the fact, gaps that were to be reported, lines that were parted afterwards.
"""

import io
from datetime import date
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from core.clock import at, standing_at
from core.models import AuditEvent
from reporting import deviations, sheets, shortage
from reporting.models import (
    Activation,
    EmergencyPlan,
    EmergencyPlanVersion,
    FindingProposal,
    GapForecast,
    LoadControl,
    MixedLine,
    ResponseResource,
    SupplyBriefing,
)
from tests.factories import accounts, outages, supply
from tests.factories.supply import DAY, NOW, PLANNED, UNIT
from tests.reading import text_of

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
    assert answer.status_code == 302, text_of(answer)[-3000:]


def refused(answer, words):
    assert answer.status_code in (409, 422), answer.status_code
    assert words in text_of(answer)


WARNING = {"announced_at": "2011-11-22T07:00", "grade": "Ⅱ", "gap_mw": "150", "peak_mw": "1000"}
WARNING |= {"body": "肇庆市经济和信息化局", "reason": "李桂花13877665544来电要求"}
APPROVAL = {"started_at": "2011-11-22T08:00", "until": "2011-11-22T20:00"}
APPROVAL |= {"body": "肇庆市人民政府", "number": "肇府函〔2011〕88号"}


def begun(filer, **more):
    moved(post(filer, "activation_new", organisation=supply.unit().pk, **WARNING | more))
    event = Activation.objects.latest("pk")
    moved(post(filer, "activation_start", event.pk, **APPROVAL))
    return event


def row(begin, end, **more):
    found = {k: str(v) for k, v in supply.values().items() if k != "feeder_cut"}
    found |= {"from_at": f"2011-11-22T{begin}", "to_at": f"2011-11-22T{end}"}
    return found | more


@pytest.mark.clause("S1-1.1.2b")
def test_an_event_that_departs_from_the_plan_in_every_way_is_told_in_every_way(world):
    filer, lead = world["filer"], world["lead"]
    morning = {"time_from": "08:00", "time_to": "12:00"}
    supply.plan_in_force(rows=[one | morning for one in PLANNED])
    event = begun(filer)
    cut = row("10:00", "11:00", user_no="U2", line_code="F02", measure="拉闸", means="线路开关",
              executed_kw="700", feeder_cut="on")  # fmt: skip
    night = row("11:00", "14:30", user_no="U3", line_code="F03", measure="限电", executed_kw="100")
    for one in (row("09:00", "10:00"), row("09:30", "10:30", ordered_kw="601"), cut, night):
        moved(post(filer, "execution_new", event.pk, **one))
    tomorrow = night | {"to_at": "2011-12-30T09:00"}
    refused(post(filer, "execution_new", event.pk, **tomorrow), "结束时间不能晚于现在")
    end = {"released_at": "2011-11-22T19:00", "body": "肇庆市经济和信息化局", "reason": "缺口消除"}
    moved(post(filer, "activation_release", event.pk, **end))
    event.refresh_from_db()
    moved(post(lead, "activation_report", event.pk, seen=event.revision))
    told = {one.key.split("-", 2)[2]: one.facts for one in FindingProposal.objects.all()}
    assert told["not_as_planned:3"].endswith("方案为避峰、负控终端，实际为拉闸、线路开关。")
    # Planned from eight to noon, done until half past two.
    assert "08:00—12:00，在时段以外执行02:30" in told["outside_hours:4"]
    # Twice 580 kW where 600 are planned.
    assert (
        told["sum_over_plan:U1"]
        == "第1、2条：四会某水泥厂同时执行合计1160千瓦，方案可压限600千瓦。"
    )
    assert "outside_hours:1" not in told
    # Names and numbers do not stand in the log or in the audit trail.
    page = text_of(get(world["office"], "activation", event.pk))
    assert ("13877665544" in page, "138****5544" in page) == (False, True)
    assert not AuditEvent.objects.filter(reason__contains="13877665544").exists()


@pytest.mark.clause("S1-3.3.1(2)")
def test_a_grade_that_the_gap_does_not_call_is_told(world):
    supply.plan_in_force()
    event = begun(world["filer"], grade="Ⅳ", gap_mw="900")
    (found,) = [one for one in deviations.of(event, now=NOW) if one.key == "grade_off"]
    assert found.words == "最大缺口占最大用电需求90%，应为Ⅰ级，实际最重启动Ⅳ级。"
    event = Activation.objects.get()
    no_paper = {**APPROVAL, "number": " "}
    assert post(world["filer"], "activation_start", event.pk, **no_paper).status_code in (409, 422)


def test_an_approval_that_ran_out_is_not_extended_afterwards(world):
    filer = world["filer"]
    supply.plan_in_force()
    event = begun(filer)
    longer = {"at": "2011-11-22T19:59", "grade": "Ⅱ", "gap_mw": "150", "until": "2011-11-22T23:00"}
    longer |= {"body": "肇庆市人民政府", "reason": "缺口持续"}
    # It is 21:00, and the approval ended at 20:00.
    refused(post(filer, "activation_adjust", event.pk, **longer), "不能事后延长")
    event.refresh_from_db()
    assert [one.key for one in deviations.of(event, now=NOW)] == ["released_late"]
    with standing_at(at(DAY, 19, 30)):
        moved(post(filer, "activation_adjust", event.pk, **longer | {"at": "2011-11-22T19:00"}))
        before = longer | {"at": "2011-11-22T18:00", "until": "2011-11-22T23:30"}
        refused(post(filer, "activation_adjust", event.pk, **before), "不能早于上一次办理")


BAND = {"day": "2011-11-26", "from_minute": "08:00", "to_minute": "12:00"}
BAND |= {"gap_mw": "150", "peak_mw": "1000", "basis": "来水偏枯"}


@pytest.mark.clause("S1-2.1.1a")
def test_a_gap_that_was_published_over_a_tenth_stays_to_be_reported(world):
    filer, unit = world["filer"], supply.unit()
    one = {"organisation": unit.pk, **BAND}
    moved(post(filer, "forecast_new", **one))
    due = at(date(2011, 11, 23), 23, 59, 59)
    moved(post(filer, "forecast_new", **one | {"gap_mw": "99"}))
    standing = GapForecast.objects.standing().get()
    assert (standing.report_due_at, standing.reported_at) == (due, None)
    assert get(filer, "forecasts", view="waiting").context["rows"][0]["one"] == standing
    moved(post(filer, "forecast_report", standing.pk, words="已修订为9.9%"))
    # Reported; smaller again it stays so. Larger than that, it is another gap with its own day.
    moved(post(filer, "forecast_new", **one | {"gap_mw": "98"}))
    assert GapForecast.objects.standing().get().reported_at == NOW
    friday = at(date(2011, 11, 25), 9)
    with standing_at(friday):
        moved(post(filer, "forecast_new", **one | {"gap_mw": "300"}))
    raised = GapForecast.objects.standing().get()
    assert raised.reported_at is None
    # One working day from Friday the 25th is Monday the 28th.
    assert raised.report_due_at == at(date(2011, 11, 28), 23, 59, 59)
    with standing_at(at(date(2011, 11, 26), 13)):
        refused(post(filer, "forecast_new", **one | {"gap_mw": "90"}), "不能再修订预测")


@pytest.mark.clause("S1-2.1.1a")
def test_a_gap_that_came_true_over_a_tenth_is_reported_and_what_was_told_afterwards_is_no_forecast(
    world,
):
    filer, unit = world["filer"], supply.unit()
    one = {"organisation": unit.pk, **BAND, "day": "2011-11-22", "gap_mw": "63"}
    with standing_at(at(DAY, 7)):
        moved(post(filer, "forecast_new", **one))
    made = GapForecast.objects.get()
    moved(post(filer, "forecast_actual", made.pk, gap_mw="400", peak_mw="1000"))
    made.refresh_from_db()
    assert made.report_due_at == at(date(2011, 11, 23), 23, 59, 59)
    assert "待报告" in text_of(get(filer, "forecast", made.pk))
    # Typed in at 21:00 for the morning, and of course exact.
    late = one | {"from_minute": "00:00", "to_minute": "08:00"}
    moved(post(filer, "forecast_new", **late))
    after = GapForecast.objects.latest("pk")
    moved(post(filer, "forecast_actual", after.pk, gap_mw="63", peak_mw="1000"))
    page = get(world["office"], "forecast_accuracy")
    assert (page.context["whole"].pairs, page.context["afterwards"]) == (1, 1)
    assert "事后补报" in text_of(get(world["office"], "forecasts"))


@pytest.mark.clause("S1-3.3.1(4)a")
def test_a_line_that_is_parted_today_was_shared_when_it_was_cut(world):
    filer, unit = world["filer"], supply.unit()
    supply.plan_in_force()
    line = MixedLine.objects.create(
        organisation=unit, code="F77", name="城西线", residents=120, enterprises=3,
        due_on=date(2011, 11, 20), entered_by=accounts.member(UNIT, "company_filer", name="别人"),
        entered_at=at(date(2011, 11, 1)))  # fmt: skip
    event = begun(filer)
    cut = row("09:00", "10:00", user_no="", line_code="F77", measure="拉闸", means="线路开关",
              feeder_cut="on")  # fmt: skip
    moved(post(filer, "execution_new", event.pk, **cut))

    def told():
        return "mixed_cut:1" in {one.key for one in deviations.of(event, now=NOW)}

    assert told()
    old = {"how": "separated", "done_on": "1900-01-01"}
    refused(post(filer, "mixed_line_done", line.pk, **old), "不能早于登记线路的日期2011-11-01")
    # Said today to have been parted a week before the event: the event knew nothing of it.
    moved(post(filer, "mixed_line_done", line.pk, **old | {"done_on": "2011-11-15"}))
    assert told()
    line.refresh_from_db()
    assert line.separated_on == date(2011, 11, 15)
    wrong = client_follow(filer, "mixed_line_done", line.pk, how="x", done_on="2011-11-22")
    assert "请填写办理情况和完成日期" in wrong


def client_follow(client, door, *args, **data):
    return text_of(client.post(reverse(f"reporting:{door}", args=args), data, follow=True))


@pytest.mark.clause("S2-5.1.1d")
def test_a_school_a_home_or_more_than_there_is_yields_nothing(world):
    filer, unit = world["filer"], supply.unit()
    user = {"organisation": unit.pk, "grid": "城东网格", "user_no": "0399", "kind": "cooling"}
    user |= {"capacity_kw": "350", "notice_minutes": 30, "agreed_on": "2011-10-08"}
    for name, word in (("第三小学", "小学"), ("居民李桂花13877665544", "居民")):
        refused(post(filer, "response_new", **user, user_name=name), f"用户名称含“{word}”")
    LoadControl.objects.create(
        organisation=unit, counted_on=date(2011, 11, 1), peak_mw=1000, monitored_mw=700,
        controlled_mw=100, users=0, managed_users=0, basis="月报", entered_at=NOW,
        entered_by=accounts.member(UNIT, "company_filer", name="别人"))  # fmt: skip
    much = user | {"user_name": "某冷库", "capacity_kw": "99999999"}
    refused(post(filer, "response_new", **much), "超过本单位最大用电负荷1000")
    supply.plan_in_force()
    # The row of the plan has 1,000 kW of highest load.
    planned = user | {"user_name": "某冷库", "user_no": "U1", "capacity_kw": "1000.01"}
    refused(post(filer, "response_new", **planned), "最大负荷1000千瓦")
    moved(post(filer, "response_new", **planned | {"user_name": "某冷库13877665544"}
               | {"capacity_kw": Decimal(1000)}))  # fmt: skip
    assert ResponseResource.objects.get().user_name == "某冷库138****5544"


@pytest.mark.clause("S1-2.1.1c")
def test_an_emergency_plan_of_before_the_campaign_has_no_deadline_and_loses_nothing(world):
    filer, lead, unit = world["filer"], world["lead"], supply.unit()
    moved(post(filer, "emergency_new", organisation=unit.pk, title="供电短缺应急预案"))
    plan = EmergencyPlan.objects.get()
    words = {f"s_{one['code']}": "按规定执行，落实到人。" for one in shortage.sections(on=DAY)}
    words |= {"approval_body": "肇庆市人民政府", "seen": "0"}
    for seen, day in enumerate(("2010-01-04", "2011-04-30")):
        moved(post(filer, "emergency_edit", plan.pk, **words | {"approved_on": day, "seen": seen}))
        version = EmergencyPlanVersion.objects.get()
        assert (version.due_at, len(version.sections)) == (None, 11)
    assert "逾期未报备" not in text_of(get(filer, "emergency_plans"))
    moved(post(lead, "emergency_file", plan.pk, seen="2"))
    version.refresh_from_db()
    assert (version.state, version.is_late) == ("filed", False)


def test_a_workbook_of_forecasts_is_told_all_that_is_wrong_with_each_cell_at_once(world):
    filer, unit = world["filer"], supply.unit()
    moved(post(filer, "forecast_new", organisation=unit.pk, **BAND))
    like = {"day": "2011-11-25", "from_time": "08:00", "to_time": "12:00"}
    like |= {"gap_mw": "100", "peak_mw": "1000", "basis": "检修"}
    rows = [
        like | {"from_time": "22:00", "to_time": "06:00"},
        like | {"day": "2011-11-27", "gap_mw": "1001"},
        like,
        like | {"from_time": "11:00", "to_time": "13:00"},
        like | {"day": "2011-11-26", "from_time": "11:00", "to_time": "13:00"},
        like | {"day": "2011-11-28", "from_time": "8点整"},
        like | {"day": "2013-11-28"},
    ]
    book = io.BytesIO(sheets.form("forecasts").template(rows))
    book.name = "forecasts.xlsx"
    answer = post(filer, "forecast_import", organisation=unit.pk, upload=book)
    assert answer.status_code == 422
    told = {one.cell: one.message for one in answer.context["problems"]}
    assert told == {
        "C4": "时段的止不晚于起",
        "D5": "预测缺口大于最大用电需求",
        "B7": "与第6行的时段重叠",
        "B8": "与已发布的2011-11-26 08:00—12:00重叠",
        "B9": "时段不对",
        "A10": "日期太早或太晚",
    }
    assert GapForecast.objects.count() == 1


def test_loads_of_different_hours_do_not_add_up(world):
    filer = world["filer"]
    supply.plan_in_force()
    event = begun(filer)
    for one in (row("09:00", "10:00"), row("10:00", "11:00"), row("09:30", "09:40", user_no="U2")):
        moved(post(filer, "execution_new", event.pk, **one))
    whole = get(world["office"], "execution_statistics").context["whole"].sums
    # 580 kW from nine to eleven, ten minutes of it twice; energy 580 + 580 + 96.667.
    assert (whole.shifted, whole.executed, whole.avoided) == (1160, 1160, 0)
    assert (whole.ordered, whole.energy, whole.rows) == (1200, Decimal("1256.667"), 3)


def test_what_is_short_of_a_limit_reads_so(world):
    filer, unit = world["filer"], supply.unit()
    told = {"organisation": unit.pk, "counted_on": "2011-11-01", "peak_mw": "1000"}
    told |= {"monitored_mw": "699.96", "controlled_mw": "99.96", "users": 5, "managed_users": 5}
    moved(post(filer, "load_control_new", **told, basis="月报"))
    (row,) = get(world["office"], "load_controls").context["rows"]
    assert row["shortfalls"] == ["监测能力69.99%，低于70%", "控制能力9.99%，低于10%"]
    assert "70.00%" not in text_of(get(world["office"], "load_controls"))


@pytest.mark.clause("S1-3.3.1(1)a")
def test_a_briefing_tells_of_what_is_over_and_names_nobody(world):
    filer, unit = world["filer"], supply.unit()
    supply.plan_in_force()
    event = begun(filer)
    cut = row("09:00", "10:00", user_no="", line_code="F09", measure="拉闸", means="线路开关",
              feeder_cut="on", executed_kw="6440")  # fmt: skip
    moved(post(filer, "execution_new", event.pk, **cut))
    asked = {"organisation": unit.pk, "first_day": "2011-11-23", "last_day": "2012-01-20"}
    asked |= {"addressee": "肇庆市人民政府", "advice": "请李桂花13877665544协调"}
    refused(post(filer, "briefing_draft", **asked), "起始日期不能晚于今天")
    moved(post(filer, "briefing_draft", **asked | {"first_day": "2011-11-01"}))
    one = SupplyBriefing.objects.get()
    assert "13877665544" not in one.advice
    page = text_of(get(filer, "briefing", one.pk))
    assert "2012年1月20日电力供需形势和截至2011年11月22日的有序用电执行情况" in page
    # 6,440 kW were cut.
    assert one.content["events"][0]["cut"] == "6.44"


@pytest.mark.clause("S1-2.1.1g")
def test_residents_cut_by_ordered_use_are_held_against_what_was_announced(world):
    filer = world["filer"]
    supply.plan_in_force()
    event = begun(filer)
    cut = row("09:00", "10:00", user_no="", line_code="F09", measure="拉闸", means="线路开关",
              feeder_cut="on", resident_lines="1", households="320")  # fmt: skip
    moved(post(filer, "execution_new", event.pk, **cut))
    words = "1条执行记录影响居民（最多320户），该时段没有登记有序用电停限电信息。"
    assert words in text_of(get(world["office"], "activation", event.pk))
    times = {"planned_start": at(DAY, 9), "planned_end": at(DAY, 10), "published_at": at(DAY, 7)}
    outages.filed("YX-1", kind="ordered_use", reason="ordered_use", now=NOW, **times)
    assert words not in text_of(get(world["office"], "activation", event.pk))
