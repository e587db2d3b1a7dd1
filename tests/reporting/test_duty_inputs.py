"""Numbers out of duties: licences, emergency plans and drills, plans and returns in time."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from accounts.models import Organisation
from core import clock
from core.periods import Period
from reporting.models import (
    EmergencyDrill,
    EmergencyPlan,
    EmergencyPlanVersion,
    Indicator,
    IndicatorValue,
    Return,
    ReturnForm,
    ReturnVersion,
)
from reporting.services import indicators as services
from tests.factories import accounts
from tests.factories.plans import ROWS, approved, filed
from tests.reading import text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("catalogues")]
# A Wednesday; five working days later is the 18th.
APPROVED = clock.at(date(2011, 5, 11), 10)
NOW = clock.at(date(2011, 6, 10), 9)
QUARTER = Period(date(2011, 4, 1), date(2011, 6, 30))

# What the plan asks an indicator for, and the code under which it stands.
ASKED = {
    "RS-1": ("rs1_urban", "rs1_rural"),
    "RS-2": ("rs2",),
    "RS-3": ("rs3",),
    "AIHC-1": ("aihc1",),
    "AITC-1": ("aitc1",),
    "综合电压合格率": ("voltage_total",),
    "居民受电端电压合格率": ("voltage_resident_urban", "voltage_resident_rural"),
    "10千伏以上用户电压合格率": ("voltage_10kv",),
    "整改完成率": ("rectification_rate",),
    "及时办结率": ("close_in_time_12398", "reply_in_time_95598"),
    "满意率": ("satisfaction_12398", "satisfaction_95598", "satisfaction_12345"),
    "申诉率、申诉有责率": ("appeal_rate", "appeal_fault_rate"),
    "12345响应率、解决率": ("response_12345", "solution_12345"),
    "居民年累计停电时间": ("resident_outage_urban", "resident_outage_rural"),
    "每季度抽查户次": ("user_samples",),
    "供电类许可证": ("licence_held",),
    "承装修试企业持证核验率": ("contractors_checked",),
    "监管处罚、责令改正次数": ("orders_to_correct",),
    "自查报告按时率": ("self_inspection_in_time",),
    "三指定": ("designated_proven", "connection_proven"),
    "报装公平开放": ("connection_open",),
    "供用电合同签订规范率": ("contracts_sound",),
    "电网公平开放": ("grid_open",),
    "综合线损率": ("line_loss",),
    "一户一表率": ("one_meter_share", "one_meter_rate"),
    "电费核算差错率": ("bill_errors",),
    "报装平均时长": ("connection_days",),
    "到达现场及时率": ("arrive_urban", "arrive_rural", "arrive_remote"),
    "百万户投诉数": ("complaints_per_million",),
    "停电公告合规率": ("outage_notice_in_time",),
    "应急预案备案率": ("emergency_plans_filed",),
    "应急演练次数": ("emergency_drills",),
    "重要用户隐患整改率": ("important_hazards",),
    "有序用电方案备案及时率": ("plans_in_time",),
    "电力、电量节约": ("saved_load", "saved_energy"),
    "能效服务户数": ("efficiency_households",),
    "清洁能源并网及时率": ("clean_connection",),
    "配网投资完成率": ("investment_rate",),
    "低电压台区治理率": ("low_voltage_solved",),
    "重过载台区占比": ("overloaded_share",),
    "整改台账逾期率": ("ledger_late",),
}


def computed(code, period=QUARTER):
    indicators = Indicator.objects.in_force(on=period.last).filter(code=code)
    services.compute(period, indicators=indicators, now=NOW)
    rows = IndicatorValue.objects.standing().of(period).filter(indicator__code=code)
    return {
        one.organisation.code: None if one.value is None else f"{one.value.normalize():f}"
        for one in rows.select_related("organisation")
    }


@pytest.mark.clause("S1-2.2.4a")
def test_every_indicator_that_is_asked_for_has_a_formula_or_says_that_nothing_tells_it(client):
    standing = Indicator.objects.in_force(on=date(2024, 6, 30)).in_bulk(field_name="pk").values()
    by_code = {one.code: one for one in standing}
    assert {code for codes in ASKED.values() for code in codes} <= set(by_code)
    assert {one.dimension for one in standing} == {f"D{n}" for n in range(1, 8)}
    client.force_login(accounts.member("SERC-NF", "regulator_officer"))
    told = text_of(client.get(reverse("reporting:indicator", args=["line_loss"])))
    assert "不能计算" in told
    assert "供电月报只填供电量，没有售电量" in told
    told = text_of(client.get(reverse("reporting:indicator", args=["plans_in_time"])))
    assert "不能计算" not in told
    listed = text_of(client.get(reverse("reporting:indicators"), {"period": "2011-Q2"}))
    assert "没有数据来源" in listed
    assert {one.code for one in standing if one.unsourced} == {
        *("contractors_checked", "orders_to_correct", "designated_proven", "connection_open"),
        *("grid_open", "line_loss", "solution_12345", "user_samples", "important_hazards"),
        *("saved_load", "saved_energy", "efficiency_households", "clean_connection"),
    }


def test_plans_filed_in_time_of_those_that_were_filed_or_due():
    with clock.standing_at(APPROVED):
        filed("CSG-GD-ZQ", now=APPROVED)
        elsewhere = {"region": "佛山市", "supply_unit": "佛山供电局"}
        rows = [row | elsewhere | {"user_no": f"9{row['user_no']}"} for row in ROWS]
        approved("CSG-GD-FS", now=APPROVED, rows=rows)
    with clock.standing_at(NOW):
        found = computed("plans_in_time")
    # Zhaoqing filed on the day, Foshan not by the 18th of May; the province has both.
    assert (found["CSG-GD-ZQ"], found["CSG-GD-FS"], found["CSG-GD"]) == ("100", "0", "50")
    assert found["CSG-YN"] is None


def test_emergency_plans_filed_and_drills_held():
    unit = accounts.organisation("CSG-GD-ZQ")
    by = accounts.member(unit, "company_lead")
    plan = EmergencyPlan.objects.create(
        organisation=unit,
        recipient=accounts.organisation("SERC-NF"),
        title="停电应急预案",
        created_at=APPROVED,
    )
    EmergencyPlanVersion.objects.create(
        plan=plan,
        number=1,
        state="filed",
        drafted_at=APPROVED,
        approved_on=APPROVED.date(),
        filed_at=APPROVED,
        filed_by=by,
        receipt_number="1号",
        digest="0" * 64,
    )
    for day in (date(2011, 4, 1), date(2011, 6, 30), date(2011, 7, 1)):
        EmergencyDrill.objects.create(
            plan=plan,
            organisation=unit,
            held_on=day,
            scenario="全停",
            participants=9,
            entered_by=by,
            entered_at=NOW,
        )
    with clock.standing_at(NOW):
        found, drills = computed("emergency_plans_filed"), computed("emergency_drills")
    units = Organisation.objects.in_force().filter(
        path__startswith=accounts.organisation("CSG-GD").path
    )
    owing = units.filter(kind__in=("provincial_company", "prefecture_enterprise")).count()
    assert found["CSG-GD-ZQ"] == "100"
    given = IndicatorValue.objects.get(
        indicator__code="emergency_plans_filed", organisation__code="CSG-GD"
    ).inputs
    assert (given["filed"]["value"], given["asked"]["value"]) == ("1", str(owing))
    assert (drills["CSG-GD-ZQ"], drills["CSG-GD"], drills["CSG-YN"]) == ("2", "2", "0")


def test_returns_in_time_by_what_was_filed_first_and_licences_by_their_numbers():
    unit = accounts.organisation("CSG-GD-ZQ")
    form = ReturnForm.objects.get(code="self_inspection")
    due = clock.at(date(2011, 5, 20), 17)
    for month, filed_at, late in (
        (2, due - timedelta(days=1), False),
        (3, due + timedelta(days=1), True),
        (4, None, False),
    ):
        entry = Return.objects.create(
            form=form,
            code=form.code,
            organisation=unit,
            recipient=accounts.organisation("SERC-NF"),
            period_start=date(2011, month, 1),
            period_end=date(2011, month, 28),
            # A correction was asked for later: the first deadline stays what is judged.
            due_at=due + timedelta(days=90) if filed_at else due,
            created_at=APPROVED,
        )
        ReturnVersion.objects.create(
            entry=entry,
            number=1,
            created_at=APPROVED,
            submitted_at=filed_at,
            due_at_submission=due if filed_at else None,
            is_late=late,
        )
    Organisation.objects.filter(kind="county_enterprise").update(licence_number="")
    Organisation.objects.filter(code="CSG-GD-ZQ").update(licence_number="1052011-1")
    with clock.standing_at(NOW):
        found, licences = computed("self_inspection_in_time"), computed("licence_held")
    assert (found["CSG-GD-ZQ"], found["CSG-GD"]) == ("33.33", "33.33")
    # Zhaoqing itself of itself and its two counties.
    assert licences["CSG-GD-ZQ"] == "33.33"


def test_what_is_overdue_in_a_ledger_is_counted_on_the_last_day_of_its_period():
    from reporting.indicators import sources
    from reporting.indicators.sources import Scope, Unit
    from reporting.queries.return_inputs import Filed

    rows = [
        {"due_on": "2011-06-29", "problems": 5, "corrected": 2},
        {"due_on": "2011-06-30", "problems": 4, "corrected": 1},
        {"due_on": None, "problems": 2, "corrected": 0},
        {"due_on": "2011-05-01", "problems": 7, "corrected": 7},
    ]
    held = {"0001": [Filed(1, "0001", "肇庆", "自查", "", 1, *_days(QUARTER), {"clauses": rows})]}
    scope = Scope([Unit(1, "A", "0001")], QUARTER, NOW, {"returns:self_inspection": held})
    late = Indicator.objects.get(code="ledger_late").inputs["late"]
    assert sources.read(late, scope)[1].value == 3


def _days(period):
    return period.first, period.last
