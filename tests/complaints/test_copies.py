"""Copies that leave the portal: marked with who took them, in full only for a purpose."""

from io import BytesIO

import pytest
from django.urls import reverse
from docx import Document
from openpyxl import load_workbook

from complaints.models import Case
from core import clock
from core.models import AuditEvent
from tests.factories.accounts import organisation
from tests.factories.complaints import at, played, received

pytestmark = pytest.mark.django_db
MONDAY = at("2018-03-05 09:00")
SECRET = ("赵某某", "13800001234", "0301234567890", "光明路8号")
FULL = reverse("complaints:export_in_full")


@pytest.fixture(autouse=True)
def monday(catalogues):
    with clock.standing_at(MONDAY):
        yield


@pytest.fixture
def as_(client):
    def sign_in(person):
        client.force_login(person)
        return client

    return sign_in


def mark(person):
    return f"{person.home.name} {person.name}（{person.username}）2018-03-05 09:00导出"


def text_of(content):
    """Everything that a document says."""
    made = Document(BytesIO(content))
    cells = [cell.text for table in made.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in made.paragraphs), *cells])


def test_every_page_of_an_export_and_its_properties_say_who_took_it(as_, people):
    received(number="A-1", received_at=MONDAY)
    book = load_workbook(BytesIO(as_(people.officer).get(reverse("complaints:export")).content))
    sheet = book.active
    assert sheet.oddHeader.right.text == mark(people.officer)
    assert sheet.oddFooter.left.text == mark(people.officer)
    assert book.properties.creator == mark(people.officer)
    assert book.properties.description == mark(people.officer)
    assert sheet["A2"].value == "A-1"


def test_a_list_in_full_asks_for_a_purpose_and_leaves_a_trace(as_, people):
    received(number="A-1", received_at=MONDAY)
    client = as_(people.officer)
    assert client.get(FULL).status_code == 200
    assert client.post(FULL, {}).status_code == 422
    assert client.post(FULL, {"purpose": "看"}).status_code == 409
    answer = client.post(FULL, {"purpose": "逐件电话回访"})
    rows = str(
        [[cell.value for cell in row] for row in load_workbook(BytesIO(answer.content)).active]
    )
    for secret in SECRET:
        assert secret in rows
    assert "no-store" in answer["Cache-Control"]
    trace = AuditEvent.objects.get(kind="personal.export")
    assert (trace.reason, trace.details["count"]) == ("逐件电话回访", 1)
    assert trace.actor_id == people.officer.pk


def test_a_list_in_full_hides_whom_the_person_may_not_see(as_, people, monkeypatch):
    case = received(number="A-1", received_at=MONDAY, confidential=True)
    played(
        case,
        ("accept", people.officer, {}),
        ("transfer", people.officer, {"organisation": organisation("CSG-GD-ZQ")}),
        start=MONDAY,
    )
    answer = as_(people.handler).post(FULL, {"purpose": "联系诉求人核实"})
    rows = str(
        [[cell.value for cell in row] for row in load_workbook(BytesIO(answer.content)).active]
    )
    assert "A-1" in rows
    for secret in SECRET:
        assert secret not in rows
    monkeypatch.setattr("complaints.views.copies.MOST_IN_FULL", 0)
    assert as_(people.handler).post(FULL, {"purpose": "联系诉求人"}).status_code == 409


def slip(client, case, **fields):
    return client.post(reverse("complaints:slip", args=[case.pk]), {"kind": "docx", **fields})


def test_the_copy_for_the_unit_holds_what_it_needs_and_who_took_it(as_, people):
    case = received(received_at=MONDAY, content="频繁停电，我是赵某某13800001234")
    case = played(
        case,
        ("accept", people.officer, {}),
        ("transfer", people.officer, {"organisation": organisation("CSG-GD-ZQ")}),
        start=MONDAY,
    )
    client = as_(people.officer)
    assert client.get(reverse("complaints:slip", args=[case.pk])).status_code == 200
    answer = slip(client, case)
    said = text_of(answer.content)
    for words in ("肇庆供电局", case.number, "频繁停电", "企业答复：最迟2018-03-19 23:59"):
        assert words in said
    assert mark(people.officer) in said
    assert mark(people.officer) in Document(BytesIO(answer.content)).core_properties.keywords
    for secret in SECRET:
        assert secret not in said
    assert slip(client, case, with_contact="on").status_code == 422
    assert slip(client, case, with_contact="on", purpose="看").status_code == 409
    full = text_of(slip(client, case, with_contact="on", purpose="企业须上门核实").content)
    for secret in SECRET:
        assert secret in full
    assert AuditEvent.objects.filter(kind="case.slip").count() == 2
    assert AuditEvent.objects.get(kind="personal.reveal").reason == "企业须上门核实"
    pdf = client.post(reverse("complaints:slip", args=[case.pk]), {"kind": "pdf"})
    assert pdf.content.startswith(b"%PDF")
    assert slip(as_(people.handler), case).status_code == 200
    assert slip(as_(people.stranger), case).status_code == 404


@pytest.mark.parametrize(
    "fields", [{"nature": "report"}, {"anonymous": True}, {"confidential": True}]
)
def test_the_copy_never_names_a_reporter_or_who_asked_for_secrecy(as_, people, fields):
    case = received(received_at=MONDAY, **fields)
    client = as_(people.officer)
    assert slip(client, case, with_contact="on", purpose="企业须上门核实").status_code == 409
    said = text_of(slip(client, case).content)
    assert "诉求人信息依法保密" in said
    for words in (*SECRET, "贞山街道"):
        assert words not in said


def test_nothing_is_copied_once_the_personal_data_went(as_, people):
    case = received(received_at=MONDAY)
    Case.objects.filter(pk=case.pk).update(disposed_at=MONDAY)
    assert slip(as_(people.officer), case).status_code == 409
