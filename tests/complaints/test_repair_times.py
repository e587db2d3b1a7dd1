"""Repairs in time by area type, and residents' outage time: every figure recomputed by hand."""

from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from complaints import services
from complaints.models import Case, CaseClock, Repair, ResidentUsers
from complaints.services import residents
from core import clock
from core.errors import Refused
from core.models import AuditEvent
from tests.complaints import files
from tests.complaints.test_api_cases import CASES, order
from tests.complaints.test_import import imported, row
from tests.factories.accounts import organisation
from tests.factories.clients import Caller, issued
from tests.factories.complaints import at, played, received, regulator_officer

pytestmark = pytest.mark.django_db
DAY = "2023-03-06"
NOW = at("2023-03-06 20:00")
MARCH = {"since": "2023-03-01", "until": "2023-03-31"}


def moment(text):
    return at(f"{DAY} {text}")


@pytest.fixture(autouse=True)
def evening():
    with clock.standing_at(NOW):
        yield


@pytest.fixture
def as_(client):
    def sign_in(person):
        client.force_login(person)
        return client

    return sign_in


def fault(people, number, area, reported, unit="CSG-GD-ZQ", **more):
    """A fault that the provincial hotline takes and hands to a bureau."""
    who = people.handler if unit == "CSG-GD-ZQ" else people.stranger
    fields = {"source": "95598", "owner": "CSG-GD", "channel": "phone_95598", "nature": "fault"}
    received_at = moment(reported)
    case = received(
        number=number,
        received_at=received_at,
        category="",
        area_type=area,
        organisation="",
        **fields,
        **more,
    )
    steps = (
        ("dispatch", people.desk, {"organisation": organisation(unit)}),
        ("take", who, {}),
    )
    return played(case, *steps, start=received_at, step=timedelta(seconds=30)), who


def repaired(people, number, area, reported, arrived, restored, unit="CSG-GD-ZQ", **told):
    case, who = fault(people, number, area, reported, unit)
    case = services.act(case, "arrive", by=who, now=moment(arrived))
    return services.act(case, "restore", by=who, now=moment(restored), **told)


@pytest.fixture
def monday(people):
    """Southern Grid promises 45, 90, 120 minutes to the site; then 4 hours in cities, else 5."""
    repaired(people, "R-1", "urban", "09:00", "09:45", "11:45", households=120)
    since = moment("09:30")
    dark = {"households": 30, "interrupted_at": since}
    repaired(people, "R-2", "urban", "10:00", "10:46", "15:00", **dark)
    repaired(people, "R-3", "rural", "09:00", "10:30", "15:30")
    repaired(people, "R-4", "remote", "09:00", "11:01", "12:01", "CSG-GD-FS", households=10)
    fault(people, "R-5", "urban", "19:45")


def shown(client, **query):
    answer = client.get(reverse("complaints:repairs"), {**MARCH, **query})
    assert answer.status_code == 200, answer.content.decode()
    return answer


def figures(row):
    line = row["line"]
    return (
        line.n,
        (line.arrive.met, line.arrive.judged, row["clocks"][0]["rate"], line.arrive.minutes),
        (line.restore.met, line.restore.judged, row["clocks"][1]["rate"], line.restore.minutes),
        (line.dark.counted, line.dark.unknown, line.dark.households, line.dark.hours),
    )


# R-1 120 × 2.75 h = 330; R-2 30 × 5.5 h = 165; arrivals 45, 46, 90; restorations 120, 254, 300.
ZHAOQING = (
    4,
    (2, 3, "66.67%", Decimal("60.3")),
    (2, 3, "66.67%", Decimal("224.7")),
    (2, 1, 150, Decimal("495.00")),
)
# 10 × 3 h 1 min.
FOSHAN = (
    1,
    (0, 1, "0.00%", Decimal("121.0")),
    (1, 1, "100.00%", Decimal("60.0")),
    (1, 0, 10, Decimal("30.17")),
)


@pytest.mark.clause("S1-2.1.1i")
def test_repairs_are_in_time_by_unit_and_residents_went_without_so_many_hours(as_, people, monday):
    client = as_(people.officer)
    province = shown(client)
    assert [(r["line"].label, r["line"].n) for r in province.context["rows"]] == [
        ("广东电网公司", 5)
    ]
    units = shown(client, repairer="CSG-GD")
    found = {r["line"].key: figures(r) for r in units.context["rows"]}
    assert found == {"CSG-GD-ZQ": ZHAOQING, "CSG-GD-FS": FOSHAN}
    whole = figures(units.context["whole"])
    assert whole[0] == 5
    # 525 h 10 min: the sum is not rounded twice.
    assert whole[3] == (3, 1, 160, Decimal("525.17"))


