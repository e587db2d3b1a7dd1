"""Trial evaluations of chosen units, and improvement tasks that follow from weak points.

Source: campaign plan 二(二)4 (S1-2.2.4c, S1-2.2.4e).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Organisation
from accounts.permissions import Permission
from accounts.reach import works_for
from campaign.services import rectification_entering
from core import audit, clock, masking
from core.errors import Conflict, Refused
from core.locking import held
from core.officialdoc import clean
from core.periods import Period
from reporting import ledger_sources
from reporting.models import Dimension, Evaluation, ImprovementTask, Indicator, IndicatorValue
from reporting.queries import scorecards

if TYPE_CHECKING:
    from accounts.models import User

LONGEST = 2000
State = ImprovementTask.State


def begin(
    *,
    organisation: Organisation,
    title: str,
    period: Period,
    units: Sequence[Organisation],
    weights: Mapping[str, int],
    by: User,
    now: datetime,
) -> Evaluation:
    """Choose units and weights for a period. Raises ``Refused``."""
    _must_manage(organisation, by=by)
    if not units:
        raise Refused(_("请选择试点单位。"))
    if any(not by.may(Permission.INDICATOR_MANAGE, one) for one in units):
        raise Refused(_("只能评价本机关辖区内的单位。"))
    given = {key: int(weights.get(key, 0)) for key in Dimension.values}
    if sum(given.values()) != 100:
        raise Refused(_("七个维度的权重之和应当为100，现为%(n)d。") % {"n": sum(given.values())})
    title = masking.mask_text(clean(title).strip())
    said = {"title": title, "weights": given, "created_by": by}
    said |= {"first_day": period.first, "last_day": period.last}
    with transaction.atomic():
        Organisation.objects.select_for_update(of=("self",)).get(pk=organisation.pk)
        if (standing := _begun_already(organisation, said, units)) is not None:
            return standing
        made = Evaluation.objects.create(organisation=organisation, **said, created_at=now)
        made.units.set(units)
        codes = sorted(one.code for one in units)
        audit.record("evaluation.begin", made, by=by, now=now, units=codes, weights=given)
    return made


def _begun_already(
    organisation: Organisation, said: Mapping[str, Any], units: Sequence[Organisation]
) -> Evaluation | None:
    """The same evaluation, not yet concluded: what a second click asks for."""
    rows = Evaluation.objects.filter(organisation=organisation, concluded_at=None, **said)
    wanted = {one.pk for one in units}
    same = (one for one in rows if set(one.units.values_list("pk", flat=True)) == wanted)
    return next(same, None)


def cards_of(evaluation: Evaluation, *, by: User) -> list[scorecards.Card]:
    """The scorecards of its units as values stand now."""
    units = list(evaluation.units.order_by("path"))
    return scorecards.cards(by, evaluation.period, units, evaluation.weights)


@transaction.atomic
def conclude(evaluation: Evaluation, *, conclusion: str, by: User, now: datetime) -> Evaluation:
    """Keep the scores as they stand, with the office's opinion; units may read it from now on."""
    evaluation = held(Evaluation.objects.all(), evaluation.pk, "organisation")
    _must_manage(evaluation.organisation, by=by)
    if evaluation.concluded_at:
        raise Conflict(_("该评价已经完成。"))
    words = _words(conclusion, _("请写明评价意见。"))
    cards = cards_of(evaluation, by=by)
    if all(one.total.shown is None for one in cards):
        raise Refused(_("被评价单位都没有得分，不能完成评价；请核对统计期、权重和指标值。"))
    evaluation.results = {one.unit.code: one.kept() for one in cards}
    evaluation.conclusion = words
    evaluation.concluded_by, evaluation.concluded_at = by, now
    fields = ["results", "conclusion", "concluded_by", "concluded_at"]
    evaluation.save(update_fields=fields)
    audit.record("evaluation.conclude", evaluation, by=by, now=now)
    return evaluation


