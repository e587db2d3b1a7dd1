"""The ledger of messages with companies' systems: what came in, what went out, what goes again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.utils.translation import gettext as _

from accounts.models import Organisation, User, WebhookEndpoint
from accounts.permissions import Permission
from accounts.services import webhooks
from complaints.models import Case, HotlineCounter, HotlineMessage
from core import bulk, masking, parked
from core.errors import Refused
from core.models import Letter

IN, OUT = HotlineMessage.Direction.IN, HotlineMessage.Direction.OUT
# Kinds of which a number has one message, however often it is sent.
ONCE = ("case", "issues", "reconciliation")
BATCH = "batch"
REFUSED_FROM = 400
PIECE = 500
MOST_REPLAYED = 200


@dataclass(frozen=True)
class Arrived:
    """A message that came in, as it was answered. ``fields``: names of those that were wrong."""

    kind: str
    number: str
    status: int
    external_id: str = ""
    fields: tuple[str, ...] = ()

    @property
    def refused(self) -> bool:
        return self.status >= REFUSED_FROM


def _sequences(organisation: Organisation, direction: str, count: int = 1) -> int:
    """Take the next sequences; the first of them. Others wait until the transaction ends."""
    last = _counted(organisation, direction, count)
    if last is None:
        HotlineCounter.objects.get_or_create(organisation=organisation, direction=direction)
        last = _counted(organisation, direction, count)
    assert last is not None
    return last - count + 1


def _counted(organisation: Organisation, direction: str, count: int) -> int | None:
    """The last sequence after so many more; None where nothing was counted yet."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {HotlineCounter._meta.db_table} SET last = last + %s "
            "WHERE organisation_id = %s AND direction = %s RETURNING last",
            [count, organisation.pk, direction],
        )
        row = cursor.fetchone()
    return row[0] if row else None


# Without a savepoint: a message that cannot be noted must not have an effect.
@transaction.atomic(savepoint=False)
def take_in(organisation: Organisation, arrived: Arrived, *, now: datetime) -> HotlineMessage:
    """Note a message that came in; the same again is another attempt on its row."""
    arrived = _tidied(arrived)
    if standing := _standing(organisation, arrived):
        _answered(standing, arrived, now)
        return standing
    message = _row(organisation, arrived, _sequences(organisation, IN), now)
    bulk.add(message)
    return message


@transaction.atomic
def take_in_batch(
    organisation: Organisation,
    arrived: Sequence[Arrived],
    *,
    external_id: str = "",
    now: datetime,
) -> HotlineMessage:
    """Note a batch: one row for all, and one for each line that was refused.

    A line that is accepted settles the row of its earlier refusal.
    """
    lines = [_tidied(one) for one in arrived]
    refused = {one.number: one for one in lines if one.refused}
    accepted = {one.number: one for one in lines if not one.refused}
    known: set[str] = set()
    for numbers in _pieces([*refused, *accepted]):
        rows = HotlineMessage.objects.filter(
            organisation=organisation, direction=IN, kind="case", number__in=numbers
        )
        for row in rows.filter(refused=True):
            known.add(row.number)
            _answered(row, accepted.get(row.number) or refused[row.number], now)
    new = [one for number, one in refused.items() if number not in known]
    first = _sequences(organisation, IN, 1 + len(new))
    batch = _row(organisation, Arrived(BATCH, "", 200, external_id), first, now)
    batch.lines = len(lines)
    batch.lines_refused = sum(one.refused for one in lines)
    rows = [_row(organisation, one, first + n, now) for n, one in enumerate(new, 1)]
    HotlineMessage.objects.bulk_create([batch, *rows], batch_size=PIECE)
    return batch


def _pieces(numbers: list[str]) -> Iterable[list[str]]:
    for start in range(0, len(numbers), PIECE):
        yield numbers[start : start + PIECE]


def _tidied(arrived: Arrived) -> Arrived:
    """No longer than is kept."""
    return Arrived(
        arrived.kind[:40],
        arrived.number[:40],
        arrived.status,
        arrived.external_id[:120],
        tuple(name[:40] for name in arrived.fields[:20]),
    )


