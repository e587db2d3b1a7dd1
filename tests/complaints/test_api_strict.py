"""The API of the hotlines to the letter: strange parameters, the same words everywhere, leases."""

import json
from datetime import timedelta

import pytest
from django.urls import resolve

from complaints.models import Case
from core import clock
from core.api import idempotency
from core.models import KeyedRequest
from tests.factories import complaints as cases
from tests.factories.clients import Caller, issued

pytestmark = pytest.mark.django_db
CASES, BATCH = "/api/v1/hotline/cases/", "/api/v1/hotline/cases/batch/"
ORDER = {
    "number": "ZQ-1",
    "received_at": "2018-03-05T09:00:00+08:00",
    "channel": "phone_95598",
    "nature": "complaint",
    "category": "service_complaint",
    "organisation": "CSG-GD-ZQ",
    "content": "家中频繁停电。",
}


@pytest.fixture(autouse=True)
def day(catalogues):
    with clock.standing_at(cases.at("2018-03-06 09:00")):
        yield


@pytest.fixture
def company(day):
    return Caller(issued("CSG-GD"))


def test_a_misspelt_parameter_is_named_and_never_passed_over(company):
    company.post(CASES, ORDER)
    answer = company.get(CASES, {"statee": "closed", "self": "1", "limit": "5"})
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
    assert answer.json()["errors"] == [
        {"field": "statee", "message": "没有这个参数，是否为“state”？"},
        {"field": "self", "message": "没有这个参数。"},
    ]
    # Who may not ask at all is told so first, and no more.
    assert Caller().get(CASES, {"statee": "closed"}).status_code == 401
    for path, asked in (
        (CASES, "limit"),
        (BATCH, "owner"),
        ("/api/v1/hotline/cases/ZQ-1/events/", "dry_run"),
        ("/api/v1/hotline/transfers/T-1/reply/", "x"),
        ("/api/v1/hotline/reconciliation/2018-03-05/", "unit"),
    ):
        kind = "application/x-ndjson" if path == BATCH else "application/json"
        refused = company.post(f"{path}?{asked}=1", b"{}", kind=kind)
        assert refused.status_code == 400, path
        assert [error["field"] for error in refused.json()["errors"]] == [asked]


def test_of_endless_strange_parameters_some_are_named(company):
    answer = company.get(CASES, {f"p{n}" * 60: "1" for n in range(100)})
    assert answer.status_code == 400
    assert len(answer.json()["errors"]) == 20
    assert max(len(error["field"]) for error in answer.json()["errors"]) == 60


def test_the_description_names_every_parameter_that_a_door_takes(client):
    described = json.loads(client.get("/api/schema/", {"format": "json"}).content)
    for path, methods in described["paths"].items():
        door = resolve(path.format(number="N", day="2018-03-05", id=1)).func.cls
        for method, operation in methods.items():
            named = {p["name"] for p in operation.get("parameters", []) if p["in"] == "query"}
            assert named == set(door.query.get(method.upper(), ())), (method, path)


@pytest.mark.parametrize(
    "bent",
    [
        {"channel": "飞鸽"},
        {"nature": "x"},
        {"category": "没有这一类"},
        {"organisation": "某某供电公司", "region": "某某省"},
        {"urgency": "十万火急", "area_type": "云端", "industry": "铁路"},
        {"state": "nowhere"},
        {"satisfaction": "x", "outcome": "y", "target": "z"},
        {"channel": "飞鸽", "nope": 1},
        {"received_at": "2030-01-01T00:00:00+08:00"},
    ],
    ids=lambda bent: "+".join(bent),
)
def test_one_and_many_say_the_same_of_unknown_words(company, bent):
    single = company.post(CASES, {**ORDER, **bent})
    (line,) = company.post(
        BATCH, json.dumps({**ORDER, **bent}).encode(), kind="application/x-ndjson"
    ).content.splitlines()
    told = json.loads(line)
    assert (single.status_code, told["status"]) == (422, 422)
    assert single.json()["errors"] == told["errors"] != []
    assert Case.objects.count() == 0


@pytest.mark.parametrize(
    "body", [b'{"number": "\\ud800"}', b'{"\\uDFFF": 1}', b'{"complainant": {"name": "a\\udc00"}}']
)
def test_half_a_sign_is_no_text_and_no_server_error(company, body):
    assert company.post(CASES, body).status_code == 400
    answer = company.post(BATCH, body, kind="application/x-ndjson")
    assert answer.status_code == 200
    told = json.loads(answer.content)
    assert (told["status"], [error["field"] for error in told["errors"]]) == (422, [""])
    # Both halves together are a sign like any other.
    whole = {**ORDER, "content": "\U0002070e停电"}
    assert company.post(CASES, json.dumps(whole).encode()).status_code == 201


def test_work_that_outlives_its_lease_and_is_overtaken_leaves_nothing(company, monkeypatch):
    taken = idempotency._taken

    def overtaken(*args):
        kept = taken(*args)
        # The lease ran out, and another server took the key over.
        later = kept.lease_until + timedelta(minutes=5)
        KeyedRequest.objects.filter(pk=kept.pk).update(lease_until=later)
        return kept

    with monkeypatch.context() as patch:
        patch.setattr(idempotency, "_taken", overtaken)
        answer = company.post(CASES, ORDER, key="k-1")
    assert (answer.status_code, answer["Retry-After"]) == (409, "1")
    assert answer.json()["detail"] == "相同的请求正在处理，请稍后再试。"
    assert Case.objects.count() == 0
    # The other's hold on the key is not touched.
    assert KeyedRequest.objects.get().answered_at is None


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        (b'{"number": "1",\n bad}', "不是有效的 JSON（第2行第2个字符处有误）。"),
        (b'{"number": "\xff"}', "不是有效的 JSON（须为 UTF-8 编码）。"),
        (b'{"number": ' + b"1" * 5000 + b"}", "JSON 中的数字过长。"),
    ],
)
def test_what_is_no_json_is_told_in_chinese(company, body, detail):
    answer = company.post(CASES, body, kind="application/json")
    assert (answer.status_code, answer.json()["detail"]) == (400, detail)


@pytest.mark.parametrize("number", [chr(0x200B), f"{chr(0x202E)}ZQ-1", f"ZQ{chr(0xFEFF)}1", "Z\t1"])
def test_a_number_has_no_sign_that_nobody_sees(company, number):
    """One could pass for another: to the eye they are the same."""
    answer = company.post(CASES, {**ORDER, "number": number})
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == ["number"]