@transaction.atomic
def set_task(
    *,
    office: Organisation,
    organisation: Organisation,
    indicator: Indicator,
    value: IndicatorValue | None,
    problem: str,
    demand: str,
    due_on: date,
    evaluation: Evaluation | None = None,
    by: User,
    now: datetime,
) -> ImprovementTask:
    """Tell a unit to do better at an indicator by a day. Raises ``Refused``."""
    _must_manage(office, by=by)
    if not by.may(Permission.INDICATOR_MANAGE, organisation):
        raise Refused(_("只能向本机关辖区内的单位下达改进任务。"))
    if due_on < clock.day_of(now):
        raise Refused(_("完成期限不能早于今天。"))
    said = {
        "office": office,
        "organisation": organisation,
        "indicator": indicator,
        "evaluation": evaluation,
        "problem": _words(problem, _("请写明薄弱环节。"), 300),
        "demand": _words(demand, _("请写明改进要求。"), 300),
        "due_on": due_on,
    }
    Organisation.objects.select_for_update(of=("self",)).get(pk=office.pk)
    # A second click asks for the task that stands.
    if (standing := ImprovementTask.objects.filter(state=State.SET, **said).first()) is not None:
        return standing
    task = ImprovementTask.objects.create(**said, value=value, set_by=by, set_at=now)
    audit.record("improvement.set", task, by=by, now=now, organisation=organisation)
    rectification_entering.offer(ledger_sources.of_task(task), now=now)
    return task


@transaction.atomic
def report(
    task: ImprovementTask, *, measure: str, result: str, done: bool, by: User, now: datetime
) -> ImprovementTask:
    """The unit says by which measure, and what came of it when it is done. Raises ``Refused``."""
    task = held(ImprovementTask.objects.all(), task.pk, "organisation", "office")
    if not works_for(by, Permission.INDICATOR_ANSWER, task.organisation):
        raise Refused(_("由责任单位具有“%(permission)s”权限的人员办理。") % _right("ANSWER"))
    if task.state != State.SET:
        raise Conflict(_("该任务已经报告完成。"))
    task.measure = _words(measure, _("请写明改进措施。"))
    fields = ["measure", "result"]
    task.result = masking.mask_text(clean(result).strip())[:LONGEST]
    if done:
        task.result = _words(result, _("请写明完成情况。"))
        task.state, task.done_by, task.done_at = State.DONE, by, now
        fields += ["state", "done_by", "done_at"]
    task.save(update_fields=fields)
    audit.record("improvement.report", task, by=by, now=now, done=done)
    return task


@transaction.atomic
def check(
    task: ImprovementTask, *, passed: bool, opinion: str, by: User, now: datetime
) -> ImprovementTask:
    """The office looks at what was done: checked, or back to the unit. Raises ``Refused``."""
    task = held(ImprovementTask.objects.all(), task.pk, "organisation", "office")
    _must_manage(task.office, by=by)
    if task.state != State.DONE:
        raise Conflict(_("责任单位报告完成后才能核查。"))
    task.opinion = _words(opinion, _("请写明核查意见。"), 300)
    fields = ["state", "opinion", "checked_by", "checked_at", "done_by", "done_at"]
    if passed:
        task.state, task.checked_by, task.checked_at = State.CHECKED, by, now
    else:
        task.state, task.done_by, task.done_at = State.SET, None, None
    task.save(update_fields=fields)
    audit.record("improvement.check", task, by=by, now=now, passed=passed)
    return task


def _must_manage(office: Organisation, *, by: User) -> None:
    if not office.is_regulator or not works_for(by, Permission.INDICATOR_MANAGE, office):
        raise Refused(_("由监管机构具有“%(permission)s”权限的人员办理。") % _right("MANAGE"))


def _right(name: str) -> dict[str, object]:
    return {"permission": Permission[f"INDICATOR_{name}"].label}


def _words(text: str, missing: str, most: int = LONGEST) -> str:
    text = masking.mask_text(clean(text).strip())
    if not text:
        raise Refused(missing)
    if len(text) > most:
        raise Refused(_("不能超过%(n)d字。") % {"n": most})
    return text
