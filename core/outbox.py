"""The outbox: the only way to cause an effect outside the database.

A letter is written in the transaction of the change that causes it, sealed and unique by its
occasion. Later a worker claims it by a conditional UPDATE with a lease and a fence, carries it, and
reports back with that fence. What fails for now goes back with growing delays; what fails for good
is parked where a person sees it. After a crash nothing is guessed: the other side is asked whether
it took the letter, and if nobody can tell, only letters that may repeat are sent again.
"""

from __future__ import annotations

import hashlib
import logging
import random
import traceback
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from core import bulk, mail, processes
from core.errors import OutcomeUnknown, PermanentFailure, Refused, TemporaryFailure
from core.failpoints import failpoint
from core.models.letter import Letter, LetterQuerySet, index_of, lease

State, Channel = Letter.State, Letter.Channel
logger = logging.getLogger(__name__)

_jobs: dict[str, Callable[..., Any]] = {}
_calls: list[Callable[..., Any]] = []
_ticks: dict[str, Callable[..., Any]] = {}
_when_a_job_is_parked: list[Callable[..., Any]] = []
_wake: list[Callable[[int], None]] = []


def register_job(name: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Job letters of this kind run ``fn(payload, *, letter, now)``. It may run twice or never.

    Register in the app's ``tasks.py``, which every process imports at its start.
    """

    def register(fn: Callable[..., Any]) -> Callable[..., Any]:
        _jobs[name] = fn
        return fn

    return register


def job_names() -> list[str]:
    """The kinds of job letters that somebody carries out."""
    return sorted(_jobs)


def register_webhook(fn: Callable[..., Any]) -> Callable[..., Any]:
    """``fn(letter, *, now)`` calls another system; that one knows a repeated call by its number."""
    _calls[:] = [fn]
    return fn


def register_tick(name: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """``fn(now=)`` runs at every tick (30 s). Missed or doubled ticks must be harmless to it."""

    def register(fn: Callable[..., Any]) -> Callable[..., Any]:
        _ticks[name] = fn
        return fn

    return register


def register_parked_job(fn: Callable[..., Any]) -> Callable[..., Any]:
    """``fn(letter, reason, now=)`` hears of every job that will not be tried again."""
    _when_a_job_is_parked.append(fn)
    return fn


def register_wake(fn: Callable[[int], None]) -> Callable[[int], None]:
    """``fn(letter id)`` calls a worker after the commit. Only a nudge: the row is the memory."""
    _wake[:] = [fn]
    return fn


def ticks() -> dict[str, Callable[..., Any]]:
    """Periodic duties by name, in the order of their registration."""
    return dict(_ticks)


# --- Posting --------------------------------------------------------------------------------------


def post(
    *,
    key: str,
    channel: str,
    kind: str,
    to: Iterable[str] | str = (),
    subject: str = "",
    body: str = "",
    attachments: Iterable[Any] = (),
    payload: dict[str, Any] | None = None,
    recipient: Any = None,
    not_before: datetime | None = None,
    url: str = "",
    organisation: Any = "",
    repeat_when_unknown: bool | None = None,
    fresh: bool = False,
    now: datetime,
) -> Letter:
    """Seal a letter in the caller's transaction; the letter of the first time if already posted.

    A notice stands in the recipient's list as soon as the transaction commits (or from
    ``not_before``); it needs no carrier, so what must be known is known without a mail server.
    ``fresh``: of an occasion that begins in this transaction no earlier letter is looked for first.
    Raises ``ValueError`` for a letter that could never be carried.
    """
    if not fresh and (standing := Letter.objects.filter(key=key).first()):
        return standing
    letter = Letter(
        key=key,
        channel=channel,
        kind=kind,
        to=[one for one in ([to] if isinstance(to, str) else to) if one.strip()],
        recipient_id=getattr(recipient, "pk", recipient),
        organisation=organisation if isinstance(organisation, str) else organisation.code,
        subject=" ".join(str(subject).split())[:200],
        body=str(body),
        url=url,
        attachments=[str(getattr(one, "uuid", one)) for one in attachments],
        payload=payload or {},
        repeat_when_unknown=_may_repeat(kind)
        if repeat_when_unknown is None
        else repeat_when_unknown,
        message_id=_message_id(key),
        not_before=not_before or now,
        created_at=now,
    )
    letter.to_index = " ".join(index_of(address) for address in letter.to)
    _check(letter)
    if channel == Channel.NOTICE and letter.not_before <= now:
        letter.state, letter.sent_at = State.SENT, now
    elif channel == Channel.MAIL and not letter.to:
        # A missing address must not stop the act itself; a person sees that nobody was told.
        letter.state, letter.error = State.PARKED, _("没有收件地址。")
    # Ignoring the conflict instead of catching it: a failed INSERT would spoil the transaction.
    if not bulk.add(letter, unless_standing=True):
        return Letter.objects.get(key=key)
    if channel == Channel.JOB and letter.not_before <= now and _wake:
        # Somebody is looking at a progress bar; everything else can wait for the next tick.
        transaction.on_commit(partial(_wake[0], letter.pk), robust=True)
    return letter


def post_all(letters: Iterable[dict[str, Any]], *, now: datetime) -> None:
    """Seal several letters, each as ``post`` takes it."""
    for letter in letters:
        post(**letter, now=now)


def _check(letter: Letter) -> None:
    if letter.channel not in Channel.values:
        raise ValueError(f"unknown channel {letter.channel!r}")
    if letter.channel == Channel.NOTICE and letter.recipient_id is None:
        raise ValueError(f"notice {letter.key!r} has no recipient")
    if len(letter.key) > 200:
        raise ValueError(f"occasion key too long: {letter.key[:60]!r}…")


def _may_repeat(kind: str) -> bool:
    return any(
        kind == one or kind.startswith(f"{one}.") for one in settings.OUTBOX["repeat_when_unknown"]
    )


def _message_id(key: str) -> str:
    """One per occasion, without telling what the occasion is."""
    name = hashlib.sha256(f"{settings.SITE_URL} {key}".encode()).hexdigest()[:40]
    return f"<{name}@{urlsplit(settings.SITE_URL).hostname or 'localhost'}>"


# --- Carrying -------------------------------------------------------------------------------------


def due(*, now: datetime) -> LetterQuerySet:
    """Letters to be carried now, oldest first."""
    return Letter.objects.due(now=now).order_by("not_before", "pk")


def claim(letter_id: int, *, now: datetime) -> tuple[Letter, bool] | None:
    """Take the letter for this worker; None when it is not due or another worker has it.

    The second value says whether an earlier worker dropped it in the middle of an attempt.
    """
    letter = Letter.objects.due(now=now).filter(pk=letter_id).order_by().first()
    if letter is None:
        return None
    state = letter.state
    taken = {
        "state": State.IN_FLIGHT,
        "fence": letter.fence + 1,
        "attempts": letter.attempts + 1,
        "lease_until": now + lease(letter.channel),
        "holder": processes.me(),
    }
    # Whoever changes anything that a carrier reads moves the fence on: where it stands as it was
    # read, the letter is as it was read.
    mine = Letter.objects.filter(pk=letter_id, state=state, fence=letter.fence)
    if not mine.update(**taken):
        return None
    for name, value in taken.items():
        setattr(letter, name, value)
    return letter, state == State.IN_FLIGHT


def deliver(letter_id: int, *, now: datetime) -> str:
    """Carry one letter and say how it ended: a state, or "" when there was nothing to do.

    Run twice, it has one effect: only one run can claim the row.
    """
    claimed = claim(letter_id, now=now)
    if claimed is None:
        return ""
    letter, dropped = claimed
    failpoint("outbox.claimed")
    if dropped and (ended := _after_a_crash(letter, now=now)):
        return ended
    try:
        _send(letter, now=now)
    except OutcomeUnknown as error:
        return _ask(letter, _reason(error), now=now) or put_back(letter, _reason(error), now=now)
    except (PermanentFailure, Refused) as error:
        return park(letter, _reason(error), now=now)
    except TemporaryFailure as error:
        return put_back(letter, _reason(error), now=now)
    except Exception as error:
        # A fault of ours. The trace tells where; the text of the error could hold personal data.
        logger.error("letter_failed", extra={"letter": letter.pk, "fault": trace(error)})
        return put_back(letter, trace(error), now=now)
    failpoint("outbox.sent")
    return mark_sent(letter, now=now)


def run_due(*, now: datetime, limit: int = 100_000) -> int:
    """Carry everything due in this process; says how many letters that were."""
    carried = 0
    while carried < limit:
        batch = list(due(now=now).values_list("pk", flat=True)[: min(200, limit - carried)])
        done = sum(1 for letter_id in batch if deliver(letter_id, now=now))
        carried += done
        if not done:
            break
    return carried


def _send(letter: Letter, *, now: datetime) -> None:
    if letter.channel == Channel.MAIL:
        if letter.is_unreadable:
            raise PermanentFailure(
                _("正文或收件地址无法解密：密钥不在列，或者内容已损坏。补回密钥后可放行。")
            )
        mail.send(letter)
    elif letter.channel == Channel.JOB:
        if (work := _jobs.get(letter.kind)) is None:
            raise PermanentFailure(_("没有名为“{kind}”的后台任务。").format(kind=letter.kind))
        work(letter.payload, letter=letter, now=now)
    elif letter.channel == Channel.WEBHOOK:
        for call in _calls:
            call(letter, now=now)


def _after_a_crash(letter: Letter, *, now: datetime) -> str:
    """An earlier worker dropped the letter: find out what became of it before sending again."""
    reason = _("上一次发送中断，无法得知对方是否已收到。")
    if letter.attempts > settings.OUTBOX["attempts"][letter.channel]:
        return park(letter, _("多次处理中断，已停止自动重试。"), now=now)
    return _ask(letter, reason, now=now)


def _ask(letter: Letter, reason: str, *, now: datetime) -> str:
    """Ask the other side whether the letter arrived; "" means that it may be sent (again)."""
    arrived = mail.has_arrived(letter) if letter.channel == Channel.MAIL else False
    if arrived:
        return mark_sent(letter, now=now)
    if arrived is None and not letter.repeat_when_unknown:
        return park(letter, reason, now=now, state=State.UNKNOWN)
    return ""


# --- How an attempt ends; only the claim that is still valid may say so ---------------------------


def mark_sent(letter: Letter, *, now: datetime) -> str:
    """The other side has it."""
    return _end(letter, state=State.SENT, sent_at=now, error="")


def put_back(letter: Letter, reason: str, *, now: datetime) -> str:
    """Try again later, each time later than before; after the last attempt a person must look."""
    if letter.attempts >= settings.OUTBOX["attempts"][letter.channel]:
        return park(letter, reason, now=now)
    return _end(letter, state=State.QUEUED, not_before=now + backoff(letter), error=reason)


def park(letter: Letter, reason: str, *, now: datetime, state: str = State.PARKED) -> str:
    """Leave it to a person, with the reason."""
    ended = _end(letter, state=state, error=reason)
    if ended and letter.channel == Channel.JOB:
        for tell in _when_a_job_is_parked:
            tell(letter, reason, now=now)
    return ended


def backoff(letter: Letter) -> timedelta:
    """The pause before the next attempt: doubling, limited, and not the same for all letters."""
    rules = settings.OUTBOX
    pause = min(
        rules["backoff_seconds"] * 2 ** max(0, letter.attempts - 1), rules["backoff_limit_seconds"]
    )
    spread = random.Random(f"{letter.key} {letter.attempts}").uniform(-1, 1)
    return timedelta(seconds=pause * (1 + rules["backoff_jitter"] * spread))


def _end(letter: Letter, *, state: str, **changes: Any) -> str:
    mine = Letter.objects.in_hand(pk=letter.pk, fence=letter.fence)
    return str(state) if mine.update(state=state, lease_until=None, holder="", **changes) else ""


def _reason(error: BaseException) -> str:
    return str(error)[:500] or type(error).__name__


def trace(error: BaseException) -> str:
    """Kind of the fault and the last places it passed, without its text."""
    frames = traceback.extract_tb(error.__traceback__)[-3:]
    places = " ← ".join(f"{f.filename.rpartition('/')[2]}:{f.lineno}" for f in reversed(frames))
    return f"{type(error).__name__} {places}"


def expire_leases(*, now: datetime) -> int:
    """Shorten the leases of processes of this machine that surely run no more; says how many.

    A relay may still be swallowing what the dead one had written into the line, so a mail stays
    his for a moment: asked too early, the relay would say no and then take it.
    """
    ended = 0
    for channel, seconds in settings.OUTBOX["grace_seconds"].items():
        soon = now + timedelta(seconds=seconds)
        flying = Letter.objects.filter(
            channel=channel, state=State.IN_FLIGHT, lease_until__gt=soon
        ).order_by()
        holders = flying.exclude(holder="").values_list("holder", flat=True).distinct()
        dead = [holder for holder in holders if processes.is_gone(holder)]
        ended += flying.filter(holder__in=dead).update(lease_until=soon) if dead else 0
    return ended


def recall(*, prefix: str) -> bool:
    """Take back letters by how their keys begin: mail not in hand, notices not yet read.

    Says whether surely nobody has heard of it: what was tried may have arrived. Called in the
    caller's transaction, which records why. What is under way is followed by another letter.
    """
    found = Letter.objects.filter(key__startswith=prefix)
    waiting = Q(state__in=[State.QUEUED, State.PARKED, State.UNKNOWN])
    unread = Q(channel=Channel.NOTICE, read_at__isnull=True)
    dropped = {"state": State.DROPPED, "sent_at": None, "fence": F("fence") + 1}
    found.filter(waiting | unread).update(**dropped)
    unheard = Q(fence=1) | Q(channel=Channel.NOTICE)  # 1: never claimed until just now
    return not found.exclude(unheard, state=State.DROPPED).exists()


def mark_read(*, user: Any, now: datetime, letters: Iterable[int] | None = None) -> int:
    """The person has seen these notices (all of them without ``letters``)."""
    unread = Letter.objects.notices_for(user).unread().order_by()
    if letters is not None:
        unread = unread.filter(pk__in=list(letters))
    return unread.update(read_at=now)
