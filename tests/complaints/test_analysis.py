"""What cases say when they are counted: every number by hand, and each opens its list."""

from datetime import date, timedelta
from io import BytesIO
from urllib.parse import parse_qs, urlsplit

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from complaints.analysis import counting
from complaints.models import Case, CaseLink
from core import clock
from core.periods import Period
from tests.factories.accounts import organisation
from tests.factories.complaints import at, played, received
from tests.factories.memory import remembered

pytestmark = pytest.mark.django_db
NOW = at("2018-03-05 09:00")
TABS = ("trend", "category", "place", "company", "nature", "source", "channel", "satisfaction")
TABS += ("timeliness", "repeat")


@pytest.fixture(autouse=True)
def march():
    with clock.standing_at(NOW):
        yield


@pytest.fixture
def as_(client):
    def sign_in(person):
        client.force_login(person)
        return client

    return sign_in


@remembered
def played_february():
    """February 2018: seven, one of them in Yunnan, and one merged; January 3; February 2017 4."""
    zhaoqing = {"organisation": "CSG-GD-ZQ", "region": "四会市"}
    foshan = {"organisation": "CSG-GD-FS", "category": "supply_quality"}
    closed = {"state": "closed", "outcome": "substantiated"}
    first = received(number="F-1", received_at=at("2018-02-01 00:00"), **zhaoqing)
    second = received(number="F-2", received_at=at("2018-02-28 23:59"), **zhaoqing)
    for number, said in (("F-3", "content"), ("F-4", "fairly"), ("F-5", "not_content")):
        received(
            number=number,
            received_at=at("2018-02-10 10:00"),
            closed_at=at("2018-02-20 10:00"),
            now=NOW,
            satisfaction=said,
            **foshan,
            **closed,
        )
    received(
        number="F-6",
        received_at=at("2018-02-12 10:00"),
        source="95598",
        owner="CSG-GD-ZQ",
        organisation="",
        channel="phone_95598",
        category="bill_price",
    )
    merged = received(number="F-7", received_at=at("2018-02-14 10:00"), **zhaoqing)
    Case.objects.filter(pk=merged.pk).update(state="merged", merged_into=first)
    received(
        number="F-8", owner="SERC-YN", organisation="CSG-YN", received_at=at("2018-02-15 10:00")
    )
    for day in (1, 15, 31):
        received(received_at=at(f"2018-01-{day:02} 10:00"), **zhaoqing)
    for day in (1, 2, 3, 28):
        received(received_at=at(f"2017-02-{day:02} 10:00"), **zhaoqing)
    received(received_at=at("2018-03-01 00:00"), **zhaoqing)
    CaseLink.objects.create(a=second, b=first, kind="repeat", state="confirmed", at=NOW)


@pytest.fixture
def february(people):
    played_february()


def shown(client, **query):
    query = {"since": "2018-02-01", "until": "2018-02-28", **query}
    answer = client.get(reverse("complaints:analysis"), query)
    assert answer.status_code == 200
    return answer


def figures(answer):
    """Label → count of the table."""
    return {line.label: line.counts.now for line in answer.context["table"].lines}


@pytest.mark.clause("S1-2.2.2d")
def test_the_figures_are_those_of_the_cases(as_, people, february):
    client = as_(people.officer)
    assert figures(shown(client, by="category")) == {"供电服务": 6, "营业投诉": 1}
    assert figures(shown(client, by="place")) == {"广东": 5, "云南": 1, "未填": 1}
    assert figures(shown(client, by="company")) == {"广东电网公司": 6, "云南电网公司": 1}
    assert figures(shown(client, by="nature")) == {"投诉": 7}
    assert figures(shown(client, by="source")) == {"12398热线": 6, "95598热线": 1}
    assert figures(shown(client, by="channel")) == {"12398电话": 6, "95598电话": 1}
    said = shown(client, by="satisfaction")
    assert figures(said) == {"未填": 4, "满意": 1, "基本满意": 1, "不满意": 1}
    # Two of three who were asked: 66.67 %.
    assert "满意率66.67%" in said.content.decode()


def test_changes_and_shares_follow_the_number_rules_of_bulletins(as_, people, february):
    table = shown(as_(people.officer), by="category").context["table"]
    service, business = table.lines
    # 6 of 7; January 3, so twice as many; February 2017 4, so half as many again.
    assert (str(service.share), str(business.share)) == ("85.71", "14.29")
    assert (service.counts.previous, service.counts.year_before) == (3, 4)
    assert counting.changed(service.counts.mom) == "+100.00%"
    assert counting.changed(service.counts.yoy) == "+50.00%"
    # Nothing before: no change is computed.
    assert counting.changed(business.counts.mom) == "—"
    assert (table.total.now, table.total.previous, table.total.year_before) == (7, 3, 4)


