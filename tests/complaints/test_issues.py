"""Companies report hot and hard issues; the page shows beside them what the cases say."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from complaints.models import HotIssueReport
from complaints.services.issues import Issue, report_issues
from complaints.services.records import Faulty
from core import clock
from core.errors import Conflict, Refused
from core.models import AuditEvent
from core.periods import Period
from tests.factories.accounts import organisation
from tests.factories.complaints import at, received
from tests.reading import text_of

pytestmark = pytest.mark.django_db
NOW = at("2018-03-05 09:00")
FEBRUARY = Period(date(2018, 2, 1), date(2018, 2, 28))
VOLTAGE = Issue("城东片区低电压", "hot", "voltage_quality", "四会市", 3, "线路过长", "新建台区")


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


def reported(*issues, **more):
    company = organisation("CSG-GD-ZQ")
    return report_issues(organisation=company, period=FEBRUARY, issues=issues, now=NOW, **more)


def filled(*rows, **fields):
    """What the form sends: numbers of the hotline and one row for each issue."""
    sent = {"received": "", "complaints": "", "summary": "", **fields}
    sent |= {"issues-TOTAL_FORMS": len(rows), "issues-INITIAL_FORMS": 0}
    for place, row in enumerate(rows):
        sent |= {f"issues-{place}-{name}": value for name, value in row.items()}
    return sent


@pytest.mark.clause("S1-2.2.2b")
def test_a_company_reports_and_the_regulator_reads_it_beside_the_cases(as_, people):
    company = organisation("CSG-GD-ZQ")
    orders = {"source": "95598", "owner": "CSG-GD-ZQ", "channel": "phone_95598"}
    for day, category in ((1, "voltage_quality"), (28, "voltage_quality"), (5, "bill_price")):
        received(
            received_at=at(f"2018-02-{day:02} 10:00"),
            category=category,
            region="四会市",
            **orders,
        )
    # Another month, another company, and one that the office got: none of them counts.
    received(received_at=at("2018-03-01 00:00"), category="voltage_quality", **orders)
    received(received_at=at("2018-02-05 10:00"), organisation="CSG-GD-FS")
    received(received_at=at("2018-02-06 10:00"), region="四会市")
    url = reverse("complaints:issue_new")
    row = {"kind": "hot", "title": "城东片区低电压", "category": "voltage_quality", "count": 3}
    sent = {"organisation": company.pk, "period": "2018-02-01_2018-02-28", "received": 3}
    client = as_(people.handler)
    assert client.get(url).status_code == 200
    kept = client.post(url, filled({**row, "region": "四会市"}, {"kind": "hot"}, **sent))
    draft = HotIssueReport.objects.get()
    assert kept["Location"] == reverse("complaints:issue_report", args=[draft.pk])
    page = reverse("complaints:issue_report", args=[draft.pk])
    assert as_(people.officer).get(page).status_code == 404
    assert (
        as_(people.handler).post(reverse("complaints:issue_submit", args=[draft.pk])).status_code
        == 302
    )
    shown = as_(people.officer).get(page)
    compared = shown.context["compared"]
    assert (compared.received.reported, compared.received.counted) == (3, 3)
    assert compared.received.difference == 0
    issue = compared.issues[0]
    assert (issue.hotline.counted, issue.hotline.difference, issue.offices) == (2, 1, 0)
    assert "+1" in text_of(shown)
    # The subjects that nobody named: supply service of 12398 and bills of 95598.
    assert [(one.category, one.n) for one in compared.unnamed] == [
        ("bill_price", 1),
        ("supply_service", 1),
    ]
    listed = text_of(as_(people.officer).get(reverse("complaints:issues")))
    assert "2018年2月" in listed


def test_every_number_opens_a_list_that_counts_the_same(as_, people):
    orders = {"source": "95598", "owner": "CSG-GD-ZQ", "channel": "phone_95598"}
    for _n in range(2):
        received(
            received_at=at("2018-02-02 10:00"),
            category="voltage_quality",
            region="四会市",
            **orders,
        )
    received(received_at=at("2018-02-02 10:00"), category="bill_price", **orders)
    report, _new = reported(VOLTAGE)
    client = as_(people.officer)
    page = client.get(reverse("complaints:issue_report", args=[report.pk]))
    compared = page.context["compared"]
    for shown in (compared.received, compared.complaints, compared.issues[0].hotline):
        assert client.get(shown.url).context["total"] == shown.counted
    assert [row.hotline.counted for row in compared.issues] == [2]


def test_the_same_report_again_changes_nothing_and_another_content_is_a_conflict(people):
    report, new = reported(VOLTAGE, received=10, by=people.handler)
    assert new
    assert reported(VOLTAGE, received=10) == (report, False)
    with pytest.raises(Conflict):
        reported(VOLTAGE, received=11)
    corrected, new = reported(VOLTAGE, received=11, correction="漏计1件")
    report.refresh_from_db()
    assert (new, corrected.version, corrected.correction) == (True, 2, "漏计1件")
    assert (report.state, report.received) == ("replaced", 10)
    trace = AuditEvent.objects.filter(kind="issues.submit").order_by("pk").last()
    assert trace.reason == "漏计1件"


def test_all_mistakes_are_named_by_field(people):
    wrong = Issue("", "odd", "nothing", "某地", -1, "请联系13800001234", "x" * 2001)
    with pytest.raises(Faulty) as fault:
        reported(VOLTAGE, wrong, received=1, complaints=2)
    names = ("title", "kind", "category", "region", "count", "description", "measures")
    assert set(fault.value.errors) == {"complaints", *(f"issues.1.{name}" for name in names)}
    with pytest.raises(Faulty, match="请在综合情况中说明"):
        reported()
    assert reported(summary="本期无焦点、难点问题。")[1]
    running = Period(date(2018, 3, 1), date(2018, 3, 31))
    company = organisation("CSG-GD-ZQ")
    for period in (running, Period(date(2018, 2, 1), date(2018, 2, 27))):
        with pytest.raises(Faulty):
            report_issues(organisation=company, period=period, issues=[VOLTAGE], now=NOW)


def test_a_correction_on_the_page_keeps_the_version_that_stood(as_, people):
    report, _new = reported(VOLTAGE, by=people.handler)
    client = as_(people.handler)
    url = reverse("complaints:issue_correct", args=[report.pk])
    assert client.post(url, {"reason": " "}).status_code == 409
    client.post(url, {"reason": "件数有误"})
    draft = HotIssueReport.objects.get(state="draft")
    edit = reverse("complaints:issue_edit", args=[draft.pk])
    assert "城东片区低电压" in text_of(client.get(edit))
    row = {"kind": "hard", "title": "城东片区低电压", "count": 4}
    assert client.post(edit, filled(row)).status_code == 302
    client.post(reverse("complaints:issue_submit", args=[draft.pk]))
    versions = HotIssueReport.objects.order_by("version")
    stood = list(versions.values_list("version", "state", "issues__count"))
    assert stood == [(1, "replaced", 3), (2, "submitted", 4)]
    assert client.post(reverse("complaints:issue_submit", args=[draft.pk])).status_code == 409
    assert client.get(edit).status_code == 409


def test_the_form_says_what_is_wrong_where_it_is_wrong(as_, people):
    client, url = as_(people.handler), reverse("complaints:issue_new")
    sent = {"organisation": organisation("CSG-GD-ZQ").pk, "period": "2018-02-01_2018-02-28"}
    empty, wrong = {"kind": "hot"}, {"kind": "hot", "title": "电价", "region": "某地", "count": 1}
    answer = client.post(url, filled(empty, wrong, **sent))
    assert (answer.status_code, "找不到地区“某地”" in text_of(answer)) == (422, True)
    assert answer.context["rows"][1].errors
    without = client.post(url, filled({"kind": "hot", "title": "电价"}, **sent))
    assert "请填写件数" in text_of(without)
    assert HotIssueReport.objects.count() == 0
    kept = client.post(url, filled({**wrong, "region": ""}, more="1", **sent))
    draft = HotIssueReport.objects.get()
    assert kept["Location"] == reverse("complaints:issue_edit", args=[draft.pk])
    assert client.post(reverse("complaints:issue_drop", args=[draft.pk])).status_code == 302
    assert HotIssueReport.objects.count() == 0


def test_only_the_company_itself_reports(as_, people):
    report, _new = reported(VOLTAGE)
    with pytest.raises(Refused):
        reported(VOLTAGE, received=1, correction="x", by=people.stranger)
    page = reverse("complaints:issue_report", args=[report.pk])
    assert as_(people.stranger).get(page).status_code == 404
    # The provincial company reads what its units report and reports for them.
    assert as_(people.desk).get(page).status_code == 200
    assert as_(people.officer).get(reverse("complaints:issue_new")).status_code == 403
    office = organisation("SERC-NF")
    with pytest.raises(Refused):
        report_issues(organisation=office, period=FEBRUARY, issues=[VOLTAGE], now=NOW)


def test_reports_on_the_company_are_not_in_the_numbers_that_it_reads(as_, people):
    received(received_at=NOW - timedelta(days=20), nature="report", category="supply_quality")
    report, _new = reported(VOLTAGE)
    page = reverse("complaints:issue_report", args=[report.pk])
    of_the_company = as_(people.handler).get(page).context["compared"]
    of_the_office = as_(people.officer).get(page).context["compared"]
    assert [one.n for one in of_the_company.unnamed] == []
    assert [(one.category, one.n) for one in of_the_office.unnamed] == [("supply_quality", 1)]


def test_the_page_asks_no_more_for_more_issues(as_, people, django_assert_max_num_queries):
    report, _new = reported(*[VOLTAGE] * 12)
    client = as_(people.officer)
    with django_assert_max_num_queries(25):
        client.get(reverse("complaints:issue_report", args=[report.pk]))
