"""The audit trail: who did what, when, on which object, from where and why.

Every event is sealed with a keyed hash over itself and the seal before it, in one chain per
organisation; the head of the chain is a row that is locked in the transaction of the act itself. So
a failed record stops the act, and whoever edits, removes, swaps or inserts rows without the key
breaks the chain. What the chain cannot show alone (a cut tail, an old copy put back) is shown by
the anchor, see ``core.anchor``.
Source of the rule: GB/T 22239-2019, 8.1.4.3 (security audit).
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import models, transaction

from core.failpoints import failpoint
from core.models.audit import AuditChain, AuditEvent

# Where the act came from: an address, "command:…" or "dispatcher"; set at the edges.
_place: ContextVar[str] = ContextVar("audit_place", default="")

METHODS = {"international": "sha256", "sm": "sm3"}
FIELDS = (
    "organisation",
    "number",
    "at",
    "kind",
    "actor_id",
    "actor",
    "target_model",
    "target_id",
    "reason",
    "place",
    "details",
)


@contextmanager
def coming_from(place: str) -> Iterator[None]:
    """Everything recorded inside carries this place."""
    token = _place.set(place[:80])
    try:
        yield
    finally:
        _place.reset(token)


def record(
    kind: str,
    target: models.Model | None,
    *,
    by: Any,
    now: datetime,
    organisation: Any = None,
    reason: str = "",
    **details: Any,
) -> AuditEvent:
    """Add one event to the trail, in the caller's transaction.

    ``kind`` is "thing.verb" ("filing.submit"). ``by`` is a person, or None for the system.
    ``organisation`` (an object with a ``code``, or the code) says whose chain it goes to; without
    it the target's organisation, then the person's. ``details`` are JSON without personal data;
    dates, decimals and fractions are kept as text. Raises ``TypeError`` for anything else.

    A service that records for several organisations in one transaction calls ``hold`` first.
    """
    with transaction.atomic():
        chain = _lock(_code_for(organisation, target, by))
        failpoint("audit.locked")
        event = AuditEvent(
            organisation=chain.organisation,
            number=chain.length + 1,
            at=now,
            kind=kind,
            actor_id=getattr(by, "pk", None),
            actor=_name(by),
            target_model=target._meta.label_lower if target is not None else "",
            target_id=str(target.pk) if target is not None else "",
            reason=reason,
            place=_place.get(),
            details=_plain(details),
        )
        event.seal = seal_of(chain.head, [getattr(event, name) for name in FIELDS])
        event.save(force_insert=True)
        chain.length, chain.head = event.number, event.seal
        chain.save(update_fields=["length", "head"])
    return event


def hold(organisations: Iterable[Any]) -> None:
    """Lock several chains in one fixed order, so that two services never wait for each other."""
    for code in sorted({_code(one) for one in organisations}):
        _lock(code)


def _lock(code: str) -> AuditChain:
    chains = AuditChain.objects.select_for_update(of=("self",)).filter(organisation=code)
    chain = chains.first()
    if chain is None:
        AuditChain.objects.get_or_create(organisation=code)
        chain = chains.get()
    return chain


def _name(by: Any) -> str:
    """How the actor signs in: the name can be looked up as long as the account stands."""
    return str(getattr(by, "username", by))[:150] if by is not None else ""


def _code(organisation: Any) -> str:
    return organisation if isinstance(organisation, str) else organisation.code


def _code_for(organisation: Any, target: models.Model | None, by: Any) -> str:
    """The first of what the caller says, the target's organisation and the person's own."""
    for candidate in (
        organisation,
        getattr(target, "organisation", None),
        getattr(by, "home", None),
    ):
        if candidate is not None:
            return _code(candidate)
    return ""


def _plain(value: Any) -> Any:
    """The value as it will be read back from either database, so that its seal stays the same."""
    if value is None or isinstance(value, str | bool | int):
        return str(value) if isinstance(value, str) else value
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float | Decimal | UUID):
        return str(value)
    raise TypeError(f"audit details take JSON, not {type(value).__name__}")


# --- Seals ----------------------------------------------------------------------------------------


@lru_cache(maxsize=4)
def _keys(audit_keys: str, secret_key: str) -> dict[str, bytes]:
    """Keys by their short name, the writing one first. Derived: no key is used for two purposes."""
    named = [part.partition(":") for part in audit_keys.split(",") if part]
    sources = {name: material for name, _, material in named} | {"s": secret_key}
    return {
        name: hmac.digest(material.encode(), b"portal audit chain", "sha256")
        for name, material in sources.items()
    }


def seal_of(before: str, fields: list[Any], *, like: str = "") -> str:
    """Keyed hash over the seal before and the fields, as "method:key:hex".

    ``like`` is an existing seal whose method and key are to be used (for proving it); a method or
    key that is not known gives a seal that equals none.
    """
    keys = _keys(settings.AUDIT_KEY, settings.SECRET_KEY)
    method, name = METHODS[settings.CRYPTO_PROFILE], next(iter(keys))
    if like:
        method, _, rest = like.partition(":")
        name = rest.partition(":")[0]
        if method not in METHODS.values() or name not in keys:
            return ""
    instant = fields[2]
    told = [before, *fields[:2], instant.astimezone(UTC).isoformat(), *fields[3:]]
    text = json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return f"{method}:{name}:{mac(keys[name], text, method)}"


def mac(key: bytes, text: str, method: str) -> str:
    """Keyed hash of a text, as hex."""
    return hmac.new(key, text.encode(), method).hexdigest()
