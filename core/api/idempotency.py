"""Idempotency-Key: a request that comes again has no second effect and gets the first answer.

The key is taken before the work begins, in a transaction of its own, so that a second request that
comes meanwhile is told so (409). Effect and answer are then committed together: a server that is
killed leaves either both or none, and the lease of a key without an answer runs out. All times are
the machine's own: the demo's clock may stand still.
Source: draft-ietf-httpapi-idempotency-key-header-07.
"""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.problems import BadQuery, Unprocessable
from core.errors import Conflict
from core.models import KeyedRequest

HEADER = "Idempotency-Key"
KEPT = timedelta(days=30)
PLAIN = re.compile(r"[\x21\x23-\x7e]{1,255}")
REPLAYED = "Idempotency-Replayed"


class InFlight(Conflict):
    """The same request is being worked on. HTTP 409."""

    wait = 1


def machine_now() -> datetime:
    """The machine's own time, whatever the portal shows."""
    return datetime.fromtimestamp(time.time(), UTC)


def key_of(request: Request) -> str:
    """The key of a request, empty without one. Raises ``BadQuery`` for a malformed one."""
    given = request.headers.get(HEADER)
    if given is None:
        return ""
    found = given.strip()
    if len(found) > 2 and found[0] == found[-1] == '"':
        found = found[1:-1]
    if not PLAIN.fullmatch(found):
        raise BadQuery(**{HEADER: _("Idempotency-Key 须为1至255个可见 ASCII 字符。")})
    return found


def once(
    request: Request, scope: str, work: Callable[[], HttpResponseBase], *, whole: bool = True
) -> HttpResponseBase:
    """The answer to a request: of ``work``, or the one that was given to its key before.

    ``whole``: effect and answer in one transaction; without it ``work`` commits piece by piece and
    must itself know what it has done before. ``work`` gives refusals as responses. Raises
    ``BadQuery``, ``Conflict`` (in flight), ``Unprocessable`` (the key came with another request).
    """
    key = key_of(request)
    if not key:
        return work()
    kept = _taken(scope, key, _digest(request))
    if kept.answered_at is not None:
        return _again(kept)
    try:
        if not whole:
            response = work()
            _keep(kept, response)
            return response
        with transaction.atomic():
            response = work()
            if not _keep(kept, response):
                # The lease ran out and another server has the key: its effect counts, not ours.
                raise _in_flight()
        return response
    except BaseException:
        # Nothing was answered: whoever asks again begins anew.
        _held(kept).filter(answered_at__isnull=True).delete()
        raise


def forget_old(*, now: datetime) -> int:
    """Remove keys older than they are honoured."""
    return KeyedRequest.objects.filter(created_at__lt=now - KEPT).delete()[0]


def _digest(request: Request) -> str:
    found = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode())
    found.update(request.body)
    return found.hexdigest()


def _taken(scope: str, key: str, digest: str) -> KeyedRequest:
    """The row of a key, held for the work to do, or answered. Raises what ``once`` raises."""
    now = machine_now()
    lease = now + timedelta(seconds=settings.API["lease_seconds"])
    fresh = KeyedRequest(scope=scope, key=key, digest=digest, created_at=now, lease_until=lease)
    try:
        with transaction.atomic():
            fresh.save(force_insert=True)
        return fresh
    except IntegrityError:
        kept = KeyedRequest.objects.filter(scope=scope, key=key).first()
    if kept is None or kept.created_at < now - KEPT:
        KeyedRequest.objects.filter(scope=scope, key=key, created_at__lt=now - KEPT).delete()
        return _taken(scope, key, digest)
    if kept.digest != digest:
        raise Unprocessable(_("该 Idempotency-Key 已用于内容不同的请求。"))
    if kept.answered_at is not None:
        return kept
    mine = KeyedRequest.objects.filter(
        pk=kept.pk, answered_at__isnull=True, lease_until=kept.lease_until, lease_until__lte=now
    )
    if not mine.update(lease_until=lease):
        raise _in_flight()
    kept.lease_until = lease
    return kept


def _in_flight() -> InFlight:
    return InFlight(_("相同的请求正在处理，请稍后再试。"))


def _held(kept: KeyedRequest) -> QuerySet[KeyedRequest]:
    """The row while this server still holds it."""
    return KeyedRequest.objects.filter(pk=kept.pk, lease_until=kept.lease_until)


def _keep(kept: KeyedRequest, response: HttpResponseBase) -> bool:
    """Write down what is answered; whether the key was still held."""
    if isinstance(response, Response):
        body = JSONRenderer().render(response.data)
        content_type = response.content_type or JSONRenderer.media_type
    else:
        body, content_type = getattr(response, "content", b""), response["Content-Type"]
    changed = _held(kept).update(
        answered_at=machine_now(),
        status=response.status_code,
        content_type=content_type,
        body=body.decode(),
    )
    return bool(changed)


def _again(kept: KeyedRequest) -> HttpResponse:
    response = HttpResponse(kept.body, status=kept.status, content_type=kept.content_type)
    response[REPLAYED] = "true"
    return response
