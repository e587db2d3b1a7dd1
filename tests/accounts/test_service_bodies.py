"""How a unit is organised: the chart by level, bodies with history, who does what (7.1)."""

import io
from datetime import date, datetime

import openpyxl
import pytest

from accounts.models import ResponsibilityMatrix, ServiceBody, ServiceSeat
from core.clock import ZONE
from core.models import AuditEvent
from tests.factories.accounts import member
from tests.reading import text_of

pytestmark = pytest.mark.django_db
NOW = datetime(2011, 11, 24, 9, 30, tzinfo=ZONE)


@pytest.fixture(autouse=True)
def _day(catalogues, kickoff_eve):
    """The eve of the reports."""


@pytest.fixture
def lead(client):
    lead = member("CSG-GD-ZQ", "company_lead", name="丁某")
    client.force_login(lead)
    return lead


def founded(client, code="CSG-GD-ZQ", **more):
    asked = {
        "name": "网格融合服务领导小组",
        "founded_on": "2011-03-01",
        "document": "肇供电〔2011〕12号",
        "duties": "统筹网格融合服务",
    }
    return client.post(f"/organisations/{code}/bodies/new/", asked | more)


def seated(client, body, person, role="head", **more):
    asked = {"person": person.pk, "role": role, "post": "副局长", "joined_on": "2011-03-01"}
    asked |= {"document": "肇供电〔2011〕12号"}
    return client.post(f"/service-bodies/{body.pk}/seats/", asked | more)


@pytest.mark.clause("S2-7.1b")
def test_a_body_keeps_its_founding_its_head_and_who_was_in_it(client, lead):
    assert founded(client).status_code == 302
    body = ServiceBody.objects.get()
    assert founded(client).status_code == 409  # sent twice
    assert founded(client, name="后补小组", founded_on="2011-11-25").status_code == 409
    first = member("CSG-GD-ZQ-SH", "company_filer", name="甲某")
    second, stranger = member("CSG-GD-ZQ", "company_filer"), member("CSG-GD-FS", "company_filer")
    assert seated(client, body, first).status_code == 302
    assert seated(client, body, second).status_code == 409, "one head at a time"
    assert seated(client, body, stranger, "member").status_code == 422, "not of this unit"
    early = seated(client, body, second, "member", joined_on="2011-02-28")
    assert "任职日期不能早于成立日期2011-03-01" in text_of(early)
    seat = ServiceSeat.objects.get(person=first)
    gone = {"on": "2011-10-31", "document": "肇供电〔2011〕40号"}
    assert client.post(f"/service-bodies/seats/{seat.pk}/end/", gone).status_code == 302
    assert client.post(f"/service-bodies/seats/{seat.pk}/end/", gone).status_code == 409
    both = seated(client, body, second, joined_on="2011-10-01")
    assert "甲某任职至2011-10-31，新的任职日期不能早于该日" in text_of(both)
    assert seated(client, body, second, joined_on="2011-11-01").status_code == 302
    answer = client.get(f"/service-bodies/{body.pk}/")
    page = text_of(answer)
    for words in ("2011-03-01", "肇供电〔2011〕12号", "历任成员", "甲某", "肇供电〔2011〕40号"):
        assert words in page
    assert [one.person for one in answer.context["held"]] == [second]
    assert [one.person for one in answer.context["former"]] == [first]
    kinds = AuditEvent.objects.filter(kind__startswith="servicebody.").order_by("pk")
    acts = [one.kind.partition(".")[2] for one in kinds]
    assert acts == ["found", "seat", "unseat", "seat"]
    end = {"on": "2011-11-24", "document": "肇供电〔2011〕50号"}
    assert client.post(f"/service-bodies/{body.pk}/dissolve/", end).status_code == 302
    assert not ServiceSeat.objects.held().exists()
    assert seated(client, body, first, "member").status_code == 409
    assert second.name in text_of(client.get(f"/service-bodies/{body.pk}/"))


