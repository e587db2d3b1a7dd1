"""What regulators and companies hand to each other through the API, and the ledger of it."""

import json
from datetime import timedelta

import pytest
from django.urls import reverse

from complaints.models import Case, HotIssueReport, HotlineMessage
from complaints.services.reconciling import content_digest, our_lines, unit_digest
from core import clock
from tests.factories import hotline
from tests.factories.accounts import organisation
from tests.factories.clients import Caller, issued
from tests.factories.complaints import at, played, received

pytestmark = pytest.mark.django_db
MORNING = at("2018-03-05 09:00")
NOW = at("2018-03-05 15:00")
TRANSFERS = "/api/v1/hotline/transfers/"
ISSUES = "/api/v1/hotline/issues/"
DAY = "/api/v1/hotline/reconciliation/2018-03-05/"
CASES = "/api/v1/hotline/cases/"


@pytest.fixture(autouse=True)
def afternoon():
    with clock.standing_at(NOW):
        yield


@pytest.fixture
def company(catalogues):
    made = issued("CSG-GD")
    caller = Caller(made)
    caller.client_row = made.client
    return caller


@pytest.fixture
def as_(client):
    def sign_in(person):
        client.force_login(person)
        return client

    return sign_in


def handed_over(people, to="CSG-GD-ZQ", start=MORNING, **fields):
    case = received(received_at=start, **fields)
    accept = [("accept", people.officer, {})] if start.year < 2025 else []
    hand = ("transfer", people.officer, {"organisation": organisation(to)})
    return played(case, *accept, hand, start=start)


def numbers(answer):
    assert answer.status_code == 200, answer.content
    return [item["number"] for item in answer.json()["items"]]


def ledger():
    rows = HotlineMessage.objects.filter(direction="in").order_by("organisation", "sequence")
    return [(m.sequence, m.kind, m.number, m.status, m.refused, m.attempts) for m in rows]


def test_transfers_are_listed_for_those_who_have_them(people, company):
    mine = handed_over(people, number="A-1")
    handed_over(people, to="CSG-GD-FS", number="A-2")
    received(received_at=MORNING, number="A-3")
    report = handed_over(people, number="A-4", nature="report", organisation="GXSL")
    assert numbers(company.get(TRANSFERS)) == ["A-1", "A-2", "A-4"]
    (item, *_others) = company.get(TRANSFERS, {"limit": 1}).json()["items"]
    assert (item["owner"], item["holder"]) == ("SERC-NF", "CSG-GD-ZQ")
    assert item["transferred_at"] == "2018-03-05T09:01:00+08:00"
    assert item["digest"] == content_digest(mine, company.client_row.organisation)
    assert item["complainant"]["phone"] != "13800001234"
    assert numbers(Caller(issued("CSG-GD-ZQ")).get(TRANSFERS)) == ["A-1", report.number]
    assert numbers(Caller(issued("CSG-YN")).get(TRANSFERS)) == []
    assert numbers(Caller(issued("SERC-NF")).get(TRANSFERS)) == []
    played(mine, ("take", people.handler, {}), start=MORNING + timedelta(hours=1))
    assert numbers(company.get(TRANSFERS, {"state": "waiting"})) == ["A-2", "A-4"]
    assert company.get(TRANSFERS, {"state": "lost"}).status_code == 400
    first = company.get(TRANSFERS, {"limit": 2}).json()
    second = company.get(TRANSFERS, {"limit": 2, "cursor": first["next"]})
    assert len(first["items"]) + len(numbers(second)) == 3


