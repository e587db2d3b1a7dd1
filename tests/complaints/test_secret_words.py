"""What was said by whoever must stay unknown: no trace of them in words, search or digests."""

import hashlib
from datetime import timedelta
from io import BytesIO

import pytest
from django.urls import reverse
from docx import Document
from openpyxl import load_workbook

from core import clock
from tests.factories.accounts import organisation
from tests.factories.clients import Caller, issued
from tests.factories.complaints import at, played, received

pytestmark = pytest.mark.django_db
MONDAY = at("2018-03-05 09:00")
LIST = reverse("complaints:list")
CASES = "/api/v1/hotline/cases/"
SAID = (
    "频繁停电，我是东城街道李桂花，电话１３８７７６６５５４４，住大良街道凤山路88号3栋502房，"
    "身份证440102197001011234。楼下凤山路88号也停，尾号5544，李阿姨。"
)
PERSON = {
    "complainant_name": "李桂花",
    "complainant_phone": "138-7766-5544",
    "address": "佛山市顺德区大良街道凤山路88号3栋502房",
    "account_no": "0301234567890",
}
SHOWN = "频繁停电，我是东城街道***，电话***，住***，身份证***。楼下***也停，尾号***，***。"


@pytest.fixture(autouse=True)
def afternoon():
    with clock.standing_at(MONDAY + timedelta(hours=6)):
        yield


@pytest.fixture
def as_(client):
    def sign_in(person):
        client.force_login(person)
        return client

    return sign_in


def handed_over(people, **fields):
    case = received(received_at=MONDAY, content=SAID, **PERSON, **fields)
    return played(
        case,
        ("accept", people.officer, {}),
        ("transfer", people.officer, {"organisation": organisation("CSG-GD-ZQ")}),
        start=MONDAY,
    )


def everything(client, case):
    """What the company reads: list, page, workbook, copy."""
    address = reverse("complaints:slip", args=[case.pk])
    slip = Document(BytesIO(client.post(address, {"kind": "docx"}).content))
    rows = load_workbook(BytesIO(client.get(reverse("complaints:export")).content)).active
    return {
        "page": client.get(reverse("complaints:case", args=[case.pk])).content.decode(),
        "workbook": " ".join(str(cell.value) for row in rows for cell in row),
        "slip": "\n".join(one.text for one in slip.paragraphs),
    }


@pytest.mark.parametrize("secret", ["confidential", "anonymous"])
def test_nothing_in_the_words_of_somebody_secret_tells_who_it_is(people, as_, secret):
    case = handed_over(people, **{secret: True})
    assert case.content == SHOWN
    for where, shown in everything(as_(people.handler), case).items():
        for trace in ("李桂花", "李阿姨", "138****", "5544", "凤山路", "502房", "440102"):
            assert trace not in shown, where
    (item,) = Caller(issued("CSG-GD")).get(CASES).json()["items"]
    assert item["content"] == SHOWN
    # The office that received it still reads it whole for a stated purpose.
    assert case.content_full == SAID


@pytest.mark.parametrize("word", ["5544", "凤山路", "桂花", "502", "13877665544"])
def test_nobody_secret_is_found_by_what_is_hidden(people, as_, word):
    handed_over(people, number="S-1", confidential=True)
    client = as_(people.handler)
    assert "S-1" in client.get(LIST, {"text": "停电"}).content.decode()
    assert "S-1" not in client.get(LIST, {"text": word}).content.decode()


def test_places_and_days_stay_in_words_of_somebody_secret(people):
    said = "顺德区大良街道2018年3月5日起停电，东方路一带都没有电，已打95598。"
    case = received(received_at=MONDAY, content=said, confidential=True, **PERSON)
    assert (case.content, case.content_full) == (said, "")


def test_a_digest_proves_no_guess_at_what_is_hidden_and_days_still_agree(people):
    handed_over(people, number="S-1", confidential=True)
    caller = Caller(issued("CSG-GD"))
    (item,) = caller.get("/api/v1/hotline/transfers/").json()["items"]
    head = "S-1\n2018-03-05T09:00:00+08:00\nphone\ncomplaint\npower\nsupply_service\n"
    assert item["digest"] != hashlib.sha256(f"{head}{SAID}".encode()).hexdigest()
    assert item["digest"] == hashlib.sha256(f"{head}{SHOWN}".encode()).hexdigest()
    day = "/api/v1/hotline/reconciliation/2018-03-05/"
    (line,) = caller.get(day, {"unit": "CSG-GD-ZQ"}).json()["cases"]
    assert line["digest"] == item["digest"]
    said = f"SERC-NF S-1 {item['state']} {item['digest']}"
    unit = {"unit": "CSG-GD-ZQ", "count": 1, "digest": hashlib.sha256(said.encode()).hexdigest()}
    assert caller.post(day, {"units": [unit]}).json()["state"] == "equal"
