"""The API of the hotlines: cases come in once, by one or by many, and are read by who may."""

import json
from datetime import date, timedelta

import pytest
from django.db import connection
from django.urls import reverse

from accounts.models import Organisation
from complaints.models import Case, CaseEvent, CaseLink, Term
from core import clock
from core.api import idempotency
from core.models import AuditEvent, KeyedRequest
from tests.factories import complaints as cases
from tests.factories.clients import Caller, issued

pytestmark = pytest.mark.django_db
CASES, BATCH = "/api/v1/hotline/cases/", "/api/v1/hotline/cases/batch/"
NDJSON = "application/x-ndjson"
KEYS = {
    *("number", "source", "received_at", "channel", "nature", "industry", "category", "content"),
    *("complainant", "account_no", "address", "region", "organisation", "feeder", "urgency"),
    *("transformer_area", "area_type", "linked", "state", "clocks", "updated_at"),
}


@pytest.fixture(autouse=True)
def day(catalogues):
    instant = cases.at("2018-03-06 09:00")
    with clock.standing_at(instant):
        yield instant


@pytest.fixture
def company(day):
    return Caller(issued("CSG-GD"))


@pytest.fixture
def office(day):
    return Caller(issued("SERC-NF"))


def order(number="ZQ-1", **changes):
    """A work order of 95598 as its system would send it."""
    return {
        "number": number,
        "received_at": "2018-03-05T09:00:00+08:00",
        "channel": "phone_95598",
        "nature": "complaint",
        "category": "service_complaint",
        "organisation": "CSG-GD-ZQ",
        "content": "家中频繁停电，联系13800001234。",
        "complainant": {"name": "赵某某", "phone": "13800001234"},
        "account_no": "0301234567890",
        "address": "肇庆市四会市光明路8号",
        **changes,
    }


def item(number, **changes):
    """An item of 12398 as the regulator's system would send it."""
    fits = {"channel": "phone", "category": "supply_service"}
    return order(number, **{**fits, **changes})


def problem(answer, status):
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
    return answer.json()


def fields(answer):
    return {error["field"] for error in problem(answer, 422)["errors"]}


def test_a_case_comes_in_once_under_its_number(company):
    first = company.post(CASES, order())
    assert first.status_code == 201, first.content
    body = first.json()
    assert set(body) == KEYS
    assert (body["number"], body["source"], body["state"]) == ("ZQ-1", "95598", "registered")
    assert body["received_at"] == "2018-03-05T09:00:00+08:00"
    assert body["complainant"]["phone"] == "138****1234"
    assert "13800001234" not in first.content.decode()
    assert company.post(CASES, order()).status_code == 200
    other = problem(company.post(CASES, order(content="别的内容")), 409)
    assert other["title"] == "不能办理"
    assert other["detail"] == "编号ZQ-1已用于内容不同的诉求。"
    assert Case.objects.count() == 1
    assert CaseEvent.objects.count() == 1
    event = AuditEvent.objects.get(kind="case.receive")
    assert event.place.startswith("api:")
    assert event.actor_id is None


def test_the_clocks_of_a_case_are_told_with_where_they_are_explained(office):
    case = office.post(CASES, item("N-1")).json()
    assert case["clocks"] == office.get(f"{CASES}N-1/").json()["clocks"]
    # 12398 of 2017: decided within 7 calendar days after the day of receipt.
    (first, *_rest) = case["clocks"]
    assert (first["state"], first["due_at"]) == ("running", "2018-03-12T23:59:59+08:00")
    pk = Case.objects.get().pk
    assert first["explanation_url"].endswith(f"/cases/{pk}/#clocks")


def test_the_same_case_in_words_or_codes_is_the_same(company):
    assert company.post(CASES, order()).status_code == 201
    words = order(nature=" 投诉", channel="95598电话", category="服务投诉")
    assert company.post(CASES, words).status_code == 200