def test_a_transfer_is_received_and_answered_once(people, company):
    case = handed_over(people, number="12398/A-1")
    url = f"{TRANSFERS}12398/A-1/"
    taken = company.post(f"{url}receive/", {"id": "m1", "by": "坐席7号"})
    assert (taken.status_code, taken.json()["state"]) == (201, "handling")
    again = company.post(f"{url}receive/", {"id": "m1", "by": "坐席7号"})
    assert (again.status_code, again.json()["sequence"]) == (200, taken.json()["sequence"])
    assert company.post(f"{url}receive/", {"id": "m2"}).status_code == 409
    wrong = company.post(f"{url}reply/", {"txet": "已处理"})
    assert wrong.status_code == 422
    assert {e["field"] for e in wrong.json()["errors"]} == {"text"}
    replied = company.post(f"{url}reply/", {"text": "线路已改造。", "id": "m3"})
    assert (replied.status_code, replied.json()["state"]) == (201, "replied")
    case.refresh_from_db()
    assert (case.state, case.answerable.code) == ("replied", "CSG-GD-ZQ")
    number = "12398/A-1"
    assert ledger() == [
        (1, "transfer.receive", number, 200, False, 2),
        (2, "transfer.receive", number, 409, True, 1),
        (3, "transfer.reply", number, 201, False, 2),
    ]


def test_since_2025_the_company_closes_what_it_found_out(people, company):
    start = at("2026-03-02 09:00")
    with clock.standing_at(start + timedelta(hours=2)):
        company = Caller(issued("CSG-GD"))
        handed_over(people, number="B-1", start=start)
        url = f"{TRANSFERS}B-1/"
        assert company.post(f"{url}receive/").status_code == 201
        assert company.post(f"{url}reply/", {"text": "已处理"}).status_code == 409
        said = {"text": "已处理", "outcome": "属实", "close": "yes"}
        assert company.post(f"{url}reply/", said).status_code == 422
        answer = company.post(f"{url}reply/", {**said, "close": True})
        assert (answer.status_code, answer.json()["state"]) == (201, "closed")
    case = Case.objects.get(number="B-1")
    assert (case.state, case.outcome) == ("closed", "substantiated")


def test_a_transfer_is_given_back_with_a_reason(people, company):
    case = handed_over(people, number="C-1")
    url = f"{TRANSFERS}C-1/return/"
    missing = company.post(url, {"text": "不在供电区"})
    assert missing.status_code == 422
    reason = {"text": "不在供电区", "reason": "not_our_area"}
    wrong = company.post(url, {**reason, "reason": "no such reason"})
    assert wrong.status_code == 422
    from complaints import asks
    from complaints.workflow import Act

    terms = asks.choices(asks.ASKS[Act.RETURN_SLIP][0], nature=case.nature, on=MORNING.date())
    given = {**reason, "reason": terms[0].label}
    # A key that came too early is free when the transfer is there.
    early = company.post(f"{TRANSFERS}C-2/return/", given, key="k2")
    assert early.status_code == 404
    back = company.post(url, given, key="k1")
    assert (back.status_code, back.json()["state"]) == (201, "accepted")
    assert company.post(url, reason).status_code == 404
    # The line broke before the answer: sent again, it is the first answer.
    again = company.post(url, given, key="k1")
    assert (again.status_code, again.json()) == (201, back.json())
    handed_over(people, number="C-2")
    assert company.post(f"{TRANSFERS}C-2/return/", given, key="k2").status_code == 201
    case.refresh_from_db()
    assert case.holder.code == "SERC-NF"


def test_what_is_not_handed_over_is_not_there(people, company):
    received(received_at=MORNING, number="D-1")
    own = received(
        received_at=MORNING, source="95598", owner="CSG-GD", channel="phone_95598", category=""
    )
    handed_over(people, number=own.number)
    for number in ("D-1", "nothing", "a" * 50):
        assert company.post(f"{TRANSFERS}{number}/receive/").status_code == 404
    # The company's own case with the same number is no transfer and not in the way.
    assert company.post(f"{TRANSFERS}{own.number}/receive/").status_code == 201
    reader = Caller(issued("CSG-GD", scopes=["cases.read"]))
    assert reader.post(f"{TRANSFERS}{own.number}/receive/").status_code == 403
    assert Caller().get(TRANSFERS).status_code == 401


