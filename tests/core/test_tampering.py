"""Whoever changes the audit trail behind the portal's back is found out."""

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection

from core import anchor, audit, clock
from core.models import AuditChain, AuditEvent

NOW = datetime(2011, 11, 24, 9, 30, tzinfo=clock.ZONE)
pytestmark = pytest.mark.django_db
EVENTS, CHAINS = "core_auditevent", "core_auditchain"


def write(organisation, count):
    for step in range(count):
        at = NOW + timedelta(minutes=step)
        audit.record(
            "filing.return",
            None,
            by=None,
            now=at,
            organisation=organisation,
            reason=f"第{step}次退回",
            step=step,
            parts=["表一", "附件二"],
        )


@pytest.fixture
def trail():
    """Three chains of 12, 8 and 5 events, noted in the anchor twice while they grew."""
    for organisation, count in (("GD", 6), ("GX", 4), ("", 2)):
        write(organisation, count)
    anchor.write(now=NOW + timedelta(hours=1))
    for organisation, count in (("GD", 6), ("GX", 4), ("", 3)):
        write(organisation, count)
    anchor.write(now=NOW + timedelta(hours=2))
    assert audit.verify() == []


def sql(statement, *parameters):
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)


def edit(column, value, organisation="GD", number=7):
    where = "WHERE organisation = %s AND number = %s"
    sql(f"UPDATE {EVENTS} SET {column} = %s {where}", value, organisation, number)


def cut(organisation, after):
    sql(f"DELETE FROM {EVENTS} WHERE organisation = %s AND number > %s", organisation, after)


def mend_head(organisation):
    """Make the head row fit whatever events there are, as a careful intruder would."""
    last = AuditEvent.objects.filter(organisation=organisation).order_by("-number").first()
    length, head = (last.number, last.seal) if last else (0, "")
    statement = f"UPDATE {CHAINS} SET length = %s, head = %s, anchored = 0 WHERE organisation = %s"
    sql(statement, length, head, organisation)


def swap(column, first, second, organisation="GD"):
    rows = AuditEvent.objects.filter(organisation=organisation)
    one, two = (rows.get(number=number) for number in (first, second))
    left, right = getattr(one, column), getattr(two, column)
    if column == "number":
        edit(column, 999, organisation, first)
        edit(column, left, organisation, second)
        edit(column, right, organisation, 999)
        return
    edit(column, as_stored(right), organisation, first)
    edit(column, as_stored(left), organisation, second)


def as_stored(value):
    return json.dumps(value) if isinstance(value, dict | list) else value


def copy(number, to_number, organisation="GD", into=None):
    columns = "at, kind, actor_id, actor, target_model, target_id, reason, place, details, seal"
    sql(
        f"INSERT INTO {EVENTS} (organisation, number, {columns}) SELECT %s, %s, {columns} "
        f"FROM {EVENTS} WHERE organisation = %s AND number = %s",
        organisation if into is None else into,
        to_number,
        organisation,
        number,
    )


def make_room(number, organisation="GD"):
    """Move everything from a number on up by one, in two steps because numbers are unique."""
    where = "WHERE organisation = %s AND number "
    sql(f"UPDATE {EVENTS} SET number = number + 1000 {where} >= %s", organisation, number)
    sql(f"UPDATE {EVENTS} SET number = number - 999 {where} >= 1000", organisation)


def reseal(settings, start, organisation="GD"):
    """Seal everything from a number on again, with a key that is not ours."""
    ours = settings.SECRET_KEY
    settings.SECRET_KEY = "the key of somebody else"
    before = ""
    for event in AuditEvent.objects.filter(organisation=organisation).order_by("number"):
        if event.number >= start:
            fields = [getattr(event, name) for name in audit.FIELDS]
            event.seal = audit.seals.seal(before, fields)
            edit("seal", event.seal, organisation, event.number)
        before = event.seal
    mend_head(organisation)
    settings.SECRET_KEY = ours


def anchor_lines(settings):
    return Path(settings.AUDIT_ANCHOR).read_text().splitlines()


def keep(settings, lines):
    Path(settings.AUDIT_ANCHOR).write_text("".join(f"{line}\n" for line in lines))


def old_copy(write_on):
    """Put the database back to what it was at the first anchor, then perhaps go on working."""
    for organisation, count in (("GD", 6), ("GX", 4), ("", 2)):
        cut(organisation, count)
        mend_head(organisation)
    if write_on:
        write("GD", 20)


def forge_chain(with_head):
    copy(3, 1, into="HI")
    if with_head:
        AuditChain.objects.create(organisation="HI")
        mend_head("HI")


