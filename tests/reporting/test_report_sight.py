"""What an office above sees of a report once it is issued: its words, never the drafts of them."""

from datetime import timedelta

import pytest
from django.urls import reverse

from core import clock, files
from reporting.models import ReportVersion
from reporting.services import reports
from tests.factories import accounts
from tests.factories import reports as factory

pytestmark = pytest.mark.django_db
NOW = factory.REPORT_DAY + timedelta(hours=1)
DRAFTED, ISSUED = "这句话只在草稿里。", "这句话印发了。"


@pytest.fixture
def issued(catalogues):
    """A report whose first words were sent back, changed and then issued."""
    with clock.standing_at(NOW):
        by, lead = factory.editor(), factory.approver()
        report = factory.drafted(factory.played_campaign(), by=by)
        for text in (DRAFTED, ISSUED):
            first = report.versions.get(number=1).chapters
            words = [*first[:-1], {**first[-1], "text": f"{first[-1]['text']}\n{text}"}]
            seen = report.current_version.number
            reports.edit_version(report=report, seen=seen, words=words, note=text, by=by, now=NOW)
            report.refresh_from_db()
        report = reports.submit_for_approval(report=report, by=by, now=NOW)
        report = reports.approve(report=report, by=lead, now=NOW)
        yield reports.issue(report=report, by=lead, now=NOW)


def test_the_office_itself_compares_all_versions(client, issued):
    client.force_login(accounts.member("SERC-NF", "regulator_viewer"))
    page = client.get(reverse("reporting:report_versions", args=[issued.pk])).content.decode()
    assert DRAFTED in page
    assert ISSUED in page


def test_the_national_regulator_reads_what_was_issued_and_no_draft(client, issued):
    client.force_login(accounts.member("NEA-ROOT", "regulator_viewer"))
    address = reverse("reporting:report_versions", args=[issued.pk])
    for query in ("", "?after=2", "?before=1&after=3"):
        answer = client.get(address + query)
        assert answer.status_code == 200
        assert DRAFTED not in answer.content.decode()
    assert [one.number for one in answer.context["versions"]] == [3]


def test_files_of_drafts_stay_in_their_office(issued):
    own = accounts.member("SERC-NF", "regulator_viewer")
    above = accounts.member("NEA-ROOT", "regulator_viewer")
    printed = ReportVersion.objects.filter(report=issued, pdf__isnull=False)
    drafts = printed.exclude(pk=issued.current_version_id)
    assert drafts.exists()
    for version in drafts:
        assert files.may_open(own, version.pdf)
        assert not files.may_open(above, version.pdf)
    issued.refresh_from_db()
    assert files.may_open(above, issued.current_version.pdf)