def test_two_offices_with_one_number_are_told_apart(people, company):
    handed_over(people, number="E-1")
    other = received(received_at=MORNING, number="E-1", owner="SERC-YN")
    Case.objects.filter(pk=other.pk).update(
        state="dispatched", holder=organisation("CSG-GD-ZQ"), accepted=True
    )
    url = f"{TRANSFERS}E-1/receive/"
    assert company.post(url).status_code == 409
    assert company.post(f"{url}?owner=SERC-NF").status_code == 201
    assert company.post(f"{url}?owner=NOBODY").status_code == 404


def test_issues_are_reported_once_and_corrected_with_a_reason(company):
    report = {
        "period": {"from": "2018-02-01", "to": "2018-02-28"},
        "received": 120,
        "complaints": 7,
        "summary": "总体平稳。",
        "issues": [
            {"title": "夏季电压偏低", "kind": "hard", "count": 12, "region": "440000"},
            {"title": "抄表差错", "category": "抄表催费", "due_on": "2018-06-30", "solved": False},
        ],
    }
    first = company.post(ISSUES, report)
    assert first.status_code == 201, first.content
    assert first.json()["period"] == report["period"]
    assert company.post(ISSUES, report).status_code == 200
    changed = {**report, "received": 121}
    assert company.post(ISSUES, changed).status_code == 409
    corrected = company.post(ISSUES, {**changed, "correction": "漏计一件"})
    assert (corrected.status_code, corrected.json()["version"]) == (201, 2)
    standing = HotIssueReport.objects.standing().get()
    assert (standing.organisation.code, standing.received) == ("CSG-GD", 121)
    assert [one.category for one in standing.issues.all()] == ["", "reading_dunning"]
    assert ledger() == [(1, "issues", "2018-02-01/2018-02-28", 201, False, 4)]


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"period": "2018-02"}, {"period"}),
        ({"period": {"from": "2018-02-28", "to": "2018-02-01"}}, {"period"}),
        ({"period": {"from": "2018-03-01", "to": "2018-03-31"}}, {"period"}),
        ({"recieved": 1}, {"recieved"}),
        ({"received": -1, "complaints": True}, {"received", "complaints"}),
        ({"summary": 7}, {"summary"}),
        ({"summary": "来电13800001234"}, {"summary"}),
        ({"issues": ["x"]}, {"issues"}),
        ({"issues": [{"title": "", "count": "many"}]}, {"issues.0.count"}),
        ({"issues": [{"title": ""}]}, {"issues.0.title"}),
        (
            {"issues": [{"title": "a", "due_on": "soon", "solved": 1, "x": 1}]},
            {"issues.0.due_on", "issues.0.solved", "issues.0.x"},
        ),
    ],
)
def test_every_wrong_field_of_a_report_is_named(company, changes, fields):
    report = {"period": {"from": "2018-02-01", "to": "2018-02-28"}, "summary": "平稳。"}
    answer = company.post(ISSUES, {**report, **changes})
    assert answer.status_code == 422, answer.content
    assert {one["field"] for one in answer.json()["errors"]} == fields
    assert ledger()[0][3:5] == (422, True)


def own(number, **fields):
    fields = {"channel": "phone_95598", "nature": "enquiry", "category": "", **fields}
    return received(received_at=MORNING, source="95598", owner="CSG-GD", number=number, **fields)


