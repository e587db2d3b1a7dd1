"""Who opened or took personal data: seen by whom it concerns, exported, laid down by month."""

import io
from datetime import datetime, timedelta

import openpyxl
import pytest
from django.urls import reverse

from accounts.models import AccessArchive
from accounts.services import let_go_archives
from core.clock import ZONE, standing_at
from core.models import AuditEvent, StoredFile
from tests.factories import complaints
from tests.factories.accounts import member
from tests.reading import text_of

pytestmark = pytest.mark.django_db
OCTOBER = datetime(2011, 10, 31, 10, 0, tzinfo=ZONE)


@pytest.fixture
def world(client, catalogues, kickoff_eve):
    """A case whose complainant an officer opened in October, and a list that was taken today."""
    case = complaints.received(received_at=datetime(2011, 10, 28, 9, 0, tzinfo=ZONE))
    officer = member("SERC-NF", "regulator_officer", name="查某")
    client.force_login(officer)
    with standing_at(OCTOBER):
        answer = client.post(reverse("complaints:reveal", args=[case.pk]), {"purpose": "回访核实"})
        assert answer.status_code == 200
    assert client.get("/cases.xlsx?view=all").status_code == 200
    return case, officer


@pytest.mark.clause("S2-6.1.3", "S2-7.5")
def test_every_opening_and_every_copy_stands_in_the_log_of_its_unit(client, world):
    case, reader = world
    client.force_login(reader)
    assert client.get("/audit/personal/").status_code == 403, "not for whoever works with cases"
    head = member("SERC-NF", "regulator_lead")
    client.force_login(head)
    page = client.get("/audit/personal/")
    told = [
        (row["actor"], str(row["way"]), row["event"].reason, row["number"])
        for row in page.context["rows"]
    ]
    assert told == [(reader.name, "下载、导出", "", 1), (reader.name, "查看", "回访核实", None)]
    assert page.context["rows"][1]["event"].target_id == str(case.pk)
    only = client.get("/audit/personal/?way=opened&since=2011-10-01&until=2011-10-31")
    assert only.context["total"] == 1
    assert client.get(f"/audit/personal/?actor={reader.name}").context["total"] == 2
    assert client.get("/audit/personal/?since=2011-11-01").context["total"] == 1
    book = client.get("/audit/personal/export/?way=opened").content
    rows = list(openpyxl.load_workbook(io.BytesIO(book)).active.iter_rows(values_only=True))
    assert len(rows) == 2
    assert "回访核实" in rows[1]
    # The copy of the log stands in the log.
    assert AuditEvent.objects.filter(kind="copy.take", actor_id=head.pk).exists()
    client.force_login(member("CSG-YN", "company_lead"))
    assert client.get("/audit/personal/").context["total"] == 0


@pytest.mark.clause("S2-7.5")
def test_a_month_is_laid_down_once_and_kept_as_long_as_the_rule_says(client, world):
    head = member("SERC-NF", "regulator_lead")
    client.force_login(head)
    asked = {"organisation": "SERC-NF", "month": "2011-11"}
    refused = client.post("/audit/personal/archive/", asked)
    assert refused.status_code == 409
    assert "当月尚未结束" in text_of(refused)
    asked["month"] = "2011-10"
    assert client.post("/audit/personal/archive/", asked).status_code == 302
    assert client.post("/audit/personal/archive/", asked).status_code == 409
    made = AccessArchive.objects.get()
    # Kept for 36 months after October 2011.
    assert (made.count, made.keep_until.isoformat()) == (1, "2014-10-31")
    page = text_of(client.get("/audit/personal/"))
    assert "1 条，保存至 2014-10-31" in page
    assert "公安部令第82号" in page
    answer = client.get(f"/files/{made.file.uuid}/")
    content = b"".join(answer.streaming_content)
    rows = list(openpyxl.load_workbook(io.BytesIO(content)).active.iter_rows(values_only=True))
    assert len(rows) == 2
    opened = AuditEvent.objects.get(kind="personal.reveal")
    assert opened.seal in rows[1], "with the seal that proves it"
    client.force_login(member("CSG-YN", "company_lead"))
    assert client.get(f"/files/{made.file.uuid}/").status_code == 404
    assert client.post("/audit/personal/archive/", asked).status_code == 404
    # It is kept through its last day and gone after it, file and all, on the record.
    last = datetime(2014, 10, 31, 23, 50, tzinfo=ZONE)
    assert let_go_archives(now=last) == 0
    after = last + timedelta(minutes=20)
    assert (let_go_archives(now=after), let_go_archives(now=after)) == (1, 0)
    assert not AccessArchive.objects.exists()
    assert not StoredFile.objects.filter(pk=made.file_id).exists()
    assert AuditEvent.objects.get(kind="access.expire").details["month"] == "2011-10"
