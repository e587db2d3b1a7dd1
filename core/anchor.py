"""The anchor: heads of the audit chains in an append-only file outside the database.

Without it a cut tail or an old copy of the database would pass, since what is left is a sound
chain. Each line names a chain, its length and its head, and is itself sealed over the line before.
Lines are appended at each commit, and by every tick for what was left out.
"""

from __future__ import annotations

import fcntl
import json
import logging
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from core import seals
from core.models.audit import AuditChain

logger = logging.getLogger(__name__)


class AtCommit:
    """Appends the new heads of a transaction's chains as soon as it has committed.

    The line is handed to the operating system and forced to the disk by the next tick, which also
    makes good what a process that died between its commit and its line left out.
    """

    def __init__(self, now: datetime) -> None:
        self.now, self.codes = now, set[str]()

    def __call__(self) -> None:
        chains = AuditChain.objects.filter(organisation__in=self.codes)
        try:
            _append(chains, now=self.now, sync=False)
        except Exception as fault:
            # The act stands already. The next tick appends the line, or fails where it is seen.
            logger.error("audit_anchor_not_written", extra={"fault": type(fault).__name__})


def soon(organisation: str, *, now: datetime) -> None:
    """Note the head of a chain when the running transaction commits; once for all its events."""
    connection = transaction.get_connection()
    # Django forgets these with the transaction or savepoint that they belong to.
    asked = [entry[1] for entry in connection.run_on_commit if isinstance(entry[1], AtCommit)]
    if not asked:
        asked = [AtCommit(now)]
        transaction.on_commit(asked[0])
    asked[0].codes.add(organisation)


def write(*, now: datetime) -> int:
    """Append the heads that changed since the last time and force them to the disk; says how many
    chains that were."""
    grown = _append(AuditChain.objects.filter(length__gt=F("anchored")), now=now, sync=True)
    for chain in grown:
        reached = AuditChain.objects.filter(pk=chain.pk, anchored__lt=chain.length)
        reached.update(anchored=chain.length)
    return len(grown)


def _append(chains: QuerySet[AuditChain], *, now: datetime, sync: bool) -> list[AuditChain]:
    grown = list(chains.order_by("organisation"))
    if not grown:
        return []
    path = Path(settings.AUDIT_ANCHOR)
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "a+b") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        before = _last_seal(stream)
        for chain in grown:
            fields = [chain.organisation, chain.length, now, chain.head]
            before = seals.seal(before, fields)
            line = {
                "chain": chain.organisation,
                "length": chain.length,
                "at": now.isoformat(),
                "head": chain.head,
                "seal": before,
            }
            stream.write(json.dumps(line, ensure_ascii=False).encode() + b"\n")
        stream.flush()
        if sync:
            os.fsync(stream.fileno())
    return grown


def _last_seal(stream: Any) -> str:
    stream.seek(0, os.SEEK_END)
    size = stream.tell()
    stream.seek(max(0, size - 4096))
    lines = stream.read().splitlines()
    stream.seek(0, os.SEEK_END)
    try:
        return str(json.loads(lines[-1])["seal"]) if lines else ""
    except (ValueError, KeyError, TypeError):
        # Somebody wrote into the file; verify says so. The next lines stand on a seal of nothing.
        return ""


@dataclass
class Anchored:
    """What the anchor knows: for each chain the head at each length noted; and its own faults."""

    heads: dict[str, dict[int, str]] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


def read() -> Anchored:
    """Read and prove the whole anchor."""
    known, before = Anchored(), ""
    for number, line in enumerate(_lines(), start=1):
        try:
            chain, length, head, found = (line[key] for key in ("chain", "length", "head", "seal"))
            instant = datetime.fromisoformat(line["at"])
            sound = seals.proves(found, before, [chain, length, instant, head])
        except (KeyError, TypeError, ValueError, AttributeError):
            known.problems.append(_("审计锚点第 {number} 行无法读取。").format(number=number))
            continue
        if not sound:
            known.problems.append(_("审计锚点第 {number} 行与封印不符。").format(number=number))
        if known.heads.setdefault(chain, {}).setdefault(length, head) != head:
            known.problems.append(_("审计锚点第 {number} 行与前文矛盾。").format(number=number))
        before = found
    return known


def _lines() -> Iterator[dict[str, Any]]:
    """Every line as written; an empty one for what cannot be read."""
    path = Path(settings.AUDIT_ANCHOR)
    if not path.exists():
        return
    with open(path, encoding="utf-8", errors="replace") as stream:
        for text in stream:
            try:
                line = json.loads(text)
            except ValueError:
                line = {}
            yield line if isinstance(line, dict) else {}