@pytest.mark.clause("S1-2.1.1i")
def test_by_area_type_and_by_month(as_, people, monday):
    client = as_(people.officer)
    rows = shown(client, by="area").context["rows"]
    areas = {r["line"].key: (r["line"].n, *figures(r)[1][:2]) for r in rows}
    assert areas == {"urban": (3, 1, 2), "rural": (1, 1, 1), "remote": (1, 0, 1)}
    received(
        source="95598",
        owner="CSG-GD",
        channel="phone_95598",
        nature="fault",
        category="",
        received_at=at("2023-02-28 23:59"),
    )
    months = shown(client, by="month", since="2023-02-01").context["rows"]
    assert [(r["line"].key, r["line"].n) for r in months] == [("2023-02", 1), ("2023-03", 5)]
    assert months[0]["clocks"][0]["rate"] == "0.00%"  # overdue and nobody there
    content = shown(client).content.decode()
    for words in ("45分钟", "90分钟", "120分钟", "4小时", "5小时", "南方电网公司供电服务承诺"):
        assert words in content


def test_every_number_opens_the_list_that_it_counts(as_, people, monday):
    client = as_(people.officer)
    for by in ("unit", "month", "area"):
        answer = shown(client, by=by)
        for one in (*answer.context["rows"], answer.context["whole"]):
            line = one["line"]
            opens = [(one["url"], line.n), (one["unknown_url"], line.dark.unknown)]
            opens.append((one["counted_url"], line.dark.counted))
            for told in one["clocks"]:
                timed = told["timed"]
                opens += [(told["met_url"], timed.met), (told["judged_url"], timed.judged)]
                opens.append((told["ended_url"], timed.ended))
            for url, number in opens:
                assert client.get(url).context["total"] == number, (by, url)


def test_a_company_sees_its_own_repairs_and_another_region_none(as_, people, monday):
    own = shown(as_(people.handler))
    assert figures(own.context["whole"]) == ZHAOQING
    assert shown(as_(people.stranger)).context["whole"]["line"].n == 1
    # Asked for by name, others' repairs still show nothing.
    other = shown(as_(people.handler), repairer="CSG-GD-FS")
    assert other.context["whole"]["line"].n == 0
    assert shown(as_(regulator_officer("SERC-YN"))).context["whole"]["line"].n == 0


@pytest.mark.clause("S1-2.1.1i")
def test_hours_per_resident_follow_the_number_of_residents_in_force(as_, people, monday):
    client = as_(people.handler)
    assert "未登记户数" in shown(client).content.decode()
    assert shown(client).context["whole"]["per_resident"] == ""
    url = reverse("complaints:residents_new")
    unit = organisation("CSG-GD-ZQ").pk
    entry = {"organisation": unit, "count": 300_000, "valid_from": "2022-01-01", "basis": "年报"}
    assert client.post(url, entry).status_code == 302
    later = {**entry, "count": 330_000, "valid_from": "2023-03-01"}
    # Sent twice it stands once, whatever is said of a correction.
    for correction in ("", "笔误"):
        assert client.post(url, {**later, "correction": correction}).status_code == 302
    assert ResidentUsers.objects.count() == 2
    # 495 h / 330,000 residents.
    assert shown(client).context["whole"]["per_resident"] == "0.0015"
    # Of February the number of January still counts: the cases of that month are none.
    february = shown(client, since="2023-02-01", until="2023-02-28").context["whole"]["line"]
    assert february.residents == 300_000
    # The unit on a line of its superior has its own number, the superior has none.
    units = shown(as_(people.desk))
    by_key = {r["line"].key: r["per_resident"] for r in units.context["rows"]}
    assert by_key == {"CSG-GD-ZQ": "0.0015", "CSG-GD-FS": ""}
    assert units.context["whole"]["per_resident"] == ""


