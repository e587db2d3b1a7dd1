"""Files that nothing refers to go after their time; what is referred to stays, also at the last
moment."""

import os
import threading
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

from campaign import services
from core import clock, file_checks, file_cleanup, files, outbox, tasks
from core.models import AuditEvent, Letter, StoredFile
from tests.core.test_files import kept, media  # noqa: F401
from tests.factories import accounts
from tests.factories import campaign as campaigns
from tests.factories.files import content_of
from tests.workbooks import attachments as made

NOW = datetime(2011, 11, 24, 9, 30, tzinfo=clock.ZONE)
LATER = NOW + timedelta(days=8)
pytestmark = pytest.mark.django_db


def keep(content, name="文件.pdf", now=NOW):
    upload = SimpleUploadedFile(name, content)
    return files.store(upload, by=None, now=now, organisation="GD", purpose="filing")


def age(*stored):
    """Contents from the day of their rows."""
    for one in stored:
        os.utime(one.path, (one.created_at.timestamp(),) * 2)


def letter(key, *stored, now=NOW):
    return outbox.post(
        key=key, channel="mail", kind="x", to="a@grid.example", attachments=stored, now=now
    )


def test_a_file_without_any_reference_goes_after_its_days_with_a_trace(media):  # noqa: F811
    stored = keep(made.pdf())
    age(stored)
    assert file_cleanup.remove_unused(now=NOW + timedelta(days=6, hours=23)) == 0
    assert file_cleanup.remove_unused(now=LATER) == 1
    assert not StoredFile.objects.exists()
    event = AuditEvent.objects.get(kind="file.remove")
    assert (event.organisation, event.target_id, event.actor) == ("GD", str(stored.pk), "")
    assert event.details["sha256"] == stored.sha256
    assert "文件" not in str(event.details)
    assert file_cleanup.remove_unused(now=LATER) == 0


@pytest.mark.django_db(transaction=True)
def test_the_content_goes_with_the_last_row_that_speaks_of_it(media):  # noqa: F811
    old, young = keep(made.pdf()), keep(made.pdf(), now=LATER)
    other = keep(made.png(), "a.png")
    age(old, other)
    file_cleanup.remove_unused(now=LATER)
    assert list(StoredFile.objects.all()) == [young]
    assert kept(media) == [young.path]
    assert content_of(young) == made.pdf()
    assert file_checks.broken() == []
    assert not list((media / "tmp").iterdir())


@pytest.mark.parametrize("state", ["queued", "sent"])
def test_what_a_letter_carries_or_carried_stays(state):
    stored = keep(made.pdf())
    posted = letter("k", stored)
    if state == "sent":
        Letter.objects.filter(pk=posted.pk).update(state="sent", sent_at=NOW)
    assert file_cleanup.remove_unused(now=LATER) == 0


def test_every_table_that_refers_to_files_is_asked():
    asked = {f"{model._meta.label}.{name}" for model, name in file_cleanup._references()}
    assert {
        "reporting.Attachment.file",
        "reporting.PartUpload.file",
        "reporting.ReturnUpload.file",
        "reporting.ReportVersion.pdf",
        "campaign.Meeting_files.storedfile",
        "campaign.DocumentIssue_files.storedfile",
    } <= asked


def test_a_file_that_a_letter_takes_up_in_the_meantime_stays(monkeypatch):
    stored = keep(made.pdf())

    def read_then_posted(real=file_cleanup._mailed):
        found = real()
        letter("meanwhile", stored, now=LATER)
        return found

    monkeypatch.setattr(file_cleanup, "_mailed", read_then_posted)
    assert file_cleanup.remove_unused(now=LATER) == 0
    assert StoredFile.objects.filter(pk=stored.pk).exists()


@pytest.mark.django_db(transaction=True)
def test_a_row_that_takes_up_a_file_in_the_meantime_keeps_it_or_is_refused(media, catalogues):  # noqa: F811
    """The reference is entered and not yet committed when the removal begins."""
    campaign = campaigns.launched_campaign()
    meeting = services.convene(
        campaign=campaign,
        title="专项行动启动会",
        starts_at=NOW + timedelta(days=1),
        ends_at=NOW + timedelta(days=1, hours=2),
        place="广州",
        agenda="部署任务",
        organiser=campaign.issuing_organisation,
        invitees=[accounts.organisation("CSG-GD")],
        by=accounts.member(campaign.issuing_organisation, "regulator_officer"),
        now=campaigns.LAUNCH,
    )
    stored = keep(made.pdf())
    age(stored)
    entered, removed = threading.Event(), []

    def remove():
        entered.wait(10)
        removed.append(file_cleanup.remove_unused(now=LATER))
        connection.close()

    other = threading.Thread(target=remove)
    other.start()
    refused = False
    try:
        with transaction.atomic():
            meeting.files.add(stored)
            entered.set()
            other.join(0.5)
    except IntegrityError:
        refused = True  # PostgreSQL asks for the file at the commit only
    other.join(20)
    assert removed == [int(refused)]
    assert meeting.files.count() == StoredFile.objects.count() == int(not refused)
    if not refused:
        assert content_of(StoredFile.objects.get()) == made.pdf()


def test_a_content_that_was_touched_a_moment_ago_is_put_back(media):  # noqa: F811
    stored = keep(made.pdf())
    StoredFile.objects.all().delete()
    assert not file_cleanup.discard(stored.path, stored.sha256, now=clock.now())
    assert kept(media) == [stored.path]
    age(stored)
    assert file_cleanup.discard(stored.path, stored.sha256, now=clock.now())
    assert kept(media) == []
    assert not file_cleanup.discard(stored.path, stored.sha256, now=clock.now())


def test_the_duty_works_once_a_day(monkeypatch):
    rounds = []
    monkeypatch.setattr(file_cleanup, "remove_unused", lambda now: rounds.append(now))
    for hours in (0, 1, 23, 24, 25, 49):
        tasks.remove_unused_files(now=NOW + timedelta(hours=hours))
    assert [(at - NOW).total_seconds() / 3600 for at in rounds] == [0, 24, 49]
    assert outbox.ticks()["core.unused-files"]


def test_what_a_crash_left_laid_aside_is_put_back(media, monkeypatch):  # noqa: F811
    """The process died after laying a content aside that somebody had uploaded again."""
    stored, other = keep(made.pdf()), keep(made.png(), "a.png")

    class Killed(BaseException):
        pass

    def killed(*_args, **_more):
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(os, "link", killed)
        patch.setattr(Path, "unlink", killed)
        with pytest.raises(Killed):
            file_cleanup.discard(stored.path, stored.sha256, now=NOW)
    assert len(file_checks.broken()) == 1
    (aside,) = (media / "tmp").glob("*/*")
    long_ago = (NOW - timedelta(days=1)).timestamp()
    os.utime(aside.parent, (long_ago, long_ago))
    file_cleanup.remove_unused(now=NOW)
    assert file_checks.broken() == []
    assert sorted(kept(media)) == sorted([stored.path, other.path])
    assert not list((media / "tmp").iterdir())


def test_removing_orphans_spares_what_is_uploaded_meanwhile(media, monkeypatch):  # noqa: F811
    stored = keep(made.pdf())
    age(stored)
    stored.delete()

    def listed_then_uploaded(*, now, real=file_checks.orphans):
        found = real(now=now)
        keep(made.pdf())
        return found

    monkeypatch.setattr(file_checks, "orphans", listed_then_uploaded)
    call_command("remove_orphan_files")
    assert file_checks.broken() == []
