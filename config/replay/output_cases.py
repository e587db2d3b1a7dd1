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


def shown(instant: datetime | None) -> str:
    return instant.astimezone(clock.ZONE).isoformat(timespec="seconds") if instant else ""


def rows() -> Iterator[Row]:
    """One line for each case, merged ones too; lists by code."""
    related = ("owner", "holder", "organisation", "procedure", "merged_into", "appeal_of")
    for case in Case.objects.select_related(*related).order_by(*ORDER):
        yield {
            "number": case.number,
            "source": case.source,
            "owner": case.owner.code,
            "holder": case.holder.code,
            "organisation": case.organisation.code if case.organisation else "",
            "region": case.region_id or "",
            "procedure": f"{case.procedure.code}/{case.procedure.version}",
            "received_at": shown(case.received_at),
            "entered_at": shown(case.created_at),
            **{name: getattr(case, name) for name in CODES},
            "accepted": "" if case.accepted is None else int(case.accepted),
            "closed_at": shown(case.closed_at),
            "urged": case.urge_count,
            "returned": case.return_count,
            "reopened": case.reopen_count,
            "merged_into": case.merged_into.number if case.merged_into else "",
            "appeal_of": case.appeal_of.number if case.appeal_of else "",
        }


def clock_rows() -> Iterator[Row]:
    found = CaseClock.objects.select_related("case__owner")
    for one in found.order_by(*(f"case__{name}" for name in ORDER), "started_at", "pk"):
        yield {
            "case": one.case.number,
            "owner": one.case.owner.code,
            "clock": one.code,
            "round": one.round,
            "state": one.state,
            "started_at": shown(one.started_at),
            "due_at": shown(one.due_at),
            "stopped_at": shown(one.stopped_at),
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
