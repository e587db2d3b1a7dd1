"""What a replay tells beside the campaign's own duties: model units, returns, outages, papers.

Through the services, by the people of the offices and companies. Invented.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from accounts.models import Organisation, User
from accounts.permissions import Permission
from campaign.models import Demonstration, MonthlyCheck
from campaign.services import demonstration_naming
from complaints.models import Case, InspectionProposal
from complaints.services import inspections
from config.replay import demonstrations, returns
from config.replay.script import FOLDER, instant
from core import catalogue_files, clock
from reporting import circulars as telling
from reporting.models import (
    Circular,
    FindingProposal,
    ImprovementTask,
    Indicator,
    IndicatorValue,
    OutageLead,
    OutageNotice,
    Return,
)
from reporting.outage_records import Record
from reporting.services import (
    circulars,
    evaluations,
    outage_leads,
    outages,
    proposals,
    return_opening,
)

if TYPE_CHECKING:
    from config.replay.player import Player
    from config.replay.script import Act

P = Permission
# A check is made in the days before it is due.
AHEAD = timedelta(days=5)
MOMENTS = ("planned_start", "planned_end", "published_at")
ACTUAL = ("actual_start", "actual_end", "cause_ended_at", "arrived_at")


def _who(player: Player, code: str, permission: Permission) -> User:
    found = player.casework.somebody(Organisation.objects.get(code=code), permission)
    assert found is not None, (code, permission)
    return found


def _lead(player: Player, act: Act) -> User:
    return player.someone(act.organisation, "regulator_lead")


# -- model units -----------------------------------------------------------------------------------


def _found_units(player: Player, act: Act) -> None:
    for row in demonstrations.UNITS:
        demonstrations.found(player.running, row, player.casework.somebody, now=act.at)


def _check_units(player: Player, act: Act) -> None:
    """Every monthly check that is due soon or is behind; the earlier one of a unit first."""
    due = MonthlyCheck.objects.filter(done_at__isnull=True, due_at__lte=act.at + AHEAD)
    related = due.select_related("unit__criteria", "unit__founder")
    for one in related.order_by("due_at", "pk"):
        founder = one.unit.founder
        by = player.casework.somebody(
            founder, P.CAMPAIGN_MANAGE if founder.is_regulator else P.FILING_DRAFT
        )
        if by is not None:
            demonstrations.checked(one, by=by, now=act.at)


def _name_unit(player: Player, act: Act) -> None:
    """The officer proposes to name it."""
    unit = Demonstration.objects.get(campaign=player.running, name=act.details["unit"])
    demonstration_naming.propose(
        unit=unit,
        result="named",
        opinion=act.details["opinion"],
        by=player.officer(act),
        now=act.at,
    )


def _decide_unit(player: Player, act: Act) -> None:
    unit = Demonstration.objects.get(campaign=player.running, name=act.details["unit"])
    demonstration_naming.decide_evaluation(
        evaluation=unit.evaluations.get(state="proposed"),
        approve=True,
        note="",
        document_number=act.details["number"],
        by=_lead(player, act),
        now=act.at,
    )


UNITS: dict[str, Callable[[Player, Act], None]] = {
    "found": _found_units,
    "check": _check_units,
    "propose": _name_unit,
    "decide": _decide_unit,
}


def model_units(player: Player, act: Act) -> None:
    UNITS[act.subject](player, act)


# -- returns ---------------------------------------------------------------------------------------


def collect(player: Player, act: Act) -> None:
    """The office begins to collect a form."""
    return_opening.collect(
        code=act.subject,
        office=Organisation.objects.get(code=act.organisation),
        by=player.officer(act),
        now=act.at,
        **act.details,
    )


def file_return(player: Player, act: Act) -> None:
    """A unit files its return for the period that begins on a day."""
    content = catalogue_files.read(FOLDER / "demo_returns.yaml")
    told = {**act.details, "code": act.subject, "unit": act.organisation, "rows": act.subject}
    entry = Return.objects.select_related("form", "recipient").get(
        code=act.subject, organisation__code=act.organisation, period_start=told["start"]
    )
    if act.subject == "self_inspection":
        content["rows"]["self_inspection"] = {"clauses": clauses(entry, player.seed, told)}
    if "deficient" in told:
        content |= {"deficient": told["deficient"]}
    officer = player.someone(entry.recipient.code, "regulator_officer")
    returns.file(told, content, player.casework.somebody, officer, now=act.at)


def clauses(entry: Return, seed: int, told: dict[str, Any]) -> list[dict[str, Any]]:
    """A line for each clause: how many were looked at, what was wrong, what is put right."""
    (column,) = [
        one for one in entry.form.content["sheets"][0]["columns"] if one["key"] == "clause"
    ]
    rng = random.Random(f"{seed}/clauses/{told['unit']}")
    lines = []
    for clause in column["choices"]:
        problems = rng.choice((0, 0, 0, 1, 2, 4))
        line = {
            "clause": clause,
            "method": rng.choice(("查阅资料", "现场检查", "走访用户")),
            "sampled": rng.randint(5, 40),
            "problems": problems,
            "result": "不合格" if problems else "合格",
            "corrected": rng.randint(0, problems),
            "inspector": "检查组",
        }
        if problems:
            line |= {"text": "抽查发现执行不到位", "measure": "限期整改，责任到人"}
            line |= {"due_on": "2012-06-30"}
        lines.append(line)
    return lines


# -- outages ---------------------------------------------------------------------------------------


def outage(player: Player, act: Act) -> None:
    """A company files a notice, and says later what became of the outage."""
    told, by = act.details, _who(player, act.organisation, P.OUTAGE_FILE)
    unit = Organisation.objects.get(code=act.organisation)
    if told["step"] == "file":
        said = {**told["said"], "number": act.subject, "area_type": "urban"}
        said |= {name: instant(said[name]) for name in MOMENTS if name in said}
        outages.file(Record.of(said), organisation=unit, by=by, now=act.at)
        return
    notice = OutageNotice.objects.get(organisation=unit, number=act.subject)
    if told["step"] == "cancel":
        outages.cancel(notice, reason="作业改期", by=by, now=act.at)
        return
    actual = {name: instant(told["actual"][name]) for name in ACTUAL if name in told["actual"]}
    outages.report(notice, actual, by=by, now=act.at)


# -- what the office asks for ----------------------------------------------------------------------


def improve(player: Player, act: Act) -> None:
    """A task for a company whose indicator is weak; told done by it, and checked."""
    told, step = act.details, act.details["step"]
    office, unit = (Organisation.objects.get(code=c) for c in (act.organisation, told["unit"]))
    if step == "set":
        today = clock.day_of(act.at)
        values = IndicatorValue.objects.standing().filter(organisation=unit)
        task = evaluations.set_task(
            office=office,
            organisation=unit,
            indicator=Indicator.objects.in_force(on=today).get(code=told["indicator"]),
            value=values.filter(indicator__code=told["indicator"]).order_by("last_day").last(),
            problem=told["problem"],
            demand=told["demand"],
            due_on=today + timedelta(days=told["days"]),
            by=player.officer(act),
            now=act.at,
        )
        player.kept[f"task {act.subject}"] = task.pk
        return
    task = ImprovementTask.objects.get(pk=player.kept[f"task {act.subject}"])
    if step == "report":
        words = {"measure": told["measure"], "result": told["result"], "done": True}
        evaluations.report(
            task, **words, by=_who(player, unit.code, P.INDICATOR_ANSWER), now=act.at
        )
        return
    given = {"passed": True, "opinion": "核查属实。"}
    evaluations.check(task, **given, by=player.officer(act), now=act.at)


def decide_finding(player: Player, act: Act) -> None:
    """An officer takes up, or not, the oldest of what the portal noticed: a proposed finding, or
    callers without power of whom no notice speaks."""
    officer, reason = player.officer(act), act.details["reason"]
    model, service = NOTICED[act.details["what"]]
    waiting = model.objects.visible_to(officer).filter(state="open")
    found = waiting.order_by("created_at", "pk").first()
    decided = service.accept if act.subject == "accept" else service.dismiss
    if isinstance(found, OutageLead):
        decided(lead=found, reason=reason, by=officer, now=act.at)
    elif found is not None:
        decided(proposal=found, reason=reason, by=officer, now=act.at)


NOTICED: dict[str, tuple[Any, Any]] = {
    "finding": (FindingProposal, proposals),
    "lead": (OutageLead, outage_leads),
}


def decide_inspection(player: Player, act: Act) -> None:
    """The office decides on the oldest proposal to inspect where cases gather; where none has been
    made, an officer makes none up."""
    office = Organisation.objects.get(code=act.organisation)
    waiting = InspectionProposal.objects.filter(organisation=office, state="open")
    if (proposal := waiting.order_by("created_at", "pk").first()) is not None:
        inspections.decide(
            proposal=proposal,
            accept=act.subject == "accept",
            reason=act.details["reason"],
            by=_lead(player, act),
            now=act.at,
        )


def circular(player: Player, act: Act) -> None:
    """A circular on proven cases, from its draft to its issue."""
    step, officer, lead = act.details["step"], player.officer(act), _lead(player, act)
    key = f"circular {act.subject}"
    if step == "draft":
        made = circulars.draft(
            organisation=Organisation.objects.get(code=act.organisation),
            title=act.details["title"],
            numbers=_proven(act.details["cases"], by=officer),
            public=False,
            occasion=act.subject,
            by=officer,
            now=act.at,
        )
        player.kept[key] = made.pk
        return
    standing = Circular.objects.get(pk=player.kept[key])
    if step == "submit":
        circulars.desk.move(standing, circulars.workflow.SUBMIT, by=officer, now=act.at)
    elif step == "approve":
        circulars.approve(standing, by=lead, now=act.at)
    else:
        circulars.issue(standing, by=lead, now=act.at)


def _proven(number: int, *, by: User) -> list[str]:
    """The first cases in sight that may be told of."""
    seen = Case.objects.visible_to(by).filter(outcome__in=telling.PROVEN)
    found = seen.select_related("organisation").order_by("received_at", "pk")
    numbers = [case.number for case in found[: 20 * number] if not telling.case_refusal(case)]
    return numbers[:number]


ACTS = {
    "model_units": model_units,
    "collect": collect,
    "file_return": file_return,
    "outage": outage,
    "improve": improve,
    "decide_finding": decide_finding,
    "decide_inspection": decide_inspection,
    "circular": circular,
}