def test_a_day_is_compared_in_two_steps(company):
    for number in range(4):
        own(f"R-{number}", organisation=("CSG-GD-ZQ", "CSG-GD-FS")[number % 2])
    shown = company.get(DAY, {"unit": "CSG-GD-FS"}).json()
    assert [(u["unit"], u["count"]) for u in shown["units"]] == [("CSG-GD-FS", 2), ("CSG-GD-ZQ", 2)]
    assert [line["number"] for line in shown["cases"]] == ["R-1", "R-3"]
    lines = our_lines(organisation("CSG-GD"), MORNING.date())
    of_unit = {u: [x for x in lines if x.unit == u] for u in ("CSG-GD-ZQ", "CSG-GD-FS")}
    units = [
        {"unit": unit, "count": len(rows), "digest": unit_digest(rows)}
        for unit, rows in of_unit.items()
    ]
    equal = company.post(DAY, {"units": units}).json()
    assert (equal["state"], equal["asks"], equal["differences"]) == ("equal", [], [])
    units[1] = {"unit": "CSG-GD-FS", "count": 1, "digest": "0" * 64}
    asked = company.post(DAY, {"units": units}).json()
    assert (asked["state"], asked["asks"]) == ("open", ["CSG-GD-FS"])
    kept = next(x for x in lines if x.number == "R-3")
    cases = [{"number": "R-3", "unit": kept.unit, "state": "closed", "digest": kept.digest}]
    found = company.post(DAY, {"units": units, "cases": cases}).json()
    assert (found["state"], found["differences_total"]) == ("different", 2)
    assert [(d["kind"], d["number"], d["here"], d["there"]) for d in found["differences"]] == [
        ("missing_there", "R-1", "", ""),
        ("state", "R-3", "registered", "closed"),
    ]


@pytest.mark.parametrize(
    ("value", "fields"),
    [
        ({}, {"units"}),
        ({"units": {}}, {"units"}),
        ({"units": [7]}, {"units.0"}),
        ({"units": [{"unit": "A", "count": "1", "digest": "x"}]}, {"units.0.count"}),
        (
            {"units": [{"unit": "", "count": 1, "digest": "x" * 65}]},
            {"units.0.unit", "units.0.digest"},
        ),
        (
            {"units": [], "cases": [{"number": "1"}]},
            {"cases.0.unit", "cases.0.state", "cases.0.digest"},
        ),
        ({"units": [], "cases": "all"}, {"cases"}),
        ({"units": [], "else": 1}, {"else"}),
    ],
)
def test_every_wrong_field_of_a_comparison_is_named(company, value, fields):
    answer = company.post(DAY, value)
    assert answer.status_code == 422, answer.content
    assert {one["field"] for one in answer.json()["errors"]} == fields


def test_days_that_are_none_or_not_over_are_refused(company):
    for day in ("2018-02-30", "yesterday", "2018-3-5"):
        assert company.get(DAY.replace("2018-03-05", day)).status_code == 404
    tomorrow = DAY.replace("2018-03-05", "2018-03-06")
    assert company.post(tomorrow, {"units": []}).status_code == 422
    assert company.post(DAY, b"[]").status_code == 400


CASE = {
    "received_at": "2018-03-05T09:00:00+08:00",
    "channel": "phone_95598",
    "nature": "enquiry",
    "content": "咨询电价",
}


@pytest.mark.parametrize("kind", ["text/plain", "application/x-ndjson"])
def test_issues_in_another_format_are_refused_as_such(company, kind):
    answer = company.post(ISSUES, b"{}", kind=kind)
    assert (answer.status_code, answer.json()["title"]) == (415, "不支持的内容类型")


def test_every_message_stands_in_the_ledger_with_its_attempts(company):
    good = {**CASE, "number": "L-1"}
    assert company.post(CASES, good).status_code == 201
    assert company.post(CASES, good).status_code == 200
    assert company.post(CASES, {**CASE, "number": "L-2", "nature": "禁"}).status_code == 422
    assert company.post(CASES, {**CASE, "number": "L-2"}).status_code == 201
    assert company.post(f"{CASES}L-1/events/", {"kind": "arrived"}).status_code == 409
    # Who has no right has sent nothing.
    assert Caller(issued("CSG-GD", scopes=["cases.read"])).post(CASES, good).status_code == 403
    assert ledger() == [
        (1, "case", "L-1", 200, False, 2),
        (2, "case", "L-2", 201, False, 2),
        (3, "event.arrived", "L-1", 409, True, 1),
    ]


