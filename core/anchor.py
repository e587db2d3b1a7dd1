"""The anchor: heads of the audit chains in an append-only file outside the database.

Without it a cut tail or an old copy of the database would pass, since what is left is a sound
chain. Each line names a chain, its length and its head, and is itself sealed over the line before.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import F
from django.utils.translation import gettext as _

from core import seals
from core.models.audit import AuditChain


def write(*, now: datetime) -> int:
    """Append the heads that changed since the last time; says how many chains that were."""
    grown = list(AuditChain.objects.filter(length__gt=F("anchored")).order_by("organisation"))
    if not grown:
        return 0
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
        os.fsync(stream.fileno())
    for chain in grown:
        reached = AuditChain.objects.filter(pk=chain.pk, anchored__lt=chain.length)
        reached.update(anchored=chain.length)
    return len(grown)


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