def test_every_field_that_is_wrong_is_named_at_once(company):
    wrong = order(
        nature="nonsense",
        received_at="2018-03-05 09:00",
        complainant={"name": 7, "phon": "1"},
        linked=["A", "B"],
        feeder="线" * 61,
        organization="CSG-GD",
        clocks=[],
    )
    answer = company.post(CASES, wrong)
    assert fields(answer) == {
        *("received_at", "complainant.name", "complainant.phon", "linked", "feeder"),
        *("organization", "clocks"),
    }
    said = {error["field"]: error["message"] for error in answer.json()["errors"]}
    assert said["organization"] == "没有这个字段，是否为“organisation”？"
    assert said["complainant.phon"] == "没有这个字段，是否为“complainant.phone”？"
    assert fields(company.post(CASES, order(channel=""))) == {"channel"}
    assert fields(company.post(CASES, order(nature="x", organisation="Y"))) == {
        "nature",
        "organisation",
    }
    assert fields(company.post(CASES, {})) == {"number", "received_at", "channel", "nature"}
    assert fields(company.post(CASES, order(content="a\0b"))) == {"content"}
    future = order(received_at="2018-03-07T09:00:00+08:00")
    assert fields(company.post(CASES, future)) == {"received_at"}
    assert Case.objects.count() == 0


def test_a_company_registers_only_what_is_about_itself_or_its_units(company, office):
    for foreign in ("CSG-GX", "CSG-GX-NN", "CSG", "SGCC-HN", "广西电网有限责任公司"):
        assert fields(company.post(CASES, order(organisation=foreign))) == {"organisation"}
    pair = (order("B1", organisation="CSG-GX"), order("B2"))
    batch = company.post(BATCH, "\n".join(map(json.dumps, pair)).encode(), kind=NDJSON)
    assert [line["status"] for line in map(json.loads, batch.content.splitlines())] == [422, 201]
    for number, own in (("O1", "CSG-GD"), ("O2", "CSG-GD-ZQ"), ("O3", "")):
        assert company.post(CASES, order(number, organisation=own)).status_code == 201
    assert office.post(CASES, item("O4", organisation="CSG-GX")).status_code == 201
    assert set(Case.objects.values_list("number", flat=True)) == {"B2", "O1", "O2", "O3", "O4"}


def test_a_case_whose_number_is_a_word_of_the_addresses_is_read(company):
    for number in ("batch", "events"):
        assert company.post(CASES, order(number)).status_code == 201
        assert company.get(f"{CASES}{number}/").json()["number"] == number
    assert problem(company.get(BATCH, {"own": "x"}), 400)


def test_what_is_no_json_object_is_malformed(company):
    for body in (b"{", b"[]", b'"x"', b"\xff\xfe", b"[" * 200_000, b"NaN", b" "):
        assert problem(company.post(CASES, body), 400)["title"] == "请求格式不正确"
    assert problem(company.post(CASES, b"{}", kind="text/plain"), 415)
    assert problem(company.post(CASES, b"a=1", kind="application/x-www-form-urlencoded"), 415)
    assert problem(company.post(CASES, b"x", kind="multipart/form-data; boundary=b"), 415)


def test_each_side_speaks_for_its_own_hotline(company, office):
    assert fields(company.post(CASES, order(source="12398"))) == {"source"}
    assert fields(office.post(CASES, item("N", source="95598"))) == {"source"}
    assert fields(office.post(CASES, item("N", source=5))) == {"source"}
    assert office.post(CASES, item("N-1")).json()["source"] == "12398"
    assert (
        company.post(CASES, order("G-1", source="grid", channel="grid", category="")).status_code
        == 201
    )


def test_a_client_does_what_its_scopes_say(day):
    reader = Caller(issued("CSG-GD", scopes=["cases.read"]))
    writer = Caller(issued("CSG-GD", scopes=["cases.write"]))
    assert problem(reader.post(CASES, order()), 403)["title"] == "没有访问权限"
    assert writer.post(CASES, order()).status_code == 201
    assert problem(writer.get(CASES), 403)
    assert reader.get(CASES).status_code == 200
    assert problem(Caller().get(CASES), 401)
    assert problem(reader.post(f"{CASES}ZQ-1/events/", {"kind": "urged"}), 403)


# --- Idempotency-Key ------------------------------------------------------------------------------


