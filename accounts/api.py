"""How a machine client proves who it is: token, address, rate, and its signature where it signs."""

from __future__ import annotations

import hmac
import re
import time
from ipaddress import ip_address, ip_network

from django.db import IntegrityError, transaction
from django.db.models import Case, F, Q, Value, When
from django.utils.translation import gettext as _
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied, Throttled
from rest_framework.request import Request

from accounts.models import ApiClient, ApiUsage
from accounts.services.clients import digest, parts
from core import audit, clock, offline, webhooks
from core.addresses import client_address
from core.api.idempotency import machine_now
from core.models import SeenMessage

MINUTE = 60
SIGNED = ("webhook-id", "webhook-timestamp", "webhook-signature")
NAME, TIMESTAMP = re.compile(r"[A-Za-z0-9_.:-]{1,100}"), re.compile(r"[0-9]{1,11}")
# What is compared where no client has the key, so that the time tells nothing.
NOBODY = digest("")


class ClientAuthentication(BaseAuthentication):
    """``Authorization: Bearer <token>``. One answer for every token that does not count."""

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"

    def authenticate(self, request: Request) -> tuple[ApiClient, str] | None:
        scheme, _blank, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        client = client_of(token.strip())
        if client is None:
            raise AuthenticationFailed(_("访问令牌无效或者已失效。"))
        address = client_address(request)
        if not may_come_from(client, address):
            raise PermissionDenied(_("不允许从该地址访问。"))
        count(client)
        if client.signed:
            prove(client, request)
        # Whatever is recorded says which client did it, and from where.
        audit.came_by(f"api:{client.key_id} {address}")
        return client, client.key_id


def client_of(token: str) -> ApiClient | None:
    """The client whose token this is, while it counts."""
    key_id, secret = parts(token)
    found = ApiClient.objects.filter(key_id=key_id[:16]).select_related("organisation").first()
    right = hmac.compare_digest(digest(secret), found.token_digest if found else NOBODY)
    if found is None or not right or found.organisation.closed_on:
        return None
    return found if found.state(on=clock.today()) == "in_force" else None


def may_come_from(client: ApiClient, address: str) -> bool:
    """Whether the address is among those that the client may call from."""
    if not client.addresses:
        return True
    try:
        place = ip_address(address)
    except ValueError:
        return False
    place = getattr(place, "ipv4_mapped", None) or place
    return any(place in ip_network(one) for one in client.addresses)


def count(client: ApiClient) -> None:
    """Take one place in the client's present minute. Raises ``Throttled`` when none is left."""
    instant = time.time()
    minute = int(instant // MINUTE)
    free = Q(used__lt=client.per_minute) | ~Q(minute=minute)
    taken = ApiUsage.objects.filter(free, client=client).update(
        used=Case(When(minute=minute, then=F("used") + 1), default=Value(1)),
        minute=minute,
        last_used_at=machine_now(),
    )
    if not taken:
        raise Throttled(MINUTE - instant % MINUTE)


def prove(client: ApiClient, request: Request) -> None:
    """Make sure that the request is signed by the client and came once.

    Raises ``AuthenticationFailed``.
    """
    name, sent, signatures = (request.headers.get(one, "") for one in SIGNED)
    if not name or not sent or not signatures:
        raise _refused("missing")
    if not NAME.fullmatch(name) or not TIMESTAMP.fullmatch(sent):
        raise _refused("malformed")
    now = machine_now()
    if abs(now.timestamp() - int(sent)) > webhooks.TOLERANCE.total_seconds():
        raise _refused("stale")
    message = {"message_id": name, "timestamp": sent, "signatures": signatures}
    if not webhooks.is_genuine([client.secret], **message, body=request.body, now=now):
        raise _refused("wrong")
    try:
        with transaction.atomic():
            SeenMessage.objects.create(scope=f"client:{client.pk}", message_id=name, at=now)
    except IntegrityError:
        raise _refused("seen") from None


def _refused(why: str) -> AuthenticationFailed:
    return AuthenticationFailed(_reasons()[why])


def _reasons() -> dict[str, str]:
    return {
        "missing": _("该客户端的请求须带 webhook-id、webhook-timestamp、webhook-signature 签名。"),
        "malformed": _("webhook-id 或 webhook-timestamp 格式不正确。"),
        "stale": _("webhook-timestamp 与当前时间相差超过5分钟。"),
        "wrong": _("签名不正确。"),
        "seen": _("该 webhook-id 已使用过；重发请求须使用新的 webhook-id 并重新签名。"),
    }


def forget_messages(*, now) -> int:  # type: ignore[no-untyped-def]
    """Remove ids of messages too old to be taken again anyway, and of forms long since sent."""
    over = now - 4 * webhooks.TOLERANCE
    messages = SeenMessage.objects.exclude(scope__startswith=offline.SCOPE).filter(at__lt=over)
    return messages.delete()[0] + offline.forget(now=now)
