"""Cases of a replay: written stories that are played act by act, and days counted for figures.

A story names who called, what about, and what was done when; everything goes through the services
of complaints, by people of the script who may do it.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

from accounts.models import Organisation, User
from accounts.permissions import Permission
from accounts.reach import works_for
from complaints import services
from complaints.models import Case
from complaints.procedures import definition_of
from complaints.workflow import Act as CaseAct
from complaints.workflow import Side
from config.replay import faults
from config.replay.past import Found, Past, target_of
from core import catalogue_files, clock

FOLDER = Path(__file__).resolve().parent.parent / "catalogue"
# What a story calls otherwise than the record.
NAMES = {
    "about": "organisation",
    "name": "complainant_name",
    "phone": "complainant_phone",
    "account": "account_no",
    "area": "area_type",
    "transformer": "transformer_area",
    "text": "content",
}
CHANNELS = {"12398": "phone", "95598": "phone_95598"}
RECORD = {one.name for one in fields(services.Record)}
MERGE = "merge"
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Step:
    """Something done with a case at an instant; the answers as the procedure asks for them."""

    at: datetime
    act: str
    answers: dict[str, Any]


@dataclass(frozen=True)
class Story:
    """One case: how it came in, and what is done with it."""

    key: str
    at: datetime
    owner: str
    source: str
    by: str
    record: dict[str, Any]
    steps: tuple[Step, ...]


def load(campaign: str) -> tuple[Story, ...]:
    """The stories of a campaign's replay. Raises ``ValueError`` for what cannot be read."""
    path = FOLDER / f"cases-{campaign}.yaml"
    entries = catalogue_files.read(path) if path.exists() else []
    stories = tuple(_story(entry, year=int(campaign[-4:])) for entry in entries)
    if len({story.key for story in stories}) != len(stories):
        raise ValueError(f"{path.name}：编号重复。")
    return stories


def _story(entry: dict[str, Any], *, year: int) -> Story:
    given = dict(entry)
    steps = given.pop("steps")
    key, at = given.pop("key"), given.pop("at")
    owner, by = given.pop("owner"), given.pop("by", "")
    source = given.pop("source", "12398")
    record = {NAMES.get(name, name): value for name, value in given.items()}
    record.setdefault("channel", CHANNELS.get(source, "phone"))
    if about := record.get("organisation"):
        record.setdefault("target", target_of(about))
    if unknown := sorted(set(record) - RECORD):
        raise ValueError(f"诉求 {key}：不认识的内容“{'、'.join(unknown)}”。")
    played = tuple(_step(year, *step) for step in steps)
    return Story(key, _instant(year, at), owner, source, by, record, played)


def _step(year: int, at: str, act: str, answers: dict[str, Any] | None = None) -> Step:
    if act != MERGE and act not in CaseAct.values:
        raise ValueError(f"诉求 {at}：不认识的环节“{act}”。")
    return Step(_instant(year, at), act, answers or {})


def _instant(year: int, text: str) -> datetime:
    return datetime.strptime(f"{year}-{text}", "%Y-%m-%d %H:%M").replace(tzinfo=clock.ZONE)


class Casework:
    """Plays stories with the people of a script."""

    def __init__(self, stories: tuple[Story, ...], people: dict[str, User], seed: int) -> None:
        self.stories = {story.key: story for story in stories}
        self.people, self.past = people, Past(seed)
        self._cases: dict[str, int] = {}
        # The last day whose cases were handed in.
        self.handed_in: date | None = None

    @cached_property
    def desk(self) -> services.Desk:
        """The same for the whole play: lists and procedures do not change in it."""
        return services.Desk()

    def case(self, key: str) -> Case:
        """The case of a story as it stands."""
        return Case.objects.select_related("procedure", "owner", "holder").get(pk=self._cases[key])

    def play(self, key: str, number: int, *, now: datetime) -> None:
        """Receive the case of a story (step 0), or do its n-th step."""
        story = self.stories[key]
        if number == 0:
            self.receive(story, now=now)
        else:
            self.do(story, story.steps[number - 1], now=now)

    def receive(self, story: Story, *, now: datetime) -> None:
        owner = Organisation.objects.get(code=story.owner)
        by = self.people[story.by] if story.by else self.somebody(owner, Permission.CASE_REGISTER)
        number = services.next_number(owner, story.source, now=now)
        record = services.Record(number=number, received_at=now, **story.record)
        case, _new = services.receive(record, source=story.source, owner=owner, by=by, now=now)
        self._cases[story.key] = case.pk

    def do(self, story: Story, step: Step, *, now: datetime) -> None:
        case, answers = self.case(story.key), dict(step.answers)
        if step.act == MERGE:
            by = self.somebody(case.owner, Permission.CASE_DECIDE)
            assert by is not None
            services.merge(case, into=self.case(answers["into"]), by=by, now=now)
            return
        named = answers.pop("by", "")
        by = self.people[named] if named else self.who(case, CaseAct(step.act))
        if "organisation" in answers:
            answers["organisation"] = Organisation.objects.get(code=answers["organisation"])
        services.act(case, step.act, by=by, now=now, **answers)

    def who(self, case: Case, act: CaseAct) -> User | None:
        """Who does it: somebody of the side that the procedure names, with the right for it."""
        move = definition_of(case.procedure).moves[act]
        place = case.holder if move.side == Side.HOLDER else case.owner
        found = self.somebody(place, move.needs)
        if found is None:
            raise LookupError(f"诉求 {case}：{place.code} 没有可以{act.label}的人员。")
        return found

    def somebody(self, place: Organisation, needs: Permission) -> User | None:
        """Somebody of the place who may; whoever is nearest, and who leads only if need be."""
        able = [one for one in self.people.values() if works_for(one, needs, place)]
        return min(able, key=lambda one: self._distance(one, place), default=None)

    @staticmethod
    def _distance(user: User, place: Organisation) -> tuple[bool, bool]:
        leads = any(role.code.endswith("_lead") for _place, role in user.stands)
        return (user.home != place, leads)

    def past_cases(self, *, now: datetime) -> None:
        """Cases of the months before, as they were taken over from the old register."""
        begin = now.astimezone(clock.ZONE)
        found = self.past.before(begin) + faults.before(self.past.seed, begin)
        take_over(found, self.desk, now=now)
        faults.count_residents(self.somebody, now=now)

    def days_of_cases(self, *, now: datetime) -> None:
        """What was answered at once since the last time, as the hotlines' registers have it."""
        day = clock.day_of(now)
        found: list[Found] = []
        for back in range((day - (self.handed_in or day - ONE_DAY)).days - 1, -1, -1):
            one = day - back * ONE_DAY
            found += self.past.day(one) + faults.of_day(self.past.seed, one)
        take_over(found, self.desk, now=now)
        self.handed_in = day


def take_over(found: list[Found], desk: services.Desk, *, now: datetime) -> None:
    """Enter cases of several offices. Raises ``ValueError`` where one is refused."""
    for owner, source in sorted({(owner, source) for owner, source, _record in found}):
        records = [services.Record(**one) for *place, one in found if place == [owner, source]]
        organisation = Organisation.objects.get(code=owner)
        results = services.receive_many(
            records, source=source, owner=organisation, now=now, desk=desk
        )
        if faulty := [one for one in results if one.errors]:
            raise ValueError(f"{faulty[0].number}：{faulty[0].errors}")