def test_a_key_gives_the_first_answer_again(company):
    first = company.post(CASES, order(), key="k-1")
    again = company.post(CASES, order(), key="k-1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    assert again["Idempotency-Replayed"] == "true"
    assert not first.has_header("Idempotency-Replayed")
    quoted = company.post(CASES, order(), key='"k-1"')
    assert (quoted.status_code, quoted["Idempotency-Replayed"]) == (201, "true")
    other = problem(company.post(CASES, order(number="ZQ-2"), key="k-1"), 422)
    assert other["detail"] == "该 Idempotency-Key 已用于内容不同的请求。"
    assert Case.objects.count() == 1
    # A refusal is an answer, too.
    refused = company.post(CASES, order(content="另"), key="k-2")
    assert (refused.status_code, problem(refused, 409)["title"]) == (409, "不能办理")
    assert company.post(CASES, order(content="另"), key="k-2").json() == refused.json()
    # Whose key it is counts: another client's says nothing.
    assert Caller(issued("CSG-GD")).post(CASES, order(), key="k-1").status_code == 200


@pytest.mark.parametrize("key", ["", " ", "a b", "键", "x" * 256, '"'])
def test_a_malformed_key_is_refused(company, key):
    headers = {**company.headers(), "idempotency-key": key}
    assert problem(company.post(CASES, order(), headers=headers), 400)["errors"]
    assert Case.objects.count() == 0


def test_a_request_in_work_is_said_to_be_so_until_its_lease_is_over(company, monkeypatch):
    company.post(CASES, order(), key="k-1")
    kept = KeyedRequest.objects.get()
    KeyedRequest.objects.update(answered_at=None, status=0, body="")
    answer = problem(company.post(CASES, order(), key="k-1"), 409)
    assert answer["detail"] == "相同的请求正在处理，请稍后再试。"
    # The server that worked on it was killed before it answered.
    over = kept.lease_until - timedelta(seconds=120)
    KeyedRequest.objects.update(lease_until=over)
    assert company.post(CASES, order(), key="k-1").status_code == 200
    assert Case.objects.count() == 1


def test_what_fails_leaves_no_answer_behind(company, monkeypatch):
    from complaints.api import views

    def broken(*args, **kwargs):
        raise RuntimeError("disk")

    with monkeypatch.context() as patch:
        patch.setattr(views.services, "enter", broken)
        failing = Caller(token=company.token, raising=False)
        assert problem(failing.post(CASES, order(), key="k-1"), 500)["title"] == "系统内部错误"
    assert KeyedRequest.objects.count() == 0
    assert company.post(CASES, order(), key="k-1").status_code == 201


def test_a_message_that_came_well_is_known_again_when_the_lists_have_changed(company):
    assert company.post(CASES, order()).status_code == 201
    Term.objects.filter(code="service_complaint").update(valid_until=date(2018, 3, 4))
    assert company.post(CASES, order()).status_code == 200
    assert problem(company.post(CASES, order(content="别的")), 409)["title"]
    assert problem(company.post(CASES, order(number="ZQ-2")), 422)["errors"][0]["field"] == (
        "category"
    )
    assert Case.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_single_cases_are_judged_by_the_lists_as_they_stand(company):
    """Also on PostgreSQL, where a process keeps the lists between requests."""
    assert company.post(CASES, order(number="ZQ-1")).status_code == 201
    assert company.post(CASES, order(number="ZQ-2")).status_code == 201
    Term.objects.filter(code="service_complaint").update(valid_until=date(2018, 3, 4))
    assert company.post(CASES, order(number="ZQ-3")).status_code == 422
    Term.objects.filter(code="service_complaint").update(valid_until=None)
    assert company.post(CASES, order(number="ZQ-3")).status_code == 201
    Organisation.objects.filter(code="CSG-GD-ZQ").update(code="CSG-GD-ZQ0")
    assert company.post(CASES, order(number="ZQ-4")).status_code == 422
    told = company.post(CASES, order(number="ZQ-4", organisation="CSG-GD-ZQ0"))
    assert json.loads(told.content)["organisation"] == "CSG-GD-ZQ0"


@pytest.mark.django_db(transaction=True)
def test_a_single_case_asks_the_database_little(company, django_assert_max_num_queries):
    for number in range(2):
        company.post(CASES, order(number=f"WARM-{number}"))
    # The embedded database reads the lists each time.
    most = 18 if connection.vendor == "postgresql" else 28
    with django_assert_max_num_queries(most):
        assert company.post(CASES, order()).status_code == 201


def test_a_shared_desk_does_not_remember_for_ever(monkeypatch):
    from complaints.services import records

    monkeypatch.setattr(records.editions, "edition", lambda *tables: "same")
    monkeypatch.setattr(records, "MOST_USES", 3)
    monkeypatch.setattr(records, "_shared", None)
    used = [records.Desk.shared() for _use in range(4)]
    assert used[0] is used[1] is used[2] is not used[3]


def test_answers_are_kept_unreadable_and_for_thirty_days(company):
    company.post(CASES, order(), key="k-1")
    raw = KeyedRequest.objects.extra(select={"raw": "body"}).get().raw
    assert raw.startswith("enc:")
    now = idempotency.machine_now()
    assert idempotency.forget_old(now=now + timedelta(days=29)) == 0
    KeyedRequest.objects.update(created_at=now - timedelta(days=31))
    # Older than it is honoured, the key counts as new even before it is removed.
    assert company.post(CASES, order(number="ZQ-9"), key="k-1").status_code == 201
    assert idempotency.forget_old(now=now + timedelta(days=31)) == 1


# --- Batches --------------------------------------------------------------------------------------


def lines(*rows):
    return b"\n".join(r if isinstance(r, bytes) else json.dumps(r).encode() for r in rows)


def answers(answer):
    assert (answer.status_code, answer["Content-Type"]) == (200, NDJSON), answer.content
    return [json.loads(line) for line in answer.content.decode().splitlines()]


def test_every_line_of_a_batch_is_answered_by_itself(company):
    company.post(CASES, order("OLD"))
    body = lines(
        order("A"),
        b"{broken",
        order("OLD"),
        b"",
        order("OLD", content="另外的内容"),
        order("B", nature="x"),
        b"[1]",
        order("G", source="grid", channel="grid", category=""),
        order("A"),
        {"number": "C", "nope": 1},
    )
    found = answers(company.post(BATCH, body, kind=NDJSON))
    assert [(one["line"], one["number"], one["status"]) for one in found] == [
        (1, "A", 201),
        (2, "", 422),
        (3, "OLD", 200),
        (5, "OLD", 409),
        (6, "B", 422),
        (7, "", 422),
        (8, "G", 201),
        (9, "A", 200),
        (10, "C", 422),
    ]
    assert all(set(one) == {"line", "number", "status", "errors"} for one in found)
    assert [error["field"] for error in found[4]["errors"]] == ["nature"]
    assert {e["field"] for e in found[8]["errors"]} >= {"nope", "received_at"}
    assert [one["errors"] for one in found if one["status"] < 300] == [[], [], [], []]
    assert set(Case.objects.values_list("number", flat=True)) == {"OLD", "A", "G"}
    again = answers(company.post(BATCH, body, kind=NDJSON))
    assert [one["status"] for one in again] == [200, 422, 200, 409, 422, 422, 200, 200, 422]


def test_a_batch_with_a_key_is_done_once(company):
    first = company.post(BATCH, lines(order("A")), kind=NDJSON, key="b-1")
    again = company.post(BATCH, lines(order("A")), kind=NDJSON, key="b-1")
    assert answers(first) == answers(again)
    assert answers(again)[0]["status"] == 201
    assert problem(company.post(BATCH, lines(order("B")), kind=NDJSON, key="b-1"), 422)


def test_a_batch_has_limits(company):
    assert problem(company.post(BATCH, b"{}\n" * 5001, kind=NDJSON), 413)["detail"]
    assert len(answers(company.post(BATCH, b"[]\n" * 5000, kind=NDJSON))) == 5000
    assert problem(company.post(BATCH, b"x" * (8 * 1024 * 1024 + 1), kind=NDJSON), 413)
    assert problem(company.post(BATCH, lines(order()), kind="application/json"), 415)
    assert answers(company.post(BATCH, b"\n\n", kind=NDJSON)) == []


# --- Reading --------------------------------------------------------------------------------------


def numbers(answer):
    assert answer.status_code == 200, answer.content
    return [item["number"] for item in answer.json()["items"]]


def test_foreign_and_missing_cases_are_answered_alike(company, office):
    office.post(CASES, item("N-1"))
    office.post(CASES, item("R-1", nature="report"))
    stranger = Caller(issued("CSG-YN"))
    assert company.get(f"{CASES}N-1/").status_code == 200
    seen = {
        stranger.get(f"{CASES}N-1/").content,
        stranger.get(f"{CASES}NONE/").content,
        company.get(f"{CASES}R-1/").content,
        company.get(f"{CASES}{'x' * 500}/").content,
    }
    assert len(seen) == 1
    assert problem(stranger.get(f"{CASES}N-1/"), 404)["title"] == "没有找到"


def test_a_number_may_hold_any_sign(company):
    company.post(CASES, order("粤〔2018〕3/1号"))
    assert company.get(f"{CASES}粤〔2018〕3/1号/").json()["number"] == "粤〔2018〕3/1号"


def test_one_number_of_two_houses_is_told_apart(company, office):
    company.post(CASES, order("X-1"))
    office.post(CASES, item("X-1"))
    assert company.get(f"{CASES}X-1/").json()["source"] == "95598"
    assert office.get(f"{CASES}X-1/").json()["source"] == "12398"
    assert company.get(f"{CASES}X-1/", {"owner": "SERC-NF"}).json()["source"] == "12398"
    above = Caller(issued("NEA-ROOT"))
    assert "owner" in problem(above.get(f"{CASES}X-1/"), 409)["detail"]
    assert above.get(f"{CASES}X-1/", {"owner": "CSG-GD"}).json()["source"] == "95598"
    assert problem(above.get(f"{CASES}X-1/", {"owner": "CSG-YN"}), 404)


def test_the_list_is_filtered_and_paged_without_gaps(company, office, day):
    for number in range(7):
        with clock.standing_at(day + timedelta(minutes=number // 3)):
            company.post(CASES, order(f"A{number}", category=CATEGORY[number % 2]))
    office.post(CASES, item("N-1"))
    first = office.get(CASES, {"limit": 3})
    assert numbers(first) == ["A0", "A1", "A2"]
    # What changes meanwhile moves to the end and pushes nothing out.
    second = office.get(CASES, {"limit": 3, "cursor": first.json()["next"]})
    third = office.get(CASES, {"limit": 3, "cursor": second.json()["next"]})
    walked = [*numbers(first), *numbers(second), *numbers(third)]
    assert sorted(walked) == sorted([*(f"A{n}" for n in range(7)), "N-1"])
    assert third.json()["next"] == ""
    after = {"updated_after": (day + timedelta(seconds=90)).isoformat()}
    assert numbers(office.get(CASES, after)) == ["A6"]
    assert numbers(office.get(CASES, {"source": "12398"})) == ["N-1"]
    assert len(numbers(office.get(CASES, {"category": CATEGORY[1]}))) == 3
    assert numbers(office.get(CASES, {"organisation": "NONE"})) == []
    assert numbers(office.get(CASES, {"received_to": "2018-03-05T09:00:00+08:00"})) == []
    assert len(numbers(office.get(CASES, {"received_from": "2018-03-05T09:00:00+08:00"}))) == 8
    assert numbers(Caller(issued("CSG-YN")).get(CASES)) == []


CATEGORY = ("service_complaint", "business_complaint")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("limit", v) for v in ("0", "201", "x", "-1", "１")),
        *(("cursor", v) for v in ("x", "W10", "e30", "WyJhIiwgMV0", "é" * 9, "A" * 300)),
        ("updated_after", "yesterday"),
        ("updated_after", "2018-03-05"),
        ("received_from", "2018-03-05T09:00:00"),
        ("source", "nonsense"),
        ("state", "x" * 61),
    ],
)
def test_a_parameter_that_makes_no_sense_is_named(office, name, value):
    answer = problem(office.get(CASES, {name: value}), 400)
    assert [error["field"] for error in answer["errors"]] == [name]


