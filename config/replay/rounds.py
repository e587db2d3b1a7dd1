"""Concentrated inspections of a replay: drawn at random, recorded on site, answered, concluded.

A round is told with the time of each of its steps; what is found is drawn from a list, the same
for a seed.
"""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from accounts.models import Organisation, User
from accounts.permissions import Permission
from campaign.inspection_workflow import FindingState
from campaign.models import Checklist, Finding, Inspection, InspectionRound, Inspector, LegalArticle
from campaign.people import people_of
from campaign.services import drawing_lots, findings, inspecting, inspectors, site_records
from config.replay.script import FOLDER
from core import catalogue_files, clock

if TYPE_CHECKING:
    from config.replay.player import Player
    from config.replay.script import Act

KEY = "replay:{}"
# How many problems an inspection finds at most, and how likely the company contests one.
MOST, CONTESTED, UPHELD = 3, 0.25, 0.7
ANSWERED = {FindingState.SENT, FindingState.OBJECTED}


def problems() -> list[dict[str, Any]]:
    """What inspections may find, as the catalogue tells it."""
    found: list[dict[str, Any]] = catalogue_files.read(FOLDER / "replay" / "problems.yaml")
    return found


def roster(player: Player, act: Act) -> None:
    """Put officers of the offices on the roster; who stands there already stays."""
    for code, count in act.details["offices"].items():
        office, lead = Organisation.objects.get(code=code), player.someone(code, "regulator_lead")
        taken: set[int | None] = set()
        for number in range(1, count + 1):
            person = player.someone(code, "regulator_officer", besides=taken)
            taken.add(person.pk)
            if not Inspector.objects.filter(person=person).exists():
                inspectors.enrol_inspector(
                    person=person,
                    office=office,
                    certificate=f"{code[-2:]}{number:04}",
                    by=lead,
                    now=act.at,
                )


def play(player: Player, act: Act) -> None:
    """The step of a round that is due."""
    STEPS[act.details["step"]](player, act)


def _round(act: Act) -> InspectionRound:
    return InspectionRound.objects.get(source_key=KEY.format(act.subject))


def _inspections(act: Act) -> list[Inspection]:
    related = ("round__lead", "round__checklist", "organisation")
    found = Inspection.objects.filter(round=_round(act)).select_related(*related)
    return list(found.order_by("organisation__code"))


def _rng(player: Player, inspection: Inspection, what: str) -> random.Random:
    key = inspection.round.source_key
    return random.Random(f"{player.seed}/{key}/{inspection.organisation.code}/{what}")


def _plan(player: Player, act: Act) -> None:
    told = act.details
    inspecting.plan_round(
        kind=InspectionRound.Kind.CONCENTRATED,
        title=told["title"],
        lead=Organisation.objects.get(code=act.organisation),
        reason=told["reason"],
        first_day=told["first_day"],
        last_day=told["last_day"],
        checklist=Checklist.objects.get(code=player.running.template.code),
        campaign=player.running,
        peak_season=told.get("peak", False),
        source_key=KEY.format(act.subject),
        by=player.officer(act),
        now=act.at,
    )


def _draw(player: Player, act: Act) -> None:
    told, officer = act.details, player.officer(act)
    reached = Organisation.objects.filter(officer.sight(inspecting.MANAGE)).in_force()
    units = [
        one
        for one in reached.filter(kind=Organisation.Kind.PREFECTURE_ENTERPRISE).order_by("code")
        if people_of(one, Permission.INSPECTION_ANSWER, on=act.at.astimezone(clock.ZONE).date())
    ]
    drawing_lots.draw_units(
        round=_round(act),
        units=units,
        inspectors=list(Inspector.objects.filter(ended_on__isnull=True).order_by("certificate")),
        unit_count=max(1, round(len(units) * told["share"])),
        team_size=told.get("team", 2),
        cross_region=told.get("cross_region", False),
        seed=f"{player.seed}-{act.subject}",
        by=officer,
        now=act.at,
    )


def _announce(player: Player, act: Act) -> None:
    told = act.details
    for place, one in enumerate(_inspections(act), start=told["number"]):
        inspecting.announce(
            inspection=one,
            notice_number=f"{told['prefix']}〔{act.at.year}〕{place}号",
            first_day=told["first_day"],
            last_day=told["last_day"],
            by=player.officer(act),
            now=act.at,
        )


def _head(inspection: Inspection) -> User:
    seat = inspection.team.select_related("inspector__person").order_by("-leads", "pk").first()
    assert seat is not None
    return seat.inspector.person


