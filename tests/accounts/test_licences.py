"""Kinds of enterprises and the licences under which they supply (S2-1b)."""

import io
from datetime import date

import openpyxl
import pytest
from django.db import IntegrityError, transaction

from accounts.models import Licence, Organisation
from tests.factories.accounts import member, organisation, unit
from tests.reading import text_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _day(catalogues, kickoff_eve):
    """2011-11-24."""


@pytest.fixture
def keeper(client):
    keeper = member("CSG-GD", "system_administrator")
    client.force_login(keeper)
    return keeper


def entered(client, code, **more):
    asked = {"number": "1662711-00001", "issuer": "南方电监局", "issued_on": "2007-03-01"}
    asked |= {"valid_from": "2007-03-01", "valid_to": "2012-02-28", "area": "肇庆市"}
    return client.post(f"/organisations/{code}/licences/", asked | more)


@pytest.mark.clause("S2-1b")
def test_a_distribution_operator_holds_a_licence_that_is_found_by_its_number(client, keeper):
    kinds = dict(Organisation.Kind.choices)
    assert kinds["distribution_operator"] == "配电运营商"
    asked = {"parent": organisation("CSG-GD").pk, "kind": "distribution_operator"}
    asked |= {"code": "GD-IDN-1", "name": "某增量配电公司", "short_name": "增量配电"}
    asked |= {"region": "441200", "founded_on": "2011-01-01"}
    assert client.post("/organisations/new/", asked).status_code == 302
    operator = organisation("GD-IDN-1")
    assert operator.is_company
    assert operator in list(client.get("/organisations/?licence=none").context["page"])
    for name, day in (("valid_from", "0001-01-01"), ("valid_to", "9999-12-31")):
        assert entered(client, "GD-IDN-1", **{name: day}).status_code == 422, day
    early = entered(client, "GD-IDN-1", valid_from="1979-12-31")
    assert "日期1979-12-31须在1980-01-01至2100-12-31之间" in text_of(early)
    assert entered(client, "GD-IDN-1").status_code == 302
    overlap = entered(client, "GD-IDN-1", valid_from="2012-01-01", valid_to="2032-01-01")
    assert "与1662711-00001（2007-03-01至2012-02-28）的有效期重叠" in text_of(overlap)
    one = Licence.objects.get()
    with pytest.raises(IntegrityError, match="accounts_one_licence"), transaction.atomic():
        Licence.objects.create(
            organisation=operator,
            number="1662711-00003",
            issued_on=date(2011, 1, 1),
            valid_from=one.valid_to,
            valid_to=date(2032, 1, 1),
            entered_at=one.entered_at,
        )
    other = entered(client, "CSG-GD-ZQ")
    assert "编号1662711-00001已登记为增量配电的许可证" in text_of(other)
    found = client.get("/organisations/?q=1662711")
    assert [one.code for one in found.context["page"]] == ["GD-IDN-1"]
    # It ends on 2012-02-28: within half a year of the day.
    assert "1662711-00001" in text_of(client.get("/organisations/?licence=ending"))
    assert "供电业务许可证即将到期：增量配电" in text_of(client.get("/"))
    renewed = {"number": "1662711-00002", "issued_on": "2011-11-01", "valid_from": "2012-02-29"}
    assert entered(client, "GD-IDN-1", **renewed, valid_to="2032-02-28").status_code == 302
    assert "供电业务许可证即将到期" not in text_of(client.get("/"))
    page = text_of(client.get("/organisations/GD-IDN-1/"))
    assert "1662711-00001" in page, "the one in force, not the one to come"
    assert "有效期2007-03-01至2012-02-28" in page


@pytest.mark.clause("S2-1b")
def test_licences_come_from_a_workbook_all_or_none(client, keeper):
    unit("某开发区供电公司", parent=organisation("CSG-GD"), kind="power_enterprise", code="GD-PE-1")
    head = [
        "单位代码",
        "许可证编号",
        "发证机关",
        "发证日期",
        "有效期自",
        "有效期至",
        "许可供电区域",
    ]
    good = ["CSG-GD-ZQ", "X-1", "南方电监局", *[date(2010, 1, 1)] * 2, date(2029, 12, 31), "肇庆"]
    foreign = ["CSG-YN", "X-2", "南方电监局", *[date(2010, 1, 1)] * 2, date(2029, 12, 31), ""]
    endless = [*good[:5], date(9999, 12, 31), ""]
    assert "日期9999-12-31须在" in text_of(sent(client, head, endless))
    refused = text_of(sent(client, head, good, foreign))
    assert "A3" in refused
    assert "没有这个单位，或者不由您维护" in refused
    assert not Licence.objects.exists()
    second = ["GD-PE-1", "X-3", "南方电监局", *[date(2010, 1, 1)] * 2, date(2029, 12, 31), ""]
    assert sent(client, head, good, second).status_code == 302
    assert organisation("CSG-GD-ZQ").licence_number == "X-1"
    assert Licence.objects.count() == 2
    client.force_login(member("CSG-GD-ZQ", "company_lead"))
    assert "X-1" in text_of(client.get("/organisations/CSG-GD-ZQ/licences/"))
    assert entered(client, "CSG-GD-ZQ", number="Y").status_code == 403


def sent(client, *rows):
    book = openpyxl.Workbook()
    book.active.title = "许可证"
    for row in rows:
        book.active.append(row)
    target = io.BytesIO()
    book.save(target)
    target.seek(0)
    target.name = "licences.xlsx"
    return client.post("/organisations/licences/import/", {"upload": target})
