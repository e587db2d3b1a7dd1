"""Printing takes seconds, so nobody waits for it: no lock is held meanwhile, and what was printed
is only kept if nothing changed."""

import pytest
from django.db import connection

from campaign.services import open_duty
from core import files, outbox
from core.errors import Conflict, Refused
from reporting import documents
from reporting.models import DocumentCounter, FigureSnapshot
from reporting.services import reports, sending, subscriptions
from reporting.workflow.filing import State as FilingState
from tests.factories import accounts
from tests.factories import campaign as campaigns
from tests.factories import reports as factory
from tests.reporting.test_report_subscriptions import subscribed

NOW = factory.REPORT_DAY
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def campaign(catalogues):
    return campaigns.launched_campaign()


@pytest.fixture
def printing(monkeypatch):
    """What happens while something is printed; and whether a transaction was open then."""
    seen, real = {"open": [], "meanwhile": []}, documents.render

    def render(*given):
        seen["open"].append(connection.in_atomic_block)
        made = real(*given)
        if seen["meanwhile"]:
            seen["meanwhile"].pop(0)()
        return made

    monkeypatch.setattr(documents, "render", render)
    return seen


def test_nothing_is_locked_while_a_report_is_built_edited_and_issued(campaign, printing):
    by, lead = factory.editor(), factory.approver()
    report = factory.drafted(campaign, by=by)
    words = [chapter | {"title": chapter["title"] + "等"} for chapter in current(report).chapters]
    reports.edit_version(report=report, seen=1, words=words, by=by, now=NOW)
    report = reports.submit_for_approval(report=report, by=by, now=NOW)
    report = reports.approve(report=report, by=lead, now=NOW)
    reports.issue(report=report, by=lead, now=NOW)
    assert printing["open"] == [False, False, False]


def test_nothing_is_locked_while_a_subscription_is_printed(campaign, printing):
    subscription = subscribed(campaign, skip_if_empty=False)
    subscriptions.tick(now=subscription.next_run_at)
    outbox.run_due(now=subscription.next_run_at)
    assert printing["open"] == [False]
    assert FigureSnapshot.objects.count() == 1


def test_nothing_is_locked_while_files_are_put_into_the_report_upwards(campaign, monkeypatch):
    report = factory.at("issued", campaign)
    seen, real = [], sending.files.receive

    def receive(*given, **named):
        seen.append(connection.in_atomic_block)
        return real(*given, **named)

    monkeypatch.setattr(sending.files, "receive", receive)
    open_duty(duty=campaigns.duty(campaign, "kickoff-upward", "SERC-NF"), now=NOW)
    filing = sending.prepare_upward(report=report, by=factory.editor(), now=NOW)
    assert seen == [False, False, False]
    assert filing.state == FilingState.DRAFT
    assert filing.current_version.attachments.count() == 3


def test_a_number_taken_meanwhile_is_not_given_twice(campaign, printing):
    """Another report is issued while this one is printed: this one is printed again."""
    by, lead = factory.editor(), factory.approver()
    other = factory.at("approved", campaign, by=by, approved_by=lead)
    report = factory.at("approved", campaign, by=by, approved_by=lead)
    printing["open"].clear()
    printing["meanwhile"] = [lambda: reports.issue(report=other, by=lead, now=NOW)]
    issued = reports.issue(report=report, by=lead, now=NOW)
    other.refresh_from_db()
    assert [other.serial, issued.serial] == [1, 2]
    assert DocumentCounter.objects.get().last == 2
    assert len(printing["open"]) == 3
    # The files carry the number that was given, not the one that was hoped for.
    version = current(issued)
    text = documents.officialdoc.compose(
        documents.document_of(
            issued.snapshot, version.chapters, reports.heads_of(issued, issued.snapshot)
        )
    )
    assert text["number"] == issued.document_number
    printed = documents.render(
        issued.snapshot, version.chapters, reports.heads_of(issued, issued.snapshot)
    )
    assert files.open(version.docx).read() == printed["docx"]


def test_a_report_that_was_decided_on_meanwhile_is_not_issued_twice(campaign, printing):
    lead = factory.approver()
    report = factory.at("approved", campaign, approved_by=lead)
    printing["meanwhile"] = [lambda: reports.issue(report=report, by=lead, now=NOW)]
    with pytest.raises((Refused, Conflict)):
        reports.issue(report=report, by=lead, now=NOW)
    assert DocumentCounter.objects.get().last == 1


def test_a_number_that_never_stands_still_ends_in_a_refusal_and_no_gap(campaign, printing):
    lead = factory.approver()
    report = factory.at("approved", campaign, approved_by=lead)
    office = accounts.organisation("SERC-NF")

    def taken():
        counter, _new = DocumentCounter.objects.get_or_create(organisation=office, year=2011)
        counter.last += 1
        counter.save()

    printing["meanwhile"] = [taken] * 20
    with pytest.raises(Conflict):
        reports.issue(report=report, by=lead, now=NOW)
    report.refresh_from_db()
    assert (report.state, report.document_number) == ("approved", "")


def current(report):
    report.refresh_from_db()
    return report.current_version