def test_each_month_costs_no_question_more_and_ends_with_the_period(as_, people, monday):
    """A month that the period cuts off is judged by the residents of the period's last day."""
    for first, count in ((date(2023, 1, 1), 90_000), (date(2023, 3, 20), 100_000)):
        entry = {"count": count, "valid_from": first, "basis": "月报"}
        with clock.standing_at(at("2023-03-31 20:00")):
            residents.enter(organisation("CSG-GD-ZQ"), by=people.handler, now=clock.now(), **entry)
    fault(people, "R-0", "urban", "09:00")
    Case.objects.filter(number="R-0").update(received_at=at("2023-02-06 09:00"))
    client = as_(people.desk)
    asked = {"by": "month", "repairer": "CSG-GD-ZQ"}
    shown(client, **asked)  # the numbers of the menu are counted for the first page only
    with CaptureQueriesContext(connection) as one:
        shown(client, **asked, until="2023-03-19")
    with CaptureQueriesContext(connection) as two:
        rows = shown(client, **asked, since="2023-02-01", until="2023-03-19").context["rows"]
    assert [r["line"].residents for r in rows] == [90_000, 90_000]
    assert len(one) == len(two)
    rows = shown(client, **asked).context["rows"]
    assert [r["line"].residents for r in rows] == [100_000]


def test_residents_are_entered_by_the_company_and_corrected_with_a_reason(as_, people):
    unit = organisation("CSG-GD-ZQ")
    fields = {"count": 100, "valid_from": date(2023, 1, 1), "basis": "月报", "now": NOW}
    with pytest.raises(Refused, match="供电单位"):
        residents.enter(unit, by=people.officer, **fields)
    with pytest.raises(Refused, match="供电单位"):
        residents.enter(unit, by=people.stranger, **fields)
    residents.enter(unit, by=people.handler, **fields)
    with pytest.raises(Refused, match="更正原因"):
        residents.enter(unit, by=people.handler, **{**fields, "count": 110})
    changed = {**fields, "count": 110, "correction": "漏计新装用户"}
    residents.enter(unit, by=people.desk, **changed)
    assert ResidentUsers.objects.standing().get().count == 110
    assert AuditEvent.objects.filter(kind="residents.correct").count() == 1
    with pytest.raises(Refused, match="晚于今天"):
        residents.enter(unit, by=people.handler, **{**fields, "valid_from": date(2023, 3, 7)})
    told = as_(people.officer).get(reverse("complaints:residents")).content.decode()
    assert "漏计新装用户" in told
    assert (
        "漏计新装用户"
        not in as_(people.stranger).get(reverse("complaints:residents")).content.decode()
    )


def test_handlers_record_households_on_the_page(as_, people):
    case, who = fault(people, "R-9", "urban", "18:00")
    client = as_(who)
    services.act(case, "arrive", by=who, now=moment("18:20"))
    url = reverse("complaints:act", args=[case.pk, "restore"])
    shown_form = client.get(reverse("complaints:case", args=[case.pk])).content.decode()
    assert "受停电影响的居民户数" in shown_form
    given = {"households": "50", "safety": ["identity"], "text": "低压分支箱内作业"}
    with clock.standing_at(moment("19:30")):
        assert client.post(url, {**given, "households": "-1"}).status_code == 422
        late = client.post(url, {**given, "interrupted_at": "2023-03-06T21:00"})
        assert (late.status_code, "停电开始时间须" in late.content.decode()) == (409, True)
        right = {**given, "interrupted_at": "2023-03-06T17:30"}
        assert client.post(url, right).status_code == 302
    repair = Repair.objects.get(case=case)
    assert (repair.households, repair.interrupted_at) == (50, moment("17:30"))
    content = client.get(reverse("complaints:case", args=[case.pk])).content.decode()
    assert "居民停电100户时" in content


def test_systems_tell_households_with_the_restoration(people):
    company, station = Caller(issued("CSG-GD")), Caller(issued("CSG-GD-ZQ"))
    sent = order("F-1", nature="fault", category="", area_type="urban")
    sent["received_at"] = moment("09:00").isoformat()
    assert company.post(CASES, sent).status_code == 201
    url = f"{CASES}F-1/events/"

    def told(caller, kind, text, **more):
        return caller.post(url, {"kind": kind, "at": moment(text).isoformat(), **more})

    assert told(company, "dispatched", "09:02", organisation="CSG-GD-ZQ").status_code == 201
    assert told(station, "accepted", "09:03").status_code == 201
    assert told(station, "arrived", "09:30").status_code == 201
    for wrong in (-1, "12", True, 10**9, 1.5):
        assert told(station, "restored", "10:00", households=wrong).status_code == 422
    assert told(station, "restored", "10:00", interrupted_at="昨天").status_code == 422
    since = moment("08:30").isoformat()
    answer = told(station, "restored", "10:00", households=8, interrupted_at=since)
    assert answer.status_code == 201
    repair = Repair.objects.get()
    assert (repair.households, repair.interrupted_at) == (8, moment("08:30"))


