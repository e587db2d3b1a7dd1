"""Addresses of companies' systems: opened, given new secrets, closed; and calls to them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import workflow
from accounts.models import ApiClient, User, WebhookEndpoint
from accounts.permissions import Permission
from core import audit, clock, outbox, webhooks
from core.api.idempotency import machine_now
from core.errors import PermanentFailure, Refused
from core.models import Letter

# A call that says nothing but that the line works.
PING = "ping"
MOST_PER_CLIENT = 5
# Kinds of events by their codes; each app adds its own.
KINDS: dict[str, Any] = {}


def register_kind(code: str, label: Any) -> None:
    """A kind of events that systems can be called about."""
    KINDS[code] = label


@transaction.atomic
def open_endpoint(
    *,
    client: ApiClient,
    name: str,
    url: str,
    kinds: Collection[str] = (),
    by: User | None,
    now: datetime,
) -> WebhookEndpoint:
    """Let an address of a client's system be called. Raises ``Refused``."""
    rows = ApiClient.objects.select_for_update(of=("self",)).select_related("organisation")
    client = rows.get(pk=client.pk)
    workflow.require(by, Permission.CLIENT_MANAGE, client.organisation)
    if client.suspended_at or client.organisation.is_regulator:
        raise Refused(_("推送地址只为在用的企业客户端登记。"))
    if not name.strip():
        raise Refused(_("请填写用途。"))
    if why_not := webhooks.address_refusal(url.strip()):
        raise Refused(why_not)
    if unknown := set(kinds) - set(KINDS):
        raise Refused(_("没有名为“%(kind)s”的推送事项。") % {"kind": min(unknown)})
    if client.endpoints.open().count() >= MOST_PER_CLIENT:
        text = _("一个客户端最多登记%(most)d个在用的推送地址。")
        raise Refused(text % {"most": MOST_PER_CLIENT})
    endpoint = WebhookEndpoint.objects.create(
        client=client,
        name=name.strip(),
        url=url.strip(),
        kinds=sorted(set(kinds)),
        secret=webhooks.new_secret(),
        created_at=now,
        created_by=by,
    )
    audit.record("webhook.open", endpoint, by=by, now=now, kinds=endpoint.kinds)
    return endpoint


@transaction.atomic
def renew_secret(endpoint: WebhookEndpoint, *, by: User | None, now: datetime) -> WebhookEndpoint:
    """Sign with a new secret; the former one signs as well for a while. Raises ``Refused``."""
    endpoint = _held(endpoint, by)
    if endpoint.closed_at is not None:
        raise Refused(_("该推送地址已停用。"))
    endpoint.former_secret, endpoint.secret = endpoint.secret, webhooks.new_secret()
    endpoint.former_until = now + timedelta(hours=settings.WEBHOOKS["overlap_hours"])
    endpoint.save(update_fields=["secret", "former_secret", "former_until"])
    audit.record(
        "webhook.renew_secret", endpoint, by=by, now=now, former_until=endpoint.former_until
    )
    return endpoint


@transaction.atomic
def close_endpoint(
    endpoint: WebhookEndpoint, *, reason: str, by: User | None, now: datetime
) -> WebhookEndpoint:
    """Call the address no more. Raises ``Refused``."""
    endpoint = _held(endpoint, by)
    if endpoint.closed_at is not None:
        raise Refused(_("该推送地址已停用。"))
    if not reason.strip():
        raise Refused(_("请填写停用原因。"))
    endpoint.closed_at = now
    endpoint.save(update_fields=["closed_at"])
    audit.record("webhook.close", endpoint, by=by, now=now, reason=reason.strip())
    return endpoint


@transaction.atomic
def ping(endpoint: WebhookEndpoint, *, by: User | None, now: datetime) -> Letter:
    """Call the address to see whether the line works. Raises ``Refused``."""
    endpoint = _held(endpoint, by)
    if endpoint.closed_at is not None:
        raise Refused(_("该推送地址已停用。"))
    audit.record("webhook.ping", endpoint, by=by, now=now)
    return post(endpoint, kind=PING, key=f"ping-{now.isoformat()}", data={}, now=now)


def _held(endpoint: WebhookEndpoint, by: User | None) -> WebhookEndpoint:
    rows = WebhookEndpoint.objects.select_for_update(of=("self",))
    endpoint = rows.select_related("client__organisation").get(pk=endpoint.pk)
    workflow.require(by, Permission.CLIENT_MANAGE, endpoint.organisation)
    return endpoint


def post(
    endpoint: WebhookEndpoint, *, kind: str, key: str, data: dict[str, Any], now: datetime
) -> Letter:
    """Seal a call in the caller's transaction. ``data`` never holds personal data."""
    body = {"type": kind, "timestamp": now.astimezone(clock.ZONE).isoformat(), "data": data}
    return outbox.post(
        key=f"webhook-{endpoint.pk}-{key}",
        channel="webhook",
        kind=f"webhook.{kind}",
        subject=f"{kind} {data.get('number', '')}",
        body=json.dumps(body, ensure_ascii=False, sort_keys=True),
        payload={"endpoint": endpoint.pk},
        organisation=endpoint.organisation,
        now=now,
    )


def message_id(letter: Letter) -> str:
    """The number by which a receiver knows a repeated call."""
    return "msg_" + hashlib.sha256(letter.message_id.encode()).hexdigest()[:32]


def carry(letter: Letter, *, now: datetime) -> None:
    """Call the address of the letter, signed with the secrets that are valid at this moment."""
    rows = WebhookEndpoint.objects.select_related("client")
    endpoint = rows.filter(pk=letter.payload.get("endpoint")).first()
    if endpoint is None or endpoint.closed_at is not None or endpoint.client.suspended_at:
        raise PermanentFailure(_("推送地址已停用。"))
    if letter.is_unreadable:
        raise PermanentFailure(_("内容无法解密：密钥不在列，或者内容已损坏。"))
    body = letter.body.encode()
    signed = webhooks.headers(
        endpoint.secrets(now=now),
        message_id=message_id(letter),
        at=machine_now(),
        body=body,
    )
    webhooks.call(endpoint.url, body=body, headers=signed)


def calls(endpoint: WebhookEndpoint, most: int) -> list[Letter]:
    """The latest calls of an address."""
    return list(Letter.objects.filter(key__startswith=f"webhook-{endpoint.pk}-")[:most])