SEAL = "sha256:s:" + "0" * 64
TAMPERING = {
    "the time of an event": lambda s: edit("at", NOW - timedelta(days=1)),
    "the time by one microsecond": lambda s: edit("at", NOW + timedelta(microseconds=1)),
    "the kind": lambda s: edit("kind", "filing.accept"),
    "the actor's number": lambda s: edit("actor_id", 17),
    "the actor's name": lambda s: edit("actor", "somebody"),
    "the object's model": lambda s: edit("target_model", "reporting.filing"),
    "the object's number": lambda s: edit("target_id", "1"),
    "the reason": lambda s: edit("reason", ""),
    "one character of the reason": lambda s: edit("reason", "第0次退囬"),
    "the place": lambda s: edit("place", "10.0.0.1"),
    "a value in the details": lambda s: edit("details", '{"step": 1, "parts": ["表一", "附件二"]}'),
    "a value removed from the details": lambda s: edit("details", '{"step": 0}'),
    "a value added to the details": lambda s: edit(
        "details", '{"step": 0, "parts": ["表一", "附件二"], "late": false}'
    ),
    "the details emptied": lambda s: edit("details", "{}"),
    "the type of a value": lambda s: edit("details", '{"step": "0", "parts": ["表一", "附件二"]}'),
    "an event moved to another chain": lambda s: edit("organisation", "HI"),
    "a number raised": lambda s: edit("number", 99),
    "the first number made zero": lambda s: edit("number", 0, number=1),
    "a seal of zeros": lambda s: edit("seal", SEAL),
    "a seal emptied": lambda s: edit("seal", ""),
    "a seal of a weaker method": lambda s: edit("seal", SEAL.replace("sha256", "md5")),
    "a seal of an unknown key": lambda s: edit("seal", SEAL.replace(":s:", ":t:")),
    "the first event removed": lambda s: sql(
        f"DELETE FROM {EVENTS} WHERE organisation = 'GD' AND number = 1"
    ),
    "a middle event removed": lambda s: sql(
        f"DELETE FROM {EVENTS} WHERE organisation = 'GD' AND number = 6"
    ),
    "a middle event removed and the rest moved up": lambda s: (
        sql(f"DELETE FROM {EVENTS} WHERE organisation = 'GD' AND number = 6"),
        [edit("number", n - 1, number=n) for n in range(7, 13)],
        mend_head("GD"),
    ),
    "the last event removed": lambda s: cut("GD", 11),
    "the tail cut and the head mended": lambda s: (cut("GD", 9), mend_head("GD")),
    "the tail cut below the first anchor": lambda s: (cut("GD", 3), mend_head("GD")),
    "a chain emptied and the head mended": lambda s: (cut("GD", 0), mend_head("GD")),
    "a chain removed with its head": lambda s: (
        cut("GD", 0),
        sql(f"DELETE FROM {CHAINS} WHERE organisation = 'GD'"),
    ),
    "everything removed": lambda s: (sql(f"DELETE FROM {EVENTS}"), sql(f"DELETE FROM {CHAINS}")),
    "two details swapped": lambda s: swap("details", 2, 5),
    "two reasons swapped": lambda s: swap("reason", 2, 5),
    "two numbers swapped": lambda s: swap("number", 2, 5),
    "two seals swapped": lambda s: swap("seal", 2, 5),
    "an event repeated at the end": lambda s: copy(12, 13),
    "an event repeated at the end and the head mended": lambda s: (copy(12, 13), mend_head("GD")),
    "an event put in between": lambda s: (make_room(4), copy(2, 4), mend_head("GD")),
    "an event of another chain added": lambda s: (
        copy(5, 13, organisation="GX", into="GD"),
        mend_head("GD"),
    ),
    "a chain made up without a head": lambda s: forge_chain(with_head=False),
    "a chain made up with a head": lambda s: forge_chain(with_head=True),
    "rewritten from the fifth on with another key": lambda s: reseal(s, 5),
    "rewritten whole with another key": lambda s: reseal(s, 1),
    "an old copy put back": lambda s: old_copy(write_on=False),
    "an old copy put back and worked on": lambda s: old_copy(write_on=True),
    "the head's length": lambda s: sql(f"UPDATE {CHAINS} SET length = 11 WHERE length = 12"),
    "the head's seal": lambda s: sql(f"UPDATE {CHAINS} SET head = %s WHERE length = 12", SEAL),
    "the head removed": lambda s: sql(f"DELETE FROM {CHAINS} WHERE organisation = 'GD'"),
    "a line of the anchor edited": lambda s: keep(
        s, [line.replace('"length": 6', '"length": 5') for line in anchor_lines(s)]
    ),
    "a line of the anchor removed": lambda s: keep(s, anchor_lines(s)[:2] + anchor_lines(s)[3:]),
    "the anchor's last lines removed": lambda s: keep(s, anchor_lines(s)[:3]),
    "two lines of the anchor swapped": lambda s: keep(s, anchor_lines(s)[::-1]),
    "rubbish in the anchor": lambda s: keep(s, [*anchor_lines(s), "rubbish"]),
    "the anchor removed": lambda s: Path(s.AUDIT_ANCHOR).unlink(),
}


@pytest.mark.parametrize("kind", TAMPERING)
def test_tampering_is_found(kind, trail, settings):
    TAMPERING[kind](settings)
    assert audit.verify(), f"not found: {kind}"


def test_at_least_forty_kinds_are_tried():
    assert len(TAMPERING) >= 40


def test_a_trail_that_nobody_touched_stays_sound_while_it_grows(trail):
    write("GD", 5)
    write("YN", 2)
    assert audit.verify() == []
    anchor.write(now=NOW + timedelta(hours=3))
    assert audit.verify() == []
    assert anchor.write(now=NOW + timedelta(hours=4)) == 0


def test_a_new_key_seals_and_the_old_seals_still_prove(trail, settings):
    settings.AUDIT_KEY = "2012:a-key-made-for-this-trail"
    write("GD", 1)
    assert AuditEvent.objects.get(organisation="GD", number=13).seal.startswith("sha256:2012:")
    assert audit.verify() == []


def test_the_national_profile_seals_with_sm3(trail, settings):
    settings.CRYPTO_PROFILE = "sm"
    write("GD", 1)
    assert AuditEvent.objects.get(organisation="GD", number=13).seal.startswith("sm3:s:")
    assert audit.verify() == []


def test_events_are_never_changed_through_the_model(trail):
    event = AuditEvent.objects.get(organisation="GD", number=1)
    for act in (
        event.save,
        event.delete,
        AuditEvent.objects.all().delete,
        lambda: AuditEvent.objects.update(kind="x"),
    ):
        with pytest.raises(TypeError):
            act()
