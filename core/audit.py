"""The audit trail: who did what, when, on which object, from where and why.

Every event is sealed with a keyed hash over itself and the seal before it, in one chain per
organisation; the head of the chain is a row that is locked in the transaction of the act itself. So
a failed record stops the act, and whoever edits, removes, swaps or inserts rows without the key
breaks the chain. What the chain cannot show alone (a cut tail, an old copy put back) is shown by
the anchor, see ``core.anchor``.
Source of the rule: GB/T 22239-2019, 8.1.4.3 (security audit).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import models, transaction
from django.utils.translation import gettext as _

from core import anchor, bulk, seals
from core.failpoints import failpoint
from core.models.audit import AuditChain, AuditEvent

# Where the act came from: an address, "command:…" or "dispatcher"; set at the edges.
_place: ContextVar[str] = ContextVar("audit_place", default="")

# Of a chain that was rewritten every row is wrong; the first ones tell enough.
MOST_PER_CHAIN = 20
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


def came_by(way: str) -> None:
    """Say for the rest of this request by which way it came: a client of the API and its address.

    The edge that opened ``coming_from`` closes it again.
    """
    _place.set(way[:80])


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
    plain = _plain(details)
    # Without a savepoint: where this fails, the act is not to stand either.
    with transaction.atomic(savepoint=False):
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
            details=plain,
        )
        event.seal = seals.seal(chain.head, [getattr(event, name) for name in FIELDS])
        bulk.add(event)
        chain.length, chain.head = event.number, event.seal
        chain.save(update_fields=["length", "head"])
        anchor.soon(chain.organisation, now=now)
    return event


def record_many(
    kind: str,
    about: Iterable[tuple[type[models.Model] | None, Any, dict[str, Any]]],
    *,
    by: Any,
    now: datetime,
    organisation: Any,
    reason: str = "",
) -> int:
    """One event for each of many (model, key, details) of an organisation, as ``record`` would.

    The chain is locked once and the events are written together. Says how many.
    """
    with transaction.atomic():
        chain = _lock(_code(organisation))
        failpoint("audit.locked")
        common = {
            "organisation": chain.organisation,
            "at": now,
            "kind": kind,
            "actor_id": getattr(by, "pk", None),
            "actor": _name(by),
            "reason": reason,
            "place": _place.get(),
        }
        all_of_them = list(about)
        keys = bulk.keys(AuditEvent, len(all_of_them))
        bulk.insert(AuditEvent, _sealed(chain, common, zip(keys, all_of_them, strict=True)))
        if all_of_them:
            chain.save(update_fields=["length", "head"])
            anchor.soon(chain.organisation, now=now)
    return len(all_of_them)


def _sealed(
    chain: AuditChain,
    common: dict[str, Any],
    about: Iterable[tuple[int, tuple[type[models.Model] | None, Any, dict[str, Any]]]],
) -> Iterator[dict[str, Any]]:
    """The rows of events with their keys, each sealed onto the one before."""
    for key, (model, pk, details) in about:
        event = {
            **common,
            "id": key,
            "number": chain.length + 1,
            "target_model": model._meta.label_lower if model is not None else "",
            "target_id": str(pk) if model is not None else "",
            "details": _plain(details),
        }
        event["seal"] = seals.seal(chain.head, [event[name] for name in FIELDS])
        chain.length, chain.head = event["number"], event["seal"]
        yield event


def hold(organisations: Iterable[Any]) -> None:
    """Lock several chains in one fixed order, so that two services never wait for each other."""
    for code in sorted({_code(one) for one in organisations}):
        _lock(code)


def _lock(code: str) -> AuditChain:
    chains = AuditChain.objects.select_for_update(of=("self",)).filter(organisation=code)
    (chain,) = chains[:1] or (None,)
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


# --- Proving --------------------------------------------------------------------------------------


def verify() -> list[str]:
    """Walk every chain and the anchor; a sentence for each thing that is not as it was written.

    An empty list proves that no event was edited, removed, swapped or inserted without the key,
    and that nothing which the anchor knows is missing. May run while others write.
    """
    anchored = anchor.read()
    problems = list(anchored.problems)
    codes = set(AuditChain.objects.values_list("organisation", flat=True)) | set(anchored.heads)
    codes |= set(AuditEvent.objects.order_by().values_list("organisation", flat=True).distinct())
    for code in sorted(codes):
        if _prove(code, anchored):
            # Perhaps only somebody wrote meanwhile: look again while nobody can.
            with transaction.atomic():
                list(AuditChain.objects.select_for_update(of=("self",)).filter(organisation=code))
                problems += _prove(code, anchor.read())
    return problems


def _prove(code: str, anchored: anchor.Anchored) -> list[str]:
    chain = AuditChain.objects.filter(organisation=code).first()
    rows = AuditEvent.objects.filter(organisation=code).order_by("number")
    try:
        walked = rows.values_list(*FIELDS, "seal").iterator(chunk_size=5000)
        problems, end = _walk(code, walked, anchored.heads.get(code, {}))
    except (ValueError, TypeError) as error:
        # A column holds what was never written by us: a text that is no date or no JSON.
        fault = type(error).__name__
        return [_("审计链 {chain}：记录无法读取（{what}）").format(chain=_chain(code), what=fault)]
    return problems + _check_end(code, chain, end, anchored)


def _walk(
    code: str, events: Iterable[tuple[Any, ...]], known: dict[int, str]
) -> tuple[list[str], tuple[int, str]]:
    """Prove the events of one chain in order; the problems, and the last number and seal."""
    problems: list[str] = []
    before, expected = "", 1
    for *fields, seal in events:
        number = fields[1]
        if number != expected:
            problems.append(_gap(code, expected, number))
        elif not seals.proves(seal, before, fields):
            problems.append(_told(_("与封印不符"), code, number))
        if known.get(number, seal) != seal:
            problems.append(_told(_("与库外锚点不符"), code, number))
        before, expected = seal, number + 1
    return problems[:MOST_PER_CHAIN], (expected - 1, before)


def _check_end(
    code: str, chain: AuditChain | None, end: tuple[int, str], anchored: anchor.Anchored
) -> list[str]:
    """Whether a chain ends where its head row and the anchor say."""
    known = max(anchored.heads.get(code, {0: ""}))
    problems = []
    if chain is None or (chain.length, chain.head) != end:
        problems.append(_told(_("链尾与链头登记不符"), code, end[0]))
    if known > end[0]:
        problems.append(_told(_("记录缺失，库外锚点所记最后序号"), code, known))
    if chain is not None and chain.anchored > known:
        problems.append(_told(_("库外锚点缺行，已登记序号"), code, chain.anchored))
    return problems


def _chain(code: str) -> str:
    return code or _("全平台")


def _told(what: str, code: str, number: int) -> str:
    return _("审计链 {chain}：{what}（{number}）").format(
        chain=_chain(code), what=what, number=number
    )


def _gap(code: str, expected: int, number: int) -> str:
    return _("审计链 {chain}：应为第 {expected} 条，实为第 {number} 条").format(
        chain=_chain(code), expected=expected, number=number
    )