def _standing(organisation: Organisation, arrived: Arrived) -> HotlineMessage | None:
    """The row of an earlier attempt with the same message."""
    rows = HotlineMessage.objects.select_for_update(of=("self",)).filter(
        organisation=organisation, direction=IN, kind=arrived.kind, number=arrived.number
    )
    if arrived.kind == BATCH or not arrived.number:
        return None
    if arrived.external_id and (same := rows.filter(external_id=arrived.external_id).last()):
        return same
    return rows.last() if arrived.kind in ONCE else rows.filter(refused=True).last()


def _answered(message: HotlineMessage, arrived: Arrived, now: datetime) -> None:
    message.attempts += 1
    message.last_at, message.status = now, arrived.status
    message.refused, message.fields = arrived.refused, list(arrived.fields)
    message.save(update_fields=["attempts", "last_at", "status", "refused", "fields"])


def _row(
    organisation: Organisation, arrived: Arrived, sequence: int, now: datetime
) -> HotlineMessage:
    return HotlineMessage(
        organisation=organisation,
        direction=IN,
        sequence=sequence,
        kind=arrived.kind,
        number=arrived.number,
        external_id=arrived.external_id,
        at=now,
        last_at=now,
        status=arrived.status,
        refused=arrived.refused,
        fields=list(arrived.fields),
    )


@transaction.atomic
def send_out(
    endpoint: WebhookEndpoint, case: Case, *, kind: str, key: str, at: datetime, now: datetime
) -> HotlineMessage:
    """Call a company's system about a case, in the caller's transaction.

    It is told number, kind, state and time, and fetches the case itself: nothing personal leaves.
    """
    sequence = _sequences(endpoint.organisation, OUT)
    data = {
        "number": case.number,
        "source": case.source,
        "state": case.state,
        "at": at.isoformat(),
        "sequence": sequence,
    }
    letter = webhooks.post(endpoint, kind=kind, key=key, data=data, now=now)
    return HotlineMessage.objects.create(
        organisation=endpoint.organisation,
        direction=OUT,
        sequence=sequence,
        kind=kind,
        number=case.number,
        case=case,
        external_id=webhooks.message_id(letter),
        at=now,
        last_at=now,
        attempts=0,
        endpoint=endpoint,
        letter=letter,
    )


def replay_refusal(message: HotlineMessage, user: User) -> str:
    """Why the person may not send the message again; empty when they may."""
    if not user.may(Permission.CASE_DECIDE, message.organisation):
        return _("补发由该单位或其监管机构具有“%(permission)s”权限的人员办理。") % {
            "permission": Permission.CASE_DECIDE.label
        }
    if message.letter is None or message.letter.state not in (
        Letter.State.PARKED,
        Letter.State.UNKNOWN,
    ):
        return _("只有未送达的推送可以补发。")
    if message.endpoint is not None and message.endpoint.closed_at is not None:
        return _("推送地址已停用，不能补发。")
    return ""


@transaction.atomic
def replay(message: HotlineMessage, *, reason: str, by: User, now: datetime) -> HotlineMessage:
    """Send a dead call once more, with its number. Raises ``Refused``, ``Conflict``."""
    rows = HotlineMessage.objects.select_for_update(of=("self",))
    message = rows.select_related("organisation", "letter", "endpoint").get(pk=message.pk)
    if why_not := replay_refusal(message, by):
        raise Refused(why_not)
    if not reason.strip():
        raise Refused(_("请填写补发原因。"))
    assert message.letter is not None
    message.attempts += message.letter.attempts
    message.last_at = now
    message.save(update_fields=["attempts", "last_at"])
    parked.release(letter=message.letter, by=by, now=now, reason=masking.mask_text(reason.strip()))
    return message


def replay_all(messages: Iterable[HotlineMessage], *, reason: str, by: User, now: datetime) -> int:
    """Send the dead calls among these that the person may send again; how many that were."""
    done = 0
    for message in list(messages)[:MOST_REPLAYED]:
        if not replay_refusal(message, by):
            replay(message, reason=reason, by=by, now=now)
            done += 1
    return done