def test_a_list_costs_the_same_however_long_it_is(office, django_assert_max_num_queries):
    for number in range(6):
        office.post(CASES, item(f"N-{number}"))

    def count(limit):
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(connection) as queries:
            assert len(numbers(office.get(CASES, {"limit": limit}))) == limit
        return len(queries)

    assert count(1) == count(6) <= 12


# --- Complainants ---------------------------------------------------------------------------------


def test_the_complainant_is_masked_without_the_right(company, office):
    company.post(CASES, order())
    person = company.get(f"{CASES}ZQ-1/").json()
    assert person["complainant"]["phone"] == "138****1234"
    assert person["account_no"] != "0301234567890"
    assert "13800001234" not in json.dumps(person)


def test_with_the_right_the_complainant_is_read_in_full_and_leaves_a_trace(company):
    company.post(CASES, order())
    company.post(CASES, order("ZQ-2"))
    reader = Caller(issued("CSG-GD", scopes=["cases.read", "cases.personal"]))
    case = reader.get(f"{CASES}ZQ-1/").json()
    assert case["complainant"]["phone"] == "13800001234"
    assert case["content"] == "家中频繁停电，联系13800001234。"
    event = AuditEvent.objects.get(kind="personal.reveal")
    assert (event.reason, event.target_id) == (
        "与95598工单系统核对",
        str(Case.objects.get(number="ZQ-1").pk),
    )
    assert "13800001234" not in str(vars(event))
    reader.get(CASES)
    events = AuditEvent.objects.filter(kind="personal.reveal")
    assert sorted(len(event.details["cases"]) for event in events) == [1, 2]


