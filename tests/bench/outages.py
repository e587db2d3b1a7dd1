"""Figures of the detection of unannounced outages: what is found against what happened."""

from __future__ import annotations

import os
import time
from collections import Counter
from datetime import datetime
from typing import Any

from core import catalogue_files
from core.clock import ZONE
from reporting.catalogue import HOME
from reporting.models import OutageNotice
from reporting.outages.calls import Call, Notice, Settings, area_name, line_name, street_of
from reporting.outages.detecting import detect
from reporting.services.outage_leads import notice_of
from tests.bench._dark_year import Year

# Seeds that nothing was adjusted to.
SEEDS = (3111, 3222, 3333, 3444, 3555)
START = datetime(2018, 1, 1, tzinfo=ZONE)
# An outage of which fewer households call cannot be told from trouble in single houses.
LEAST = 3
PRECISION, RECALL = 0.95, 0.9


def run() -> dict[str, Any]:
    seeds = [int(one) for one in os.environ.get("OUTAGE_SEEDS", "").split(",") if one] or SEEDS
    figures: dict[str, Any] = {}
    for seed in seeds:
        figures |= {f"seed {seed}: {name}": value for name, value in measured(seed).items()}
    for name, bar in (("precision", PRECISION), ("recall", RECALL)):
        least = min(figures[f"seed {seed}: {name}"] for seed in seeds)
        figures[f"least {name} (bar {bar})"] = least
        assert least >= bar, figures
    return figures


def measured(seed: int) -> dict[str, Any]:
    """The figures of one seed."""
    year = Year(seed, START).fill()
    entries = catalogue_files.read(HOME / "outages.yaml")
    rule = next(one["content"] for one in entries if one["code"] == "detect")
    settings = Settings.of(rule)
    begin = time.perf_counter()
    calls = list(spoken(year, settings, rule["categories"]))
    leads = detect(calls, notices(year), settings)
    seconds = time.perf_counter() - begin
    truth = {one.number for one in year.outages if not one.announced and len(one.callers) >= LEAST}
    every = {one.number for one in year.outages if not one.announced and one.callers}
    found, right = set(), 0
    for lead in leads:
        about = Counter(year.calls[call.key].outage for call in lead.calls)
        outage, n = about.most_common(1)[0]
        # Whoever finds the same outage twice was wrong the second time.
        if 2 * n >= len(lead.calls) and outage in every and outage not in found:
            found.add(outage)
            right += 1
    return {
        "calls": len(year.calls),
        "notices": len(year.papers),
        "of these dated back": sum(one.filed_at is not None for one in year.papers),
        "outages": len(year.outages),
        f"unannounced with at least {LEAST} callers": len(truth),
        "leads": len(leads),
        "precision": round(right / max(1, len(leads)), 4),
        "recall": round(len(found & truth) / len(truth), 4),
        "recall of all that anybody called about": round(len(found) / len(every), 4),
        "calls looked at per second": round(len(year.calls) / seconds),
    }


def spoken(year: Year, settings: Settings, categories: list[str]) -> Any:
    """Calls as the round reads them from cases."""
    for key, told in enumerate(year.calls):
        if told.category in categories and settings.says_no_power(told.text, told.category):
            yield Call(
                key,
                told.at,
                told.unit,
                told.caller,
                line_name(told.feeder),
                area_name(told.area),
                street_of(told.address),
            )


def notices(year: Year) -> list[Notice]:
    """Notices as the round reads them: known from when the portal had them, whatever they say."""
    return [
        notice_of(
            OutageNotice(
                pk=key,
                kind=paper.kind,
                planned_start=paper.start,
                planned_end=paper.end,
                published_at=paper.published_at,
                created_at=paper.filed_at or paper.published_at,
                lines=list(paper.lines),
                transformer_areas=list(paper.areas),
                words="\n".join((paper.area, *paper.lines, *paper.areas)),
                state="cancelled" if paper.cancelled else "standing",
            ),
            paper.unit,
        )
        for key, paper in enumerate(year.papers)
    ]
