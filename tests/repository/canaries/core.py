"""Secrets of the common mechanisms: notices, letters, long work, audit trail, files."""

from datetime import datetime

from core import audit, jobs, outbox
from core.clock import ZONE
from core.models import CalendarVersion
from tests.repository.sweep import Secret

NOW = datetime(2011, 11, 24, 9, 0, tzinfo=ZONE)


def plant(world):
    owner = world.person("CSG-YN", "company_filer")
    return [
        notice(world, owner),
        letter(world),
        work(world, owner),
        event(world),
        *no_secrets(world),
    ]


def no_secrets(world):
    """Doors that everybody signed in may open with these keys: the calendar and the help."""
    version = CalendarVersion.objects.order_by("pk").first()
    year = {"year": 2011, "pk": version.pk, "number": version.number}
    return [
        Secret("the calendar", world.text(), lambda p: True, keys=year),
        Secret("a help page", world.text(), lambda p: True, app="core", keys={"page": "keyboard"}),
    ]


def notice(world, owner):
    text = world.text()
    posted = outbox.post(
        key="secret-notice",
        channel="notice",
        kind="test.secret",
        recipient=owner.user,
        subject="通知",
        body=text,
        now=NOW,
    )
    return Secret(
        "a notice",
        text,
        lambda p: p.user == owner.user,
        app="core",
        keys={"pk": posted.pk},
        opens=("core:open_notice",),
    )


def letter(world):
    """A letter in the outbox: its text never stands on the administrators' pages unasked."""
    text = world.text()
    posted = outbox.post(
        key="secret-letter",
        channel="mail",
        kind="test.secret",
        to="somebody@people.example",
        subject="来信",
        body=text,
        now=NOW,
    )
    return Secret("text of a letter", text, lambda p: False, keys={"pk": posted.pk})


def work(world, owner):
    text = world.text()
    job = jobs.start(kind="test.secret", by=owner.user, now=NOW, payload={}, key=text)
    type(job).objects.filter(pk=job.pk).update(note=text)
    return Secret(
        "long work of a person",
        text,
        lambda p: p.user == owner.user,
        app="core",
        keys={"pk": job.pk},
        opens=("core:job", "core:cancel_job"),
    )


def event(world):
    text = world.text()
    audit.record("test.secret", None, by=None, now=NOW, organisation="CSG-YN", reason=text)
    return Secret(
        "an event of the audit trail",
        text,
        lambda p: p.home == "NEA-ROOT" and p.may("audit.view"),
    )
