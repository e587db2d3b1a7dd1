"""Workbooks that nobody took over are forgotten; files of a draft that was given up follow."""

import os
from datetime import timedelta

import pytest

from core import file_cleanup
from core.models import AuditEvent, StoredFile
from reporting.models import Attachment, Filing, PartUpload
from reporting.services import drafting, tidying
from tests.factories import accounts, reporting
from tests.reporting.test_filing_draft import workbook

pytestmark = pytest.mark.django_db
NOW = reporting.NOW
UNCONFIRMED, UNUSED = timedelta(days=31), timedelta(days=8)


@pytest.fixture
def upload(duty, people):
    filing = reporting.started(duty)
    return drafting.upload_part_workbook(
        filing=filing,
        part="leading_group",
        upload=workbook(filing, "leading_group", reporting.rows_for("leading_group")),
        by=people["filer"],
        now=NOW,
    )


def test_a_workbook_that_nobody_took_over_goes_with_its_file(upload):
    assert tidying.discard_unconfirmed(now=NOW + timedelta(days=29)) == 0
    assert file_cleanup.remove_unused(now=NOW + timedelta(days=29)) == 0
    assert tidying.discard_unconfirmed(now=NOW + UNCONFIRMED) == 1
    event = AuditEvent.objects.get(kind="filing.discard_upload")
    assert (event.details["part"], event.actor_id) == ("leading_group", None)
    assert file_cleanup.remove_unused(now=NOW + UNCONFIRMED) == 1
    assert not StoredFile.objects.exists()


def test_a_workbook_that_was_taken_over_stays(upload, people):
    drafting.confirm_upload(upload=upload, by=people["filer"], now=NOW)
    assert tidying.discard_unconfirmed(now=NOW + UNCONFIRMED) == 0
    assert file_cleanup.remove_unused(now=NOW + UNCONFIRMED) == 0
    assert PartUpload.objects.get().file.path.exists()


def test_files_of_a_draft_that_was_given_up_go(upload, people):
    filing = Filing.objects.get()
    reporting.fill(filing, only={"windows"})
    assert Attachment.objects.exists()
    kept = StoredFile.objects.count()
    drafting.withdraw_draft(filing=filing, by=people["filer"], now=NOW)
    for stored in StoredFile.objects.all():
        os.utime(stored.path, (NOW.timestamp(),) * 2)
    assert file_cleanup.remove_unused(now=NOW + UNUSED) == kept > 0
    assert not StoredFile.objects.exists()


def test_files_of_what_was_filed_stay(duty):
    reporting.filed(duty)
    assert file_cleanup.remove_unused(now=NOW + timedelta(days=900)) == 0


@pytest.mark.parametrize(
    ("where", "role", "status"),
    [
        ("CSG-GD", "company_filer", 200),
        ("CSG-GD", "company_lead", 200),
        ("CSG-GD", "company_viewer", 404),
        ("CSG-HI", "company_filer", 404),
        ("SERC-NF", "regulator_officer", 404),
    ],
)
def test_the_workbook_itself_is_for_those_who_fill_in_and_certify(
    client, upload, where, role, status
):
    client.force_login(accounts.member(where, role))
    response = client.get(upload.file.get_absolute_url())
    response.close()
    assert response.status_code == status
