"""Kinds of business as data (3.8), and what protects a customer's archive fields (5.5.1)."""

import io
from copy import deepcopy

import openpyxl
import pytest
from django.db import connection
from django.urls import reverse

from core import catalogue_files, clock
from grids.catalogue import business_types
from grids.models import BusinessRequest
from tests.factories import clients
from tests.factories.accounts import member, organisation
from tests.factories.business import GRID, NOW, at, lead, officer, passed
from tests.reading import text_of

pytestmark = pytest.mark.usefixtures("catalogues", "kickoff_eve")
NAME, PHONE, ADDRESS, ACCOUNT = (
    "岑水清",
    "13800001234",
    "四会市东城街道光明路18号3单元",
    "0312345678",
)


@pytest.mark.clause("S2-3.8")
def test_a_kind_of_business_is_data_and_is_offered_and_handled_as_soon_as_it_is_entered(
    client, monkeypatch
):
    client.force_login(officer())
    known = ["resident_new", "business_new", "high_single", "high_double", "housing", "capacity"]
    known += ["temporary", "rename", "one_meter"]
    offered = [one.code for one in client.get("/business/new/").context["kinds"]]
    assert sorted(offered) == sorted(known)
    said = {"type": "charging", "customer_name": NAME, "customer_phone": PHONE, "address": ADDRESS}
    said |= {"materials": ["form"], "organisation": "", "signer": organisation(GRID).pk}
    assert client.post("/business/new/", said).status_code == 409
    content = deepcopy(catalogue_files.read(business_types.FILE))
    steps = [
        {"code": "take", "title": "受理", "actor": "company", "limit": 1, "unit": "working_days"},
        {
            "code": "connect",
            "title": "装表接电",
            "actor": "company",
            "limit": 4,
            "unit": "working_days",
        },
    ]
    fee = {"kind": "none", "amount": "0", "basis": "不收费"}
    content["types"].append(
        {
            "code": "charging",
            "version": 1,
            "valid_from": NOW.date(),
            "title": "充电桩报装",
            "group": "new",
            "steps": [{**one, "rule": "grid"} for one in steps],
            "materials": [{"code": "form", "title": "用电申请表"}],
            "fee": fee,
        }
    )
    with monkeypatch.context() as patched:
        patched.setattr(business_types.catalogue_files, "read", lambda path: content)
        business_types.load()
    assert "充电桩报装" in text_of(client.get("/business/new/"))
    assert client.post("/business/new/", said).status_code == 302
    request = BusinessRequest.objects.get()
    assert [one.title for one in request.steps.order_by("position")] == ["受理", "装表接电"]
    assert "充电桩报装" in text_of(client.get("/business/types/"))


@pytest.mark.clause("S2-5.5.1b")
def test_shared_archive_fields_are_encrypted_masked_by_role_and_every_opening_is_logged(client):
    request = passed(customer_name=NAME, customer_phone=PHONE, address=ADDRESS, account_no=ACCOUNT)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT customer_name, customer_phone, address, account_no FROM grids_businessrequest"
        )
        stored = cursor.fetchone()
    for plain, kept in zip((NAME, PHONE, ADDRESS, ACCOUNT), stored, strict=True):
        assert plain not in kept, "readable in the database"
    url, secrets = reverse("grids:business", args=[request.pk]), (NAME, PHONE, "3单元", ACCOUNT)
    book = reverse("grids:business_export")
    # Everybody concerned sees it masked, on the page and in the workbook; nobody else sees it.
    for home, role in (
        ("CSG-GD", "company_viewer"),
        ("SERC-NF", "regulator_officer"),
        (GRID, "grid_officer"),
    ):
        client.force_login(member(home, role))
        page = text_of(client.get(url))
        assert "岑**" in page
        cells = openpyxl.load_workbook(io.BytesIO(client.get(book).content)).active
        written = " ".join(str(cell.value) for row in cells.iter_rows() for cell in row)
        assert request.number in written
        for secret in secrets:
            assert secret not in page, (role, secret)
            assert secret not in written, (role, secret)
    client.force_login(member("CSG-GD-FS", "company_lead"))
    assert client.get(url).status_code == 404
    # In full for whoever handles it, with a purpose; a reader by role does not get it.
    reveal = reverse("grids:business_reveal", args=[request.pk])
    client.force_login(member("SERC-NF", "regulator_viewer"))
    assert client.post(reveal, {"purpose": "了解客户情况"}).status_code == 409
    handler = lead()
    client.force_login(handler)
    assert client.post(reveal, {"purpose": ""}).status_code == 422
    with clock.standing_at(at("11-24 15:00")):
        assert NAME in text_of(client.post(reveal, {"purpose": "上门勘查前联系"}))
    # The other platform reads it masked as well.
    issued = clients.issued(GRID, scopes=["business.read"])
    answer = client.get(
        f"/api/v1/grids/business/{request.number}/",
        headers={"authorization": f"Bearer {issued.token}"},
    )
    assert answer.status_code == 200
    assert not any(secret in answer.content.decode() for secret in secrets)
    # And the head of the unit reads who opened which fields, for what.
    client.force_login(member("CSG-GD-ZQ-SH", "company_lead", name="负责人"))
    rows = client.get("/audit/personal/?way=opened").context["rows"]
    assert {row["event"].actor_id for row in rows} == {handler.pk}
    assert {row["event"].reason for row in rows} == {"上门勘查前联系"}
    assert {row["what"] for row in rows} == {
        "customer_name",
        "customer_phone",
        "account_no",
        "address",
    }