def _visit(player: Player, act: Act) -> None:
    """Every faulty sample beside one that was in order."""
    known = problems()
    for one in _inspections(act):
        rng, head = _rng(player, one, "visit"), _head(one)
        items = {item.number: item for item in one.round.checklist.items.all()}
        chosen = rng.sample(known, rng.randint(1, MOST))
        for place, problem in enumerate(chosen):
            for turn, result in enumerate(("fail", "pass")):
                at = act.at + timedelta(minutes=40 * place + 15 * turn)
                mark = f"{one.round.source_key}/{one.organisation.code}/{place}/{result}"
                site_records.record_entry(
                    inspection=one,
                    client_id=uuid.uuid5(uuid.NAMESPACE_URL, mark),
                    kind="item",
                    item=items[problem["item"]],
                    sample=f"{problem['sample']}{rng.randrange(100, 999)}",
                    result=result,
                    text=problem["facts"] if result == "fail" else "符合规定。",
                    happened_at=at,
                    by=head,
                    now=at,
                )


def _find(player: Player, act: Act) -> None:
    """One finding for each faulty entry, then the facts go to the company."""
    known = {one["facts"]: one for one in problems()}
    today = act.at.astimezone(clock.ZONE).date()
    for one in _inspections(act):
        head = _head(one)
        for entry in one.entries.filter(result="fail").select_related("item").order_by("pk"):
            problem = known[entry.text]
            findings.draft_finding(
                inspection=one,
                item=entry.item,
                problem=problem["problem"],
                facts=problem["facts"],
                happened_on=entry.happened_at.astimezone(clock.ZONE).date(),
                severity=problem["severity"],
                articles=[LegalArticle.objects.in_force(on=today).get(code=problem["article"])],
                evidence=[entry],
                requirement=problem["requirement"],
                rectify_on=today + timedelta(days=problem["days"]),
                by=head,
                now=act.at,
            )
        due = act.details["answer_on"]
        findings.send_facts(inspection=one, answer_on=due, by=head, now=act.at)


def _answer(player: Player, act: Act) -> None:
    """Most companies confirm; some contest, and the last fact of some stays unanswered."""
    for one in _inspections(act):
        rng = _rng(player, one, "answer")
        by = player.casework.somebody(one.organisation, Permission.INSPECTION_ANSWER)
        for finding in one.findings.filter(state=FindingState.SENT).order_by("number"):
            agree = rng.random() > CONTESTED
            words = "" if agree else "现场人员已口头说明，记录漏登，补充佐证材料。"
            findings.answer_finding(finding=finding, agree=agree, answer=words, by=by, now=act.at)


def _decide(player: Player, act: Act) -> None:
    """Somebody who was not there, and whom nothing ties to the company, settles what was
    contested."""
    listed = list(Inspector.objects.all())
    for one in _inspections(act):
        rng = _rng(player, one, "decide")
        team = set(one.team.values_list("inspector__person", flat=True))
        ties = inspectors.barred(listed, [one.organisation], on=clock.day_of(act.at))
        team |= {person.person_id for person in listed if ties[person.pk]}
        for finding in one.findings.filter(state__in=ANSWERED).order_by("number"):
            besides = {finding.created_by_id, *team}
            roles = ("regulator_officer", "regulator_lead")
            by = player.someone(act.organisation, *roles, besides=besides)
            uphold = rng.random() < UPHELD
            words = (
                "补充材料不足以推翻现场记录，予以认定。" if uphold else "补充材料属实，不予认定。"
            )
            findings.decide_finding(
                finding=finding, uphold=uphold, decision=words, by=by, now=act.at
            )


def _conclude(player: Player, act: Act) -> None:
    for one in _inspections(act):
        found = Finding.objects.filter(inspection=one).count()
        text = f"检查发现问题{found}项，已列入整改台账，请按期整改并报告。"
        findings.conclude(inspection=one, conclusion=text, by=player.officer(act), now=act.at)


def _close(player: Player, act: Act) -> None:
    text = "本轮检查单位和检查人员均随机抽取，检查发现的问题已列入整改台账跟踪督办。"
    inspecting.close_round(round=_round(act), conclusion=text, by=player.officer(act), now=act.at)


STEPS: dict[str, Callable[[Player, Act], None]] = {
    "plan": _plan,
    "draw": _draw,
    "announce": _announce,
    "visit": _visit,
    "find": _find,
    "answer": _answer,
    "decide": _decide,
    "conclude": _conclude,
    "close": _close,
}
ACTS = {"roster": roster, "round": play}