def test_a_batch_is_one_message_and_each_refused_line_another(company):
    lines = [{**CASE, "number": f"M-{n}"} for n in range(3)]
    lines[1]["channel"] = "鸽子"
    body = "".join(json.dumps(line) + "\n" for line in lines).encode()
    kind = "application/x-ndjson"
    assert company.post(f"{CASES}batch/", body, kind=kind, key="k1").status_code == 200
    batch = HotlineMessage.objects.get(kind="batch")
    assert (batch.lines, batch.lines_refused, batch.external_id) == (3, 1, "k1")
    refused = HotlineMessage.objects.get(kind="case")
    assert (refused.number, refused.refused, refused.fields) == ("M-1", True, ["channel"])
    assert company.post(CASES, {**CASE, "number": "M-1"}).status_code == 201
    refused.refresh_from_db()
    assert (refused.refused, refused.attempts) == (False, 2)


def test_the_page_shows_what_came_in_and_which_fields_were_wrong(company, as_, people):
    company.post(CASES, {**CASE, "number": "P-1"})
    company.post(CASES, {**CASE, "number": "P-2", "nature": "禁"})
    client, page = as_(people.desk), reverse("complaints:sync")
    shown = client.get(page).content.decode()
    assert "报送诉求" in shown
    assert reverse("complaints:case", args=[Case.objects.get(number="P-1").pk]) in shown
    refused = client.get(page, {"state": "refused"}).content.decode()
    assert (">P-1<" in refused, "P-2" in refused, "nature" in refused) == (False, True, True)
    message = HotlineMessage.objects.get(number="P-2")
    one = client.get(reverse("complaints:sync_message", args=[message.pk])).content.decode()
    assert "422" in one


def test_the_ledger_keeps_nothing_of_what_was_said(company):
    person = {"name": "赵某某", "phone": "13800001234"}
    value = {**CASE, "number": "Z-1", "content": "请回电13800001234", "complainant": person}
    assert company.post(CASES, value).status_code == 201
    assert (
        company.post(CASES, {**value, "number": "Z-2", "channel": "来人赵某某"}).status_code == 422
    )
    rows = str(list(HotlineMessage.objects.values()))
    assert [word for word in ("赵某某", "13800001234", "回电") if word in rows] == []


@pytest.mark.clause("S1-2.2.2a")
def test_one_number_shows_the_whole_way_between_the_two_hotlines(company, as_, people):
    """Handed over by the office, called out, received and answered; tied to the company's case."""
    hotline.endpoint(client=company.client_row)
    case = received(received_at=MORNING, number="12398-7")
    office = as_(people.officer)
    for what, answers in (
        ("accept", {}),
        ("transfer", {"organisation": organisation("CSG-GD-ZQ").pk}),
    ):
        done = office.post(reverse("complaints:act", args=[case.pk, what]), answers)
        assert done.status_code == 302
    mine = {**CASE, "number": "95598-7", "organisation": "CSG-GD-ZQ", "linked": ["12398-7"]}
    assert company.post(CASES, mine).json()["linked"] == ["12398-7"]
    assert company.post(f"{TRANSFERS}12398-7/receive/").status_code == 201
    assert company.post(f"{TRANSFERS}12398-7/reply/", {"text": "已改造"}).status_code == 201
    shown = office.get(reverse("complaints:sync"), {"number": "12398-7"}).content.decode()
    for words in ("诉求转办", "接收转办", "答复转办"):
        assert f">{words}</a>" in shown
    assert "95598-7" not in shown
    timeline = office.get(reverse("complaints:case", args=[case.pk])).content.decode()
    for words in ("转办企业", "接单", "答复"):
        assert words in timeline