def test_systems_hand_in_repairs_that_are_done(people):
    company = Caller(issued("CSG-GD"))
    done = {
        **order("F-2", nature="fault", category="", area_type="rural"),
        "received_at": moment("09:00").isoformat(),
        "arrived_at": moment("10:31").isoformat(),
        "restored_at": moment("12:00").isoformat(),
        "households": 4,
        "state": "closed",
        "closed_at": moment("12:30").isoformat(),
    }
    assert company.post(CASES, done).status_code == 201
    case = Case.objects.get(number="F-2")
    ended = {c.code: (c.state, c.stopped_at) for c in case.clocks.all()}
    assert ended["arrive"] == ("late", moment("10:31"))
    assert ended["restore"] == ("met", moment("12:00"))
    assert not CaseClock.objects.filter(case=case, state="running").exists()
    # The same again is the same; another number of households is not.
    assert company.post(CASES, done).status_code == 200
    assert company.post(CASES, {**done, "households": 5}).status_code == 409
    for changed in ({"nature": "enquiry"}, {"state": "registered"}, {"households": 1.5}):
        sent = {**done, "number": "F-3", **changed}
        if "state" in changed:
            del sent["closed_at"]
        assert company.post(CASES, sent).status_code == 422, changed


def test_files_bring_repairs_that_are_done(as_, people):
    rows = [
        row(
            "F-1",
            来源="95598",
            受理时间=f"{DAY} 09:00",
            反映渠道="95598电话",
            诉求性质="故障报修",
            被反映单位="CSG-GD-ZQ",
            城乡类别="城区",
            状态="已办结",
            办结时间=f"{DAY} 13:00",
            停电开始时间=f"{DAY} 08:00",
            到达现场时间=f"{DAY} 09:40",
            恢复供电时间=f"{DAY} 11:00",
            停电户数="200",
        )
    ]
    fields = {"source": "95598", "owner": "CSG-GD", "now": NOW}
    outcome = imported(files.xlsx(rows), **fields)
    assert [(p.column, p.message) for p in outcome.listed()] == []
    own = shown(as_(people.handler)).context["whole"]
    # On site after 40 of 45 minutes, restored after 80; 200 × 3 h.
    assert figures(own) == (
        1,
        (1, 1, "100.00%", Decimal("40.0")),
        (1, 1, "100.00%", Decimal("80.0")),
        (1, 0, 200, Decimal("600.00")),
    )
    wrong = [
        {**rows[0], "编号": "F-2", "恢复供电时间": f"{DAY} 09:00"},
        {**rows[0], "编号": "F-3", "停电户数": "很多"},
        {**rows[0], "编号": "F-4", "停电开始时间": "2013-03-06 08:00"},
    ]
    faulty = imported(files.xlsx(wrong), **fields)
    told = [(one.row, one.column) for one in faulty.listed()]
    assert told == [(2, "恢复供电时间"), (3, "停电户数"), (4, "停电开始时间")]


def test_a_fault_that_comes_back_is_another_round(as_, people):
    case = repaired(people, "R-1", "urban", "09:00", "09:30", "10:00", households=10)
    handler, desk = people.handler, people.desk
    case = services.act(case, "reply", by=handler, now=moment("10:10"), text="已恢复")
    case = services.act(case, "rework", by=desk, now=moment("14:00"), text="又停电了")
    case = services.act(case, "arrive", by=handler, now=moment("14:20"))
    case = services.act(case, "restore", by=handler, now=moment("16:00"), households=4)
    # 10 × 1 h and 4 × 2 h; not the hours in between.
    whole = shown(as_(people.handler)).context["whole"]["line"]
    assert (whole.n, whole.dark.hours, whole.dark.counted) == (1, Decimal("18.00"), 1)
    # The last round is judged: 20 minutes to the site, 100 to power.
    assert (whole.arrive.minutes, whole.restore.minutes) == (Decimal("20.0"), Decimal("100.0"))


def test_the_workbook_is_the_table_of_the_page(as_, people, monday):
    query = {**MARCH, "repairer": "CSG-GD"}
    answer = as_(people.officer).get(reverse("complaints:repairs_export"), query)
    rows = list(load_workbook(BytesIO(answer.content)).active.iter_rows(values_only=True))
    head = next(n for n, one in enumerate(rows) if one[0] == "抢修单位")
    table = [dict(zip(rows[head], one, strict=True)) for one in rows[head + 1 : head + 4]]
    assert table[0]["报修件数"] == 4
    assert table[0]["居民停电户时数"] == 495
    assert table[0]["居民用户数"] == "未登记户数"
    assert table[2]["抢修单位"] == "合计"
    assert any("户均停电时间=户时数÷居民用户数" in str(one[0]) for one in rows)
