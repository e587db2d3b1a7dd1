"""The list of people as a workbook: what one may see, masked, and on record."""

import io

import pytest
from openpyxl import load_workbook

from accounts import exports
from core.models import AuditEvent
from tests.factories.accounts import member

pytestmark = pytest.mark.django_db
URL = "/people/export/"


@pytest.fixture
def world(catalogues):
    member("CSG-GD", "company_filer", name="广东填报", username="gd-filer")
    member("CSG-HI", "company_filer", name="海南填报", username="hi-filer")
    return member("CSG-GD", "security_administrator", name="广东安全", username="gd-safe")


def rows(response):
    assert response.status_code == 200, response.content.decode()[:500]
    sheet = load_workbook(io.BytesIO(response.content)).active
    heads, *lines = [[cell.value for cell in row] for row in sheet.iter_rows()]
    return [dict(zip(heads, line, strict=True)) for line in lines]


def test_exactly_the_people_in_sight_with_masked_addresses(client, world):
    client.force_login(world)
    found = {row["登录名"]: row for row in rows(client.get(URL))}
    assert set(found) == {"gd-filer", "gd-safe"}
    assert found["gd-filer"]["姓名"] == "广东填报"
    assert found["gd-filer"]["任职"] == "广东电网公司 · 企业填报人员"
    assert found["gd-filer"]["电子邮箱"].startswith("g***@")
    event = AuditEvent.objects.get(kind="person.export")
    assert (event.actor, event.details["count"], event.details["full"]) == ("gd-safe", 2, False)


def test_the_filters_of_the_page_hold_and_the_words_are_not_recorded(client, world):
    client.force_login(world)
    page = client.get("/people/", {"q": "填报", "role": "company_filer"})
    found = rows(client.get(page.context["export_url"]))
    assert [row["登录名"] for row in found] == ["gd-filer"]
    event = AuditEvent.objects.get(kind="person.export")
    assert event.details["by_name"] is True
    assert "填报" not in str(event.details)


def test_addresses_in_full_need_a_purpose_that_is_recorded(client, world):
    client.force_login(world)
    assert client.post(URL, {"purpose": "查"}).status_code == 409
    assert not AuditEvent.objects.filter(kind="person.export").exists()
    found = {row["登录名"]: row for row in rows(client.post(URL, {"purpose": "通知换发口令"}))}
    assert "***" not in found["gd-filer"]["电子邮箱"]
    event = AuditEvent.objects.get(kind="person.export")
    assert (event.reason, event.details["full"]) == ("通知换发口令", True)


@pytest.mark.parametrize("role", ["company_lead", "company_filer"])
def test_whoever_looks_after_no_people_gets_no_list(client, world, role):
    client.force_login(member("CSG-GD", role))
    assert client.get(URL).status_code == 403
    assert client.post(URL, {"purpose": "通知换发口令"}).status_code == 403


def test_a_name_is_never_a_formula(client, world):
    member("CSG-GD", "company_viewer", name='=HYPERLINK("x")', username="gd-odd")
    client.force_login(world)
    sheet = load_workbook(io.BytesIO(client.get(URL).content)).active
    (cell,) = [row[0] for row in sheet.iter_rows() if row[2].value == "gd-odd"]
    assert (cell.data_type, cell.value) == ("s", '=HYPERLINK("x")')


def test_too_many_people_are_refused(client, world, monkeypatch):
    monkeypatch.setattr(exports, "LIMIT", 1)
    client.force_login(world)
    answer = client.get(URL)
    assert answer.status_code == 409
    assert "超过一次导出的上限 1 人" in answer.content.decode()