def test_the_trend_goes_back_a_year_by_month_and_by_week(as_, people, february):
    client = as_(people.officer)
    months = shown(client).context["table"].lines
    assert [months[0].label, months[-1].label] == ["2017年2月", "2018年2月"]
    assert [line.counts.now for line in months] == [4, *[0] * 10, 3, 7]
    assert (months[-1].counts.previous, months[-1].counts.year_before) == (3, 4)
    weeks = shown(client, step="week").context["table"].lines
    assert len(weeks) == 13
    assert (weeks[-1].key, weeks[-1].counts.now) == ("2018-02-26", 2)
    # From 5 to 11 February three, from 12 to 18 two and the merged one not.
    assert [line.counts.now for line in weeks[-5:]] == [2, 3, 2, 0, 2]


def test_every_number_opens_a_list_that_counts_the_same(as_, people, february):
    client = as_(people.officer)
    opened = 0
    for by in TABS:
        answer = shown(client, by=by)
        table = answer.context["table"]
        pairs = [(line.counts.now, line.url) for line in table.lines if line.url]
        pairs += [(n, url) for line in table.lines for n, url in line.more if url]
        for number, url in pairs:
            assert client.get(url).context["total"] == number, (by, url)
            opened += 1
    for stat in shown(client).context["stats"]:
        if isinstance(stat.value, int):
            assert client.get(stat.url).context["total"] == stat.value
    assert opened > 30


def test_it_goes_deeper_into_categories_places_and_companies(as_, people, february):
    client = as_(people.officer)

    def below(answer, label):
        line = next(one for one in answer.context["table"].lines if one.label == label)
        query = {k: v[0] for k, v in parse_qs(urlsplit(line.deeper).query).items()}
        inside = shown(client, **query)
        for one in inside.context["table"].lines:
            assert client.get(one.url).context["total"] == one.counts.now
        return inside

    parts = below(shown(client, by="category"), "供电服务")
    assert figures(parts) == {"供电服务": 3, "供电质量": 3}
    province = below(shown(client, by="place"), "广东")
    # The 95598 order names no place and nobody that it is about.
    assert figures(province) == {"肇庆": 2, "佛山": 3}
    companies = below(shown(client, by="company"), "广东电网公司")
    assert figures(companies) == {"肇庆供电局": 3, "佛山供电局": 3}


def test_clocks_in_time_and_late_are_rates(as_, people, february):
    """Decision within 7 days: one in time, one overdue, one that is still open in March."""
    officer = people.officer
    first = Case.objects.get(number="F-1")
    played(first, ("accept", officer, {}), start=at("2018-02-03 09:00"))
    client = as_(officer)
    lines = {line.key: line for line in shown(client, by="timeliness").context["table"].lines}
    decide = [value for value, _url in lines["decide"].more]
    # F-1 in time; F-8 overdue; F-2 came on the last day of February and has until 7 March.
    assert decide == [1, 1, 1, "50.00%"]
    with clock.standing_at(at("2018-03-20 09:00")):
        client.force_login(officer)
        lines = {line.key: line for line in shown(client, by="timeliness").context["table"].lines}
        assert [value for value, _url in lines["decide"].more] == [1, 2, 0, "33.33%"]


@pytest.mark.clause("S1-3.3.5(2)f")
def test_acceptance_and_closing_in_time_are_rates_and_open_their_cases(as_, people):
    """Decided within 7 days, closed within 60: one in time, one late, one that nobody took up."""
    officer, client = people.officer, as_(people.officer)
    for number, taken, ended in (
        ("T-1", "2018-02-05 09:00", "2018-03-01 09:00"),
        ("T-2", "2018-02-12 09:00", "2018-05-02 09:00"),
        ("T-3", "", ""),
    ):
        case = received(number=number, received_at=at("2018-02-01 09:00"))
        if taken:
            played(case, ("accept", officer, {}), start=at(taken))
            found = {"outcome": "substantiated", "text": "属实"}
            played(
                case,
                ("verify", officer, found),
                ("inform", officer, {"text": "已处理"}),
                ("close", officer, {}),
                start=at(ended),
            )
    with clock.standing_at(at("2018-05-20 09:00")):
        client.force_login(officer)
        table = shown(client, by="timeliness").context["table"]
        lines = {line.key: line for line in table.lines}
        # Until 8 February: T-1 in time, T-2 late, T-3 never.
        assert [value for value, _url in lines["decide"].more] == [1, 2, 0, "33.33%"]
        # T-1 until 6 April; T-2 until 13 April, closed in May; T-3 has no such time yet.
        assert [value for value, _url in lines["close"].more] == [1, 1, 0, "50.00%"]
        in_time = client.get(lines["close"].more[0][1]).content.decode()
        assert ("T-1" in in_time, "T-2" in in_time) == (True, False)


