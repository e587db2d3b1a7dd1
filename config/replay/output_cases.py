"""Cases in the folder of a replay: what bulletins and lists count. Nothing of whoever called."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from complaints.models import Case, CaseClock, CaseReminder
from complaints.workflow import ClockState, State
from core import clock, files
from reporting.models import Bulletin

Row = dict[str, Any]
CODES = ("channel", "nature", "industry", "category", "target", "state", "outcome", "satisfaction")
ORDER = ("received_at", "owner__code", "number")
PLAIN = ("number", "source", "region_id", "received_at", "created_at", "accepted", "closed_at")
PLAIN += ("urge_count", "return_count", "reopen_count")
BESIDE = ("owner__code", "holder__code", "organisation__code", "procedure__code")
BESIDE += ("procedure__version", "merged_into__number", "appeal_of__number")


def shown(instant: datetime | None) -> str:
    return instant.astimezone(clock.ZONE).isoformat(timespec="seconds") if instant else ""


def rows() -> Iterator[Row]:
    """One line for each case, merged ones too; lists by code."""
    # Only what is shown: of tens of thousands nobody is to be deciphered.
    found = Case.objects.order_by(*ORDER).values(*PLAIN, *CODES, *BESIDE)
    for case in found.iterator(chunk_size=2000):
        yield {
            "number": case["number"],
            "source": case["source"],
            "owner": case["owner__code"],
            "holder": case["holder__code"],
            "organisation": case["organisation__code"] or "",
            "region": case["region_id"] or "",
            "procedure": f"{case['procedure__code']}/{case['procedure__version']}",
            "received_at": shown(case["received_at"]),
            "entered_at": shown(case["created_at"]),
            **{name: case[name] for name in CODES},
            "accepted": "" if case["accepted"] is None else int(case["accepted"]),
            "closed_at": shown(case["closed_at"]),
            "urged": case["urge_count"],
            "returned": case["return_count"],
            "reopened": case["reopen_count"],
            "merged_into": case["merged_into__number"] or "",
            "appeal_of": case["appeal_of__number"] or "",
        }


def clock_rows() -> Iterator[Row]:
    found = CaseClock.objects.order_by(*(f"case__{name}" for name in ORDER), "started_at", "pk")
    names = ("case__number", "case__owner__code", "code", "round", "state")
    for *plain, started, due, stopped in found.values_list(
        *names, "started_at", "due_at", "stopped_at"
    ).iterator(chunk_size=2000):
        case, owner, code, number, state = plain
        yield {
            "case": case,
            "owner": owner,
            "clock": code,
            "round": number,
            "state": state,
            "started_at": shown(started),
            "due_at": shown(due),
            "stopped_at": shown(stopped),
        }


def bulletin_rows() -> Iterator[Row]:
    for one in Bulletin.objects.select_related("organisation", "current_version").order_by("pk"):
        yield {
            "organisation": one.organisation.code,
            "from": one.first_day,
            "to": one.last_day,
            "style": one.style,
            "state": one.state,
            "document_number": one.document_number,
            "issued_at": shown(one.issued_at),
            "digest": one.current_version.digest,
        }


def copy_bulletins(folder: Path) -> None:
    """The current version of each bulletin: its files, and its figures by the contract."""
    folder.mkdir(parents=True, exist_ok=True)
    for one in Bulletin.objects.select_related("organisation", "current_version"):
        version = one.current_version
        stem = f"{one.organisation.code}-{one.first_day}-{one.last_day}"
        figures = json.dumps(version.value.json(), ensure_ascii=False, indent=1)
        (folder / f"{stem}.json").write_text(figures + "\n", encoding="utf-8")
        for kind in ("docx", "pdf", "xlsx"):
            with files.open(getattr(version, kind)) as source:
                (folder / f"{stem}.{kind}").write_bytes(source.read())


def summary(until: datetime) -> dict[str, Any]:
    """What the lines above come to."""
    cases, clocks = Case.objects.order_by(), CaseClock.objects.order_by()
    running = clocks.filter(state=ClockState.RUNNING)
    return {
        "all": cases.count(),
        "counted": cases.counted().count(),
        "open": cases.open().count(),
        "closed": cases.filter(closed_at__isnull=False).exclude(state=State.MERGED).count(),
        "by_source": counted(cases.values_list("source", flat=True)),
        "by_nature": counted(cases.values_list("nature", flat=True)),
        "by_state": counted(cases.values_list("state", flat=True)),
        "clocks": {
            **counted(clocks.values_list("state", flat=True)),
            "overdue": running.filter(due_at__lt=until).count(),
        },
        "reminders": CaseReminder.objects.count(),
    }


def counted(codes: Any) -> dict[str, int]:
    return dict(sorted(Counter(codes).items()))
