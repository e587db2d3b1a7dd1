"""Machine clients: registered, changed, given a new token or secret, suspended."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from ipaddress import ip_network
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import workflow
from accounts.models import ApiClient, ApiUsage, Organisation, User
from accounts.permissions import Permission
from accounts.scopes import Scope
from core import audit, masking, webhooks
from core.clock import day_of
from core.errors import Refused

# A token says what it is, so that it is known for a token wherever it turns up.
MARK = "psp"
LONGEST_LIFE = timedelta(days=731)
MOST_ADDRESSES = 20
CHANGED = ("scopes", "purpose", "addresses", "signed", "per_minute", "expires_on")


@dataclass(frozen=True)
class Issued:
    """A client with what is told once: its token, and its signing secret where it signs."""

    client: ApiClient
    token: str = ""
    secret: str = ""


def digest(secret: str) -> str:
    """What is kept of a token: it is random and long, so that no slow hash is needed."""
    return hashlib.sha256(secret.encode()).hexdigest()


def parts(token: str) -> tuple[str, str]:
    """Public and secret half of a token; two empty texts where it is none."""
    mark, _line, rest = token.partition("_")
    key_id, _line, secret = rest.partition("_")
    return (key_id, secret) if mark == MARK and key_id and secret else ("", "")


@transaction.atomic
def create_client(
    *, organisation: Organisation, name: str, by: User | None, now: datetime, **settings: Any
) -> Issued:
    """Register a client. Settings: see ``CHANGED``. Raises ``Refused``."""
    workflow.require(by, Permission.CLIENT_MANAGE, organisation)
    if organisation.closed_on:
        raise Refused(_("该单位已撤销，不能登记客户端。"))
    if not name.strip():
        raise Refused(_("请填写客户端名称。"))
    if ApiClient.objects.filter(organisation=organisation, name=name.strip()).exists():
        raise Refused(_("该单位已有同名客户端。"))
    key_id, secret = _new_token()
    client = ApiClient(
        organisation=organisation,
        name=name.strip(),
        key_id=key_id,
        token_digest=digest(secret),
        created_at=now,
        created_by=by,
        **_settings(settings, now=now),
    )
    client.secret = webhooks.new_secret() if client.signed else ""
    client.save(force_insert=True)
    ApiUsage.objects.create(client=client)
    _record("client.create", client, by=by, now=now, **_told(client))
    return Issued(client, f"{MARK}_{key_id}_{secret}", client.secret)


@transaction.atomic
def change_client(*, client: ApiClient, by: User | None, now: datetime, **settings: Any) -> Issued:
    """Change what a client may do. Made to sign, it is given a secret. Raises ``Refused``."""
    client = _held(client, by)
    wanted = _settings({**{name: getattr(client, name) for name in CHANGED}, **settings}, now=now)
    changed = sorted(name for name, value in wanted.items() if getattr(client, name) != value)
    if not changed:
        raise Refused(_("没有任何改动。"))
    for name, value in wanted.items():
        setattr(client, name, value)
    told = ""
    if client.signed and not client.secret:
        told = client.secret = webhooks.new_secret()
    if not client.signed:
        client.secret = ""
    client.save(update_fields=[*CHANGED, "secret"])
    _record("client.change", client, by=by, now=now, changed=changed, **_told(client))
    return Issued(client, secret=told)


@transaction.atomic
def rotate_client(
    *, client: ApiClient, what: str = "token", by: User | None, now: datetime
) -> Issued:
    """Give a new token, or a new signing secret; the old one ends at once. Raises ``Refused``."""
    client = _held(client, by)
    if client.suspended_at:
        raise Refused(_("该客户端已停用。"))
    if what == "secret":
        if not client.signed:
            raise Refused(_("该客户端不签名，没有签名密钥。"))
        client.secret = webhooks.new_secret()
        issued = Issued(client, secret=client.secret)
    else:
        client.key_id, secret = _new_token()
        client.token_digest = digest(secret)
        issued = Issued(client, token=f"{MARK}_{client.key_id}_{secret}")
    client.rotated_at = now
    client.save(update_fields=["secret", "key_id", "token_digest", "rotated_at"])
    _record("client.rotate", client, by=by, now=now, what=what)
    return issued


@transaction.atomic
def suspend_client(*, client: ApiClient, reason: str, by: User | None, now: datetime) -> ApiClient:
    """Close the door to a client at once. Raises ``Refused``."""
    client = _held(client, by)
    if client.suspended_at:
        raise Refused(_("该客户端已停用。"))
    client.suspended_at = now
    client.save(update_fields=["suspended_at"])
    _record("client.suspend", client, by=by, now=now, reason=reason)
    return client


@transaction.atomic
def reinstate_client(
    *, client: ApiClient, reason: str, by: User | None, now: datetime
) -> ApiClient:
    """Open the door again, with the same token. Raises ``Refused``."""
    client = _held(client, by)
    if not client.suspended_at:
        raise Refused(_("该客户端未停用。"))
    client.suspended_at = None
    client.save(update_fields=["suspended_at"])
    _record("client.reinstate", client, by=by, now=now, reason=reason)
    return client


def _new_token() -> tuple[str, str]:
    return secrets.token_hex(6), secrets.token_urlsafe(32)


def _held(client: ApiClient, by: User | None) -> ApiClient:
    found = ApiClient.objects.select_for_update(of=("self",)).select_related("organisation")
    client = found.get(pk=client.pk)
    workflow.require(by, Permission.CLIENT_MANAGE, client.organisation)
    return client


def _settings(given: dict[str, Any], *, now: datetime) -> dict[str, Any]:
    """What a client is set to, checked. Raises ``Refused`` with all that is wrong."""
    found = {"purpose": "", "addresses": [], "signed": False, "per_minute": 600, **given}
    if unknown := set(found) - set(CHANGED):
        raise TypeError(f"no such settings: {sorted(unknown)}")
    found["scopes"] = sorted(set(found["scopes"]))
    found["addresses"], wrong = networks(found["addresses"])
    problems = [_("来源地址“%(address)s”不正确。") % {"address": one} for one in wrong]
    if not found["scopes"] or set(found["scopes"]) - set(Scope.values):
        problems.append(_("请选择接口权限。"))
    if len(found["addresses"]) > MOST_ADDRESSES:
        problems.append(_("来源地址最多%(most)d个。") % {"most": MOST_ADDRESSES})
    personal = Scope.CASES_PERSONAL in found["scopes"]
    if personal and len(found["purpose"].strip()) < masking.PURPOSE_LENGTH:
        problems.append(
            _("读取未遮盖的诉求人信息须说明用途（至少 %(length)d 个字）。")
            % {"length": masking.PURPOSE_LENGTH}
        )
    if not 1 <= found["per_minute"] <= 60000:
        problems.append(_("每分钟请求上限须在1至60000之间。"))
    problems += _wrong_expiry(found["expires_on"], today=day_of(now))
    if problems:
        raise Refused("".join(problems))
    return found


def _wrong_expiry(expires_on: date, *, today: date) -> list[str]:
    if expires_on < today:
        return [_("有效期不能早于今天。")]
    return [_("有效期最长两年。")] if expires_on > today + LONGEST_LIFE else []


def networks(texts: list[str]) -> tuple[list[str], list[str]]:
    """Addresses and networks in their plain form, and those that are none."""
    found, wrong = [], []
    for text in texts:
        try:
            network = ip_network(text.strip(), strict=False)
        except ValueError:
            wrong.append(text)
            continue
        whole = network.prefixlen == network.max_prefixlen
        found.append(str(network.network_address) if whole else str(network))
    return list(dict.fromkeys(found)), wrong


def _told(client: ApiClient) -> dict[str, Any]:
    return {
        "scopes": client.scopes,
        "signed": client.signed,
        "addresses": len(client.addresses),
        "expires_on": client.expires_on,
    }


def _record(kind: str, client: ApiClient, *, by: User | None, now: datetime, **more: Any) -> None:
    place = {"organisation": client.organisation, "key": client.key_id}
    audit.record(kind, client, by=by, now=now, **place, **more)