@pytest.mark.clause("S2-7.1a")
def test_the_chart_shows_each_level_and_which_unit_lacks_a_body(client, lead):
    founded(client)
    assert founded(client, code="CSG-GD-FS").status_code == 404
    founded(client, code="CSG-GD-ZQ-SH", name="四会服务小组")
    seated(
        client, ServiceBody.objects.get(name="四会服务小组"), member("CSG-GD-ZQ-SH", "company_lead")
    )
    page = client.get("/organisations/CSG-GD-ZQ/chart/?levels=2")
    levels = {kind: (number, lacking) for kind, number, lacking in page.context["chart"].levels}
    assert levels["地市供电企业"] == (1, 0)
    below = len([u for u in page.context["chart"].top.below if u.unit.kind == "county_enterprise"])
    assert levels["县级供电企业"] == (below, below - 1)
    text = text_of(page)
    assert "负责人：company_lead@CSG-GD-ZQ-SH" in text
    assert "负责人空缺" in text
    assert "四会服务小组" not in text_of(client.get("/organisations/CSG-GD/chart/"))  # 404 page
    one = client.get("/organisations/CSG-GD-ZQ/chart/?levels=1")
    assert not any(box.below for box in one.context["chart"].top.below)
    client.force_login(member("CSG-GD-FS", "company_lead"))
    assert client.get("/organisations/CSG-GD-ZQ/chart/").status_code == 404


def matrix(client, marks, *, day="2011-11-24", document="肇供电〔2011〕13号", **more):
    functions, posts = ["响应群众诉求", "客户信息保密"], ["营销部门", "网格经理"]
    asked = {"functions": "\n".join(functions), "posts": "\n".join(posts), "save": "1"}
    asked |= {"row": functions, "column": posts, "valid_from": day, "document": document}
    asked |= {f"m-{place[0]}-{place[1]}": mark for place, mark in marks.items()}
    return client.post("/organisations/CSG-GD-ZQ/responsibilities/edit/", asked | more)


@pytest.mark.clause("S2-7.1c")
def test_each_function_has_one_body_in_charge_and_versions_stay(client, lead):
    start = client.get("/organisations/CSG-GD-ZQ/responsibilities/edit/")
    assert "办理涉电业务（5.3）" in start.context["matrix"].functions
    page = text_of(matrix(client, {(0, 0): "R", (0, 1): "R"}))
    assert "职能“响应群众诉求”有多个主责（营销部门、网格经理）" in page
    assert "职能“客户信息保密”没有主责" in page
    good = {(0, 0): "R", (0, 1): "C", (1, 1): "R"}
    moved = matrix(client, good, posts="营销部门\n网格经理\n供电所")
    assert moved.status_code == 409, "what was not seen is not saved"
    assert moved.context["matrix"].marks == (("R", "C", ""), ("", "R", ""))
    assert matrix(client, good).status_code == 302
    assert matrix(client, good, day="2011-12-01").status_code == 409, "nothing changed"
    assert matrix(client, {**good, (1, 0): "I"}, day="2011-11-23").status_code == 409
    assert matrix(client, {**good, (1, 0): "I"}, day="2012-01-01").status_code == 302
    now = client.get("/organisations/CSG-GD-ZQ/responsibilities/")
    assert now.context["version"].number == 1, "the second begins with the year"
    later = client.get("/organisations/CSG-GD-ZQ/responsibilities/?version=2")
    assert later.context["matrix"].rows()[1] == (
        "客户信息保密",
        [("营销部门", "I"), ("网格经理", "R")],
    )
    book = client.get("/organisations/CSG-GD-ZQ/responsibilities.xlsx").content
    rows = list(openpyxl.load_workbook(io.BytesIO(book)).active.iter_rows(values_only=True))
    assert rows == [
        ("职能", "营销部门", "网格经理"),
        ("响应群众诉求", "主责", "配合"),
        ("客户信息保密", None, "主责"),
    ]
    assert ResponsibilityMatrix.objects.in_force(on=date(2012, 1, 1)).number == 2


def test_a_unit_is_organised_by_its_own_house_only(client, lead):
    founded(client)
    body = ServiceBody.objects.get()
    for home, role in (("CSG-GD-ZQ", "company_viewer"), ("SERC-NF", "regulator_lead")):
        client.force_login(member(home, role))
        assert client.get(f"/service-bodies/{body.pk}/").status_code == 200
        assert founded(client, name="另一小组").status_code == 403
    client.force_login(member("CSG-GD-ZQ-SH", "company_lead"))
    assert client.get(f"/service-bodies/{body.pk}/").status_code == 404
    client.force_login(member("CSG-GD", "company_lead"))
    assert founded(client, name="省公司代设小组").status_code == 302
