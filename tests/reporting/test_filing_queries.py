"""Pages of filings ask the database as often for many rows as for few."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from reporting.models import Filing
from reporting.services import drafting
from tests.factories import campaign as campaigns
from tests.factories import reporting

pytestmark = pytest.mark.django_db


def asked(client, url):
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(url)
    assert answer.status_code == 200
    return len(queries)


def windows(filing, count, by):
    """Give a draft so many windows, each with its photo."""
    version = Filing.objects.get(pk=filing.pk).current_version
    one = reporting.rows_for("windows")[0]
    rows = [{**one, "name": f"第{number}营业厅", "_key": f"w{number}"} for number in range(count)]
    drafting.save_part(
        filing=filing,
        part="windows",
        rows=rows,
        seen=version.revisions.get("windows", 0),
        by=by,
        now=reporting.NOW,
    )
    held = set(version.attachments.values_list("row_key", flat=True))
    for row in rows:
        if row["_key"] not in held:
            photo = reporting.png()
            reporting.attach(filing, "windows", photo, "窗口.png", by=by, row_key=row["_key"])


def test_a_filing_with_many_windows_costs_as_much_as_one_with_few(client, duty, people):
    filing = reporting.started(duty)
    reporting.fill(filing)
    client.force_login(people["filer"])
    pages = [f"/filings/{filing.pk}/{page}" for page in ("edit/", "check/", "parts/windows/")]
    windows(filing, 2, people["filer"])
    few = {page: asked(client, page) for page in pages}
    windows(filing, 25, people["filer"])
    assert {page: asked(client, page) for page in pages} == few


def test_the_companys_list_costs_as_much_for_all_as_for_one(client, campaign):
    duty = campaigns.duty(campaign, organisation="CSG-HI")
    reporting.filed(duty, state="accepted")
    client.force_login(reporting.filer(duty.organisation))
    client.get("/filings/")
    few = asked(client, "/filings/?view=accepted")
    assert asked(client, "/filings/?view=all") <= few + 1