@pytest.mark.clause("S1-1.2b")
def test_complaints_about_conduct_are_counted_and_followed_for_each_unit(as_, people):
    """Attitude, conduct, opening hours: the whole category and each part, by unit and by month."""
    for unit, day, category in (
        ("CSG-GD-ZQ", "2017-02-10", "staff_attitude"),
        ("CSG-GD-ZQ", "2018-01-10", "staff_attitude"),
        ("CSG-GD-ZQ", "2018-02-10", "staff_attitude"),
        ("CSG-GD-ZQ", "2018-02-11", "staff_conduct"),
        ("CSG-GD-FS", "2018-02-12", "opening_hours"),
        ("CSG-GD-FS", "2018-02-13", "bill_price"),
    ):
        received(
            source="95598",
            owner="CSG-GD",
            channel="phone_95598",
            organisation=unit,
            category=category,
            received_at=at(f"{day} 09:00"),
        )
    client = as_(people.officer)
    asked = {"category": "service_complaint", "unit": "CSG-GD"}
    units = shown(client, by="company", **asked).context["table"]
    zhaoqing, foshan = units.lines
    assert figures(shown(client, by="company", **asked)) == {"肇庆供电局": 2, "佛山供电局": 1}
    # Twice as many as in January, and as in February of the year before.
    assert counting.changed(zhaoqing.counts.mom) == "+100.00%"
    assert counting.changed(zhaoqing.counts.yoy) == "+100.00%"
    assert client.get(foshan.url).context["total"] == 1
    months = shown(client, category="service_complaint", unit="CSG-GD-ZQ").context["table"].lines
    assert [line.counts.now for line in months] == [1, *[0] * 10, 1, 2]
    attitude = shown(client, category="staff_attitude", unit="CSG-GD-ZQ").context["table"].lines
    assert attitude[-1].counts.now == 1


def test_repeats_are_counted_by_company(as_, people, february):
    line = shown(as_(people.officer), by="repeat").context["table"].lines[0]
    assert [value for value, _url in line.more] == [2, "33.33%"]
    assert CaseLink.objects.update(state="undone")
    line = shown(as_(people.officer), by="repeat").context["table"].lines[0]
    assert [value for value, _url in line.more] == [0, "0.00%"]


def test_everybody_counts_only_what_is_in_sight(as_, people, february):
    received(number="R-1", nature="report", received_at=at("2018-02-03 10:00"))
    of_the_company = shown(as_(people.handler), by="nature")
    assert figures(of_the_company) == {"投诉": 3}
    assert figures(shown(as_(people.officer), by="nature")) == {"投诉": 7, "举报": 1}


def test_the_workbook_is_the_table_of_the_page(as_, people, february):
    client = as_(people.officer)
    query = {"since": "2018-02-01", "until": "2018-02-28", "by": "category"}
    answer = client.get(reverse("complaints:analysis_export"), query)
    sheet = load_workbook(BytesIO(answer.content)).active
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    head = ["业务类别", "件数", "占比（%）", "上期件数", "环比", "上年同期件数", "同比"]
    assert rows[0] == head
    assert rows[1] == ["供电服务", 6, 85.71, 3, "+100.00%", 4, "+50.00%"]
    assert rows[3][:2] == ["合计", 7]
    everything = str(rows)
    assert "统计期：2018-02-01至2018-02-28" in everything
    assert people.officer.username in everything


def test_the_page_holds_chart_table_and_an_address_that_says_everything(as_, people, february):
    client = as_(people.officer)
    text = shown(client, by="company", source="offices").content.decode()
    for words in ("<svg", "data-print", "analysis.xlsx?by=company", "12398热线及来信"):
        assert words in text
    nothing = shown(client, by="category", nature="praise").content.decode()
    assert "统计期内没有符合条件的诉求" in nothing
    for query in ({"by": "odd"}, {"since": "x", "until": "y"}, {"unit": "odd"}, {"clock": "a:b"}):
        assert client.get(reverse("complaints:analysis"), query).status_code == 200
    default = client.get(reverse("complaints:analysis")).context["asked"].period
    assert default == Period(date(2018, 2, 1), date(2018, 2, 28))


def test_the_page_asks_no_more_for_more_cases(as_, people, february, django_assert_max_num_queries):
    client = as_(people.officer)
    for number in range(6):
        received(
            received_at=at("2018-02-20 10:00") + timedelta(days=number % 3),
            organisation=organisation("CSG-GD-GZ").code if number % 2 else "CSG-GD-SZ",
        )
    for by in TABS:
        with django_assert_max_num_queries(24):
            shown(client, by=by)


def test_weeks_and_months_are_cut_at_their_edges():
    weeks = counting.steps(Period(date(2018, 2, 1), date(2018, 2, 28)), "week")
    assert (weeks[-1].first, weeks[-1].last) == (date(2018, 2, 26), date(2018, 3, 4))
    assert counting.before(weeks[-1], "week").first == date(2017, 2, 27)
    months = counting.steps(Period(date(2016, 2, 10), date(2018, 2, 28)), "month")
    assert (months[0].first, len(months)) == (date(2016, 2, 1), 25)