def test_who_asked_for_secrecy_stays_secret_to_the_company(office):
    office.post(CASES, item("S-1", complainant={"name": "赵某某", "confidential": True}))
    office.post(CASES, item("P-1", complainant={"name": "赵某某"}))
    reader = Caller(issued("CSG-GD", scopes=["cases.read", "cases.personal"]))
    assert reader.get(f"{CASES}S-1/").json()["complainant"]["name"] not in ("赵某某", "")
    # Named, but neither first receiver nor handler: no right to the person either.
    assert reader.get(f"{CASES}P-1/").json()["complainant"]["name"] != "赵某某"
    assert AuditEvent.objects.filter(kind="personal.reveal").count() == 0


def test_a_report_is_never_in_sight_of_its_respondent(company, office):
    office.post(CASES, item("R-1", nature="report"))
    every = Caller(issued("CSG-GD", scopes=["cases.read", "cases.personal", "cases.act"]))
    assert numbers(every.get(CASES)) == []
    assert numbers(every.get("/api/v1/changes/")) == []
    assert problem(every.post(f"{CASES}R-1/events/", {"kind": "urged"}), 404)


def test_the_number_that_a_case_came_with_names_no_report_to_whom_it_is_about(
    company, office, client, people
):
    office.post(CASES, item("R-1", nature="report"))
    company.post(CASES, order("ZQ-1"))
    for number, linked in (("N-1", "R-1"), ("N-2", "ZQ-1"), ("N-3", "12345-7")):
        office.post(CASES, item(number, linked=[linked]))
    company.post(CASES, order("ZQ-2", linked=["R-1"]))

    def told(reader):
        items = reader.get(CASES).json()["items"]
        return {one["number"]: one["linked"] for one in items if one["linked"]}

    # What it sent itself it may read again.
    assert told(company) == {"N-2": ["ZQ-1"], "ZQ-2": ["R-1"]}
    every = {"N-1": ["R-1"], "N-2": ["ZQ-1"], "N-3": ["12345-7"], "ZQ-2": ["R-1"]}
    assert told(office) == every
    # People of a unit of the company, which did not send it.
    for person in (people.handler, people.chief):
        client.force_login(person)
        for number, linked in every.items():
            found = Case.objects.get(number=number)
            page = client.get(reverse("complaints:case", args=[found.pk])).content.decode()
            assert (f"<dd>{linked[0]}</dd>" in page) == (number == "N-2"), number


def test_linked_numbers_name_only_what_is_in_sight(company, office):
    company.post(CASES, order("ZQ-1", linked=["N-0"]))
    office.post(CASES, item("N-1"))
    office.post(CASES, item("R-1", nature="report"))
    # The company reads this case as well, but not that its own customer asked for secrecy in it.
    secret = {"name": "赵某某", "phone": "13800001234", "confidential": True}
    office.post(CASES, item("S-1", complainant=secret))
    by_number = {case.number: case for case in Case.objects.all()}

    for other in ("N-1", "R-1", "S-1"):
        CaseLink.objects.create(
            a=by_number["ZQ-1"], b=by_number[other], kind="joint", state="confirmed", at=clock.now()
        )
    assert company.get(f"{CASES}ZQ-1/").json()["linked"] == ["N-0", "N-1"]
    assert office.get(f"{CASES}ZQ-1/").json()["linked"] == ["N-0", "N-1", "R-1", "S-1"]
