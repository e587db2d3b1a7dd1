"""The script of a replay: acts in order of time, from YAML, checked before anything runs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from config.replay import cases
from config.replay.cases import Story
from core import catalogue_files, clock

FOLDER = Path(__file__).resolve().parent.parent / "catalogue"
# What is told beside the campaign, in a folder of its own.
BESIDE = {
    "ground",
    "claim",
    "hazard",
    "care",
    "model_units",
    "collect",
    "file_return",
    "outage",
    "improve",
    "decide_finding",
    "decide_inspection",
    "circular",
}
VERBS = {
    "assign",
    "draft",
    "redraft",
    "certify",
    "receive",
    "return",
    "accept",
    "extend",
    "exempt",
    "set_up_groups",
    "convene",
    "minutes",
    "issue_document",
    "sign_for",
    "build_report",
    "submit_report",
    "approve_report",
    "issue_report",
    "edit_report",
    "publish_report",
    "tick",
    "roster",
    "round",
    "enter_item",
    "enforce",
    "use_plan",
    "ordered_use",
    "bulletin",
    *BESIDE,
}


@dataclass(frozen=True)
class Act:
    """At an instant an organisation does something about a duty (or about a stage's report)."""

    at: datetime
    verb: str
    subject: str
    organisation: str
    details: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Script:
    """How a campaign begins and what happens then."""

    campaign: dict[str, Any]
    executors: tuple[str, ...]
    acts: tuple[Act, ...]
    people: dict[str, list[list[str]]]
    stories: tuple[Story, ...] = ()

    @property
    def created(self) -> datetime:
        return instant(self.campaign["created"])

    @property
    def launched(self) -> datetime:
        return instant(self.campaign["launched"])

    @property
    def closely_until(self) -> date:
        """Up to this day the portal ticks at several hours, later every morning."""
        found: date = self.campaign["closely_until"]
        return found


def instant(text: str | datetime | date) -> datetime:
    """A wall-clock time of Asia/Shanghai as an aware instant."""
    if isinstance(text, datetime):
        return text.replace(tzinfo=clock.ZONE)
    return datetime.fromisoformat(str(text)).replace(tzinfo=clock.ZONE)


def load(code: str, *, beside: bool = False) -> Script:
    """Read the script of a campaign; ``beside``: with what happened beside it.

    Raises ``ValueError`` for an unknown code or verb, with the place.
    """
    path = FOLDER / f"replay-{code}.yaml"
    if not path.exists():
        known = sorted(p.stem.removeprefix("replay-") for p in FOLDER.glob("replay-*.yaml"))
        raise ValueError(f"没有“{code}”的演练脚本；现有：{'、'.join(known)}。")
    content = catalogue_files.read(path)
    people = catalogue_files.read(FOLDER / "demo_people.yaml")
    acts = list(_acts(content))
    for folder in (code, *((f"{code}-beside",) if beside else ())):
        for part in sorted((FOLDER / "replay" / folder).glob("*.yaml")):
            acts += _acts(catalogue_files.read(part))
    stories = cases.load(code)
    acts = sorted((*acts, *_of_cases(stories)), key=lambda act: act.at)
    executors = tuple(content["executors"])
    return Script(content["campaign"], executors, tuple(acts), people, stories)


def _acts(content: dict[str, Any]) -> Iterator[Act]:
    """The acts of one file: told one by one, filings by duty, organisation and verb, and matters
    with the time of each of their steps."""
    for entry in content.get("acts", ()):
        yield _act(*entry)
    for duty, by_organisation in content.get("filings", {}).items():
        for organisation, moves in by_organisation.items():
            for verb, at in moves.items():
                yield _act(at, verb, duty, organisation)
    for matter in content.get("matters", ()):
        told = dict(matter)
        verb, subject, organisation = (told.pop(k) for k in ("verb", "subject", "organisation"))
        for step, at in told.pop("steps").items():
            yield _act(at, verb, subject, organisation, {**told, "step": step})


def _of_cases(stories: Iterable[Story]) -> Iterator[Act]:
    """Receipt and steps of every case, as acts among the others."""
    for story in stories:
        moments = (story.at, *(step.at for step in story.steps))
        for number, at in enumerate(moments):
            yield Act(at, "case", story.key, story.owner, {"step": number})


def _act(at: Any, verb: str, subject: Any, organisation: str, details: Any = None) -> Act:
    if verb not in VERBS:
        raise ValueError(f"演练脚本 {at}：不认识的动作“{verb}”。")
    return Act(instant(at), verb, str(subject), organisation, details or {})
