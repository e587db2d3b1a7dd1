"""Accepted plans as open data, in the search and in the help; charts with their tables."""

import csv
import io
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from core import clock
from reporting.services import plans
from tests.factories.accounts import member
from tests.factories.plans import ROWS, accepted, filed
from tests.reading import text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("catalogues")]
# A Wednesday.
NOW = clock.at(date(2011, 5, 11), 10)


@pytest.fixture(autouse=True)
def _on_that_day():
    with clock.standing_at(NOW):
        yield


def signed_in(code, role):
    client = Client()
    client.force_login(member(code, role))
    return client


def test_the_public_part_of_accepted_plans_is_open_data_and_names_no_user():
    plan = accepted(now=NOW)
    anybody = Client()
    listed = text_of(anybody.get(reverse("reporting:public_plans")))
    table = reverse("reporting:public_data_file", args=["plans", "csv"])
    assert table in listed
    assert reverse("reporting:public_plans") in text_of(
        anybody.get(reverse("reporting:public_home"))
    )
    content = anybody.get(table).content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(content)))
    told = [
        (one["等级"], one["缺口下限"], one["缺口上限"], one["调控指标（千瓦）"]) for one in rows
    ]
    # The bands of 2011 in per cent of the peak, and the targets of the plan.
    assert told == [
        ("Ⅳ", "0", "5", "500"),
        ("Ⅲ", "5", "10", "1000"),
        ("Ⅱ", "10", "20", "2000"),
        ("Ⅰ", "20", "", "2000"),
    ]
    assert {(one["年度"], one["地区"], one["批准文号"]) for one in rows} == {
        ("2011", "肇庆市", "府函〔2011〕20号")
    }
    as_json = anybody.get(reverse("reporting:public_data_file", args=["plans", "json"])).json()
    assert [one["users"] for one in as_json["rows"]] == [1, 2, 4, 4]
    for text in (content, str(as_json), text_of(anybody.get(
        reverse("reporting:public_plan", args=[plan.pk])))):  # fmt: skip
        for secret in (ROWS[0]["user_name"], ROWS[0]["user_no"], ROWS[0]["phone"], "赵某"):
            assert secret not in text
    # What was replaced is no longer told.
    again = plans.revise(plan=plan, by=plan.drafted_by, now=NOW)
    again = plans.check(plan=again, by=plan.drafted_by, now=NOW)
    plans.certify(plan=again, by=member(plan.organisation, "company_lead"), now=NOW)
    paper = SimpleUploadedFile("批复.pdf", b"%PDF-1.4 x %%EOF")
    plans.approve(plan=again, body="市政府", number="21号", approved_on=NOW.date(), document=paper,
                  by=plan.drafted_by, now=NOW)  # fmt: skip
    assert "20号" not in anybody.get(table).content.decode("utf-8-sig")


def test_the_page_draws_each_grade_beside_its_gap_with_the_table():
    plan = filed(now=NOW)
    lead = signed_in("CSG-GD-ZQ", "company_lead")
    text = text_of(lead.get(reverse("reporting:plan", args=[plan.pk])))
    assert "各等级可压限负荷与缺口" in text
    assert "<svg" in text
    # 5, 10, 20 per cent of 10,000 kW, and at least 20 for the open one; 600 kW each user.
    for number in ("500", "1,000", "2,000", "600", "1,200", "2,400"):
        assert f">{number}<" in text
    public = Client().get(reverse("reporting:public_plan", args=[plan.pk]))
    assert public.status_code == 404


def test_plans_are_found_by_area_year_approval_and_receipt_by_those_who_see_them():
    plan = filed(now=NOW)
    own, other = signed_in("CSG-GD-ZQ", "company_lead"), signed_in("CSG-YN", "company_lead")
    address = reverse("reporting:plan", args=[plan.pk])
    for query in ("肇庆", "2011", "府函〔2011〕20号", plan.receipt.number):
        assert address in text_of(own.get(reverse("core:search"), {"q": query})), query
        assert address not in text_of(other.get(reverse("core:search"), {"q": query}))


def test_pages_of_plans_supply_and_outages_have_their_help():
    client = signed_in("CSG-GD-ZQ", "company_lead")
    for page, slug in (("plans", "plans"), ("activations", "supply"), ("outages", "outages")):
        help_page = reverse("core:help_page", args=[slug])
        assert help_page in text_of(client.get(reverse(f"reporting:{page}"))), page
        assert client.get(help_page).status_code == 200
