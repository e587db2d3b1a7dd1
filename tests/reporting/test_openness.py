"""Public pages: promises beside performance, disclosure, channels, open data; no person in them."""

import csv
import io
from datetime import date

import openpyxl
import pytest
from django.urls import reverse

from core import clock
from core.periods import Period
from reporting.models import Disclosure, DisclosureItem, IndicatorValue
from reporting.services import indicators as services
from tests.factories import accounts
from tests.factories.complaints import at, received
from tests.reading import text_of

pytestmark = pytest.mark.django_db
NOW = at("2018-03-05 09:00")
FEBRUARY = Period(date(2018, 2, 1), date(2018, 2, 28))
PAGES = ("home", "disclosure", "channels", "targets", "data", "feed")


@pytest.fixture(autouse=True)
def monday():
    with clock.standing_at(NOW):
        yield


def told(client, name, *args):
    response = client.get(reverse(f"reporting:public_{name}", args=args))
    assert response.status_code == 200
    return response


def rated():
    for word in ("content", "content", "not_content"):
        received(
            source="95598",
            owner="CSG-GD",
            channel="phone_95598",
            organisation="CSG-GD-ZQ",
            category="voltage_quality",
            complainant_name="赵某某",
            received_at=at("2018-02-10 09:00"),
            state="closed",
            closed_at=at("2018-02-20 09:00"),
            outcome="substantiated",
            satisfaction=word,
            now=NOW,
        )
    services.compute(FEBRUARY, now=NOW)


@pytest.mark.clause("S1-1.2c")
def test_the_public_home_leads_to_rights_promises_complaints_and_progress(client, catalogues):
    text = told(client, "home").content.decode()
    for name in ("complaints:public_new", "complaints:public_track", "reporting:public_channels"):
        assert reverse(name) in text
    assert reverse("reporting:public_promises", args=["CSG-GD"]) in text
    assert "您的用电权益" in text
    # The numbers stand on every page.
    for name in ("home", "disclosure", "channels", "targets", "data"):
        shown = told(client, name).content.decode()
        assert ('href="tel:12398"' in shown, 'href="tel:95598"' in shown) == (True, True)
    code = told(client, "code", "complaint")
    assert (code["Content-Type"], b"<svg" in code.content) == ("image/svg+xml", True)


def published(client, period="2018-02"):
    """One of the office lays the values of a period together, another puts them out."""
    client.force_login(accounts.member("SERC-NF", "regulator_officer"))
    made = client.post(reverse("reporting:indicator_prepare"), {"period": period})
    client.force_login(accounts.member("SERC-NF", "regulator_lead"))
    assert client.post(f"{made['Location']}publish/").status_code == 302
    client.logout()


@pytest.mark.clause("S1-3.1.3a")
def test_promises_stand_beside_what_was_measured_and_published(client, catalogues):
    rated()
    page = told(client, "promises", "CSG-GD").context["promises"]
    kept = {one.promise.code: one for one in page}
    assert kept["csg_rs_urban"].promise.text == "城市供电可靠率不低于99.9%"
    assert kept["csg_rs_urban"].measured == "—"
    values = IndicatorValue.objects.filter(indicator__code="rs1_urban", organisation__code="CSG-GD")
    assert values.count() == 0
    published(client)
    shown = told(client, "promises", "CSG-GD")
    found = {one["indicator"].code: one["shown"] for one in shown.context["values"]}
    assert found == {"satisfaction_95598": "66.67"}
    # Behind a value out of returns stands of how many it is added up.
    urls = [reverse("reporting:return", args=[number]) for number in (1, 2, 3)]
    rows = [{"place": "市局", "value": "1", "url": url} for url in urls]
    inputs = {"lost": {"label": "时户数", "value": "3", "url": "", "rows": rows}}
    public = IndicatorValue.objects.published().filter(organisation__code="CSG-GD")
    public.update(inputs=inputs)
    assert "由3张报表汇总" in text_of(told(client, "promises", "CSG-GD"))
    # A value that was computed anew is not public before somebody publishes it.
    IndicatorValue.objects.filter(indicator__code="satisfaction_95598").update(value=1)
    services.compute(FEBRUARY, now=NOW)
    again = IndicatorValue.objects.standing().filter(published_at__isnull=False)
    assert not again.filter(indicator__code="satisfaction_95598").exists()
    client.force_login(accounts.member("CSG-GD", "company_lead"))
    assert client.post(reverse("reporting:indicator_prepare")).status_code == 403


@pytest.mark.clause("S1-3.1.3b")
def test_disclosure_is_fresh_until_its_day_and_out_of_date_after_it(client, catalogues):
    """Outage information is renewed every 7 days, quality every 92."""
    client.force_login(accounts.member("CSG-GD", "company_filer"))
    enter = reverse("reporting:disclosure_enter")
    for code, day in (("outages", "2018-02-25"), ("quality", "2018-01-05")):
        item = DisclosureItem.objects.get(code=code)
        said = {"item": item.pk, "published_on": day, "place": "门户网站"}
        assert client.post(enter, said).status_code == 302
        assert client.post(enter, said).status_code == 409
    late = {**said, "published_on": "2018-03-06"}
    assert client.post(enter, late).status_code == 409
    assert Disclosure.objects.count() == 2
    client.logout()
    lines = told(client, "disclosure").context["lines"]
    found = {one.item.code: one for one in lines if one.unit.code == "CSG-GD"}
    assert (str(found["outages"].due_on), found["outages"].lamp) == ("2018-03-04", "late")
    assert (str(found["quality"].due_on), found["quality"].lamp) == ("2018-04-07", "ok")
    assert (found["prices"].last, found["prices"].lamp) == (None, "late")
    client.force_login(accounts.member("CSG-GD", "company_viewer"))
    assert client.post(enter, said).status_code == 403


@pytest.mark.clause("S1-2.2.1b")
def test_open_data_comes_as_tables_and_as_a_feed_without_persons(client, catalogues):
    rated()
    published(client)
    sheet = told(client, "data_file", "indicators", "csv").content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(sheet)))
    units = {one["单位"] for one in rows if one["指标代码"] == "satisfaction_95598"}
    assert {"肇庆供电局", "广东电网公司"} & units
    assert {one["数值"] for one in rows if one["指标代码"] == "satisfaction_95598"} == {"66.67"}
    data = told(client, "data_file", "indicators", "json").json()
    assert len(data["rows"]) == len(rows)
    book = openpyxl.load_workbook(
        io.BytesIO(told(client, "data_file", "indicators", "xlsx").content)
    )
    assert book.active.max_row == len(rows) + 1
    for slug in ("targets", "promises", "disclosure"):
        for form in ("csv", "xlsx", "json"):
            told(client, "data_file", slug, form)
    feed = told(client, "feed").json()
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    for name in PAGES:
        assert "赵某某" not in told(client, name).content.decode()
    assert client.get("/public/data/none.csv").status_code == 404
    assert client.get("/public/data/targets.exe").status_code == 404
