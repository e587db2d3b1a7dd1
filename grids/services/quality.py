"""Archives held against the rules: problems, tasks to mend them, and the proof by looking again.

A problem is closed by passing its rule, by nothing else. Source: grid standard 5.5.1, 5.5.2
(S2-5.5.1c, S2-5.5.2a, S2-5.5.2b).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Count, Max
from django.utils.translation import gettext as _

from accounts.models import Organisation, Region
from accounts.permissions import Permission
from accounts.reach import works_for
from core import audit, clock, sla, workdays
from core.errors import Refused
from core.locking import held
from grids import sharing_letters as letters
from grids.models import ArchiveRecord, DataProblem, FixTask, ProblemEnd, QualityCheck
from grids.models.rules import nearest
from grids.queries import standing
from grids.queries.locating import CONTRADICTION, Clue, Gazetteer, grids_for
from grids.services import archives
from grids.services.sharing import limit
from grids.sharing import quality as rules
from grids.sharing.moves import TaskState
from grids.sharing.quality import Facts, Rule, Verdict

if TYPE_CHECKING:
    from accounts.models import User

AT_ONCE = 500
UNITS = {
    "分钟": sla.Unit.MINUTES,
    "小时": sla.Unit.HOURS,
    "天": sla.Unit.CALENDAR_DAYS,
    "工作日": sla.Unit.WORKING_DAYS,
}
REPEATED = {"phone": "phone_index", "account_no": "account_index"}
RELATED = ("enterprise__region", "organisation", "area", "grid")
Key = tuple[int, str, str]


# --- Looking --------------------------------------------------------------------------------------


def looked_at(
    records: Any, enterprise: Organisation, wanted: Iterable[Rule], *, on: date
) -> Iterator[tuple[ArchiveRecord, Verdict]]:
    """What rules say of archives of one enterprise."""
    chosen = list(wanted)
    oldest = {
        one.code: on - timedelta(days=limit(one.limit, enterprise, on=on))
        for one in chosen
        if one.limit
    }
    same = _repeated(enterprise)
    known = Gazetteer(on=on, regions=frozenset({enterprise.region_id or ""} - {""}))
    part: list[ArchiveRecord] = []
    for record in records.select_related(*RELATED).order_by("pk").iterator(chunk_size=AT_ONCE):
        part.append(record)
        if len(part) == AT_ONCE:
            yield from _of_part(part, enterprise, chosen, same, oldest, known, on=on)
            part = []
    yield from _of_part(part, enterprise, chosen, same, oldest, known, on=on)


def _repeated(enterprise: Organisation) -> dict[str, dict[str, int]]:
    """Field → keyed hash → how many archives hold it, where it is more than one."""
    found = {}
    for name, column in REPEATED.items():
        rows = ArchiveRecord.objects.filter(enterprise=enterprise).exclude(**{column: ""})
        counted = rows.order_by().values(column).annotate(n=Count("pk")).filter(n__gt=1)
        found[name] = dict(counted.values_list(column, "n"))
    return found


def _of_part(
    part: list[ArchiveRecord],
    enterprise: Organisation,
    chosen: list[Rule],
    same: dict[str, dict[str, int]],
    oldest: dict[str, date],
    known: Gazetteer,
    *,
    on: date,
) -> Iterator[tuple[ArchiveRecord, Verdict]]:
    clues = [
        Clue(
            account=one.account_no,
            transformer_area=one.area.code if one.area else "",
            address=one.address,
            region=enterprise.region_id or "",
            organisation=enterprise,
        )
        for one in part
    ]
    looks = any(rule.check == "located" for rule in chosen)
    places = grids_for(clues, on=on, known=known) if looks and part else [None] * len(part)
    for record, place in zip(part, places, strict=True):
        grid = place.grid if place else None
        facts = Facts(
            values={name: getattr(record, name) for name in archives.TEXTS},
            same={
                name: same[name].get(getattr(record, column), 1)
                for name, column in REPEATED.items()
            },
            located=grid is not None or bool(place and place.reason == CONTRADICTION),
            in_its_grid=grid is not None and grid.pk == record.grid_id,
            checked_on=record.checked_on,
            oldest=oldest,
        )
        for rule in chosen:
            for verdict in rules.verdicts(rule, facts):
                yield record, verdict


@transaction.atomic
def check(enterprise: Organisation, *, by: User | None, now: datetime) -> QualityCheck:
    """Hold all archives of an enterprise against the rules of the day. Raises ``Refused``."""
    if by is not None and not works_for(by, Permission.SHARING_MANAGE, enterprise):
        raise Refused(_("数据质量检查由%(unit)s办理。") % {"unit": enterprise})
    Organisation.objects.select_for_update(of=("self",)).get(pk=enterprise.pk)
    on = clock.day_of(now)
    chosen = rules.rules(on=on)
    rows = ArchiveRecord.objects.filter(enterprise=enterprise)
    seen, passed = Counter[str](), Counter[str]()
    failing: dict[Key, ArchiveRecord] = {}
    for record, verdict in looked_at(rows, enterprise, chosen.values(), on=on):
        seen[verdict.rule] += 1
        passed[verdict.rule] += verdict.passes
        if not verdict.passes:
            failing[record.pk, verdict.rule, verdict.field] = record
    standing_ones = DataProblem.objects.filter(enterprise=enterprise, closed_at__isnull=True)
    ended = _end(standing_ones, on=on, now=now)
    closed = _close(standing_ones, set(failing), now=now)
    known = set(standing_ones.values_list("record", "rule", "field"))
    fresh = [
        DataProblem(
            record=record,
            enterprise=enterprise,
            organisation=record.organisation,
            rule=key[1],
            field=key[2],
            found_at=now,
        )
        for key, record in failing.items()
        if key not in known
    ]
    DataProblem.objects.bulk_create(fresh, batch_size=500)
    _close_tasks(FixTask.objects.filter(enterprise=enterprise), now=now)
    made = QualityCheck.objects.create(
        enterprise=enterprise,
        at=now,
        by=by,
        records=rows.count(),
        results={code: [seen[code], passed[code]] for code in chosen},
        opened=len(fresh),
        closed=closed,
    )
    audit.record(
        "archive.check",
        enterprise,
        by=by,
        now=now,
        organisation=enterprise,
        records=made.records,
        opened=made.opened,
        closed=closed,
        ended=ended,
    )
    return made


def _close(problems: Any, failing: set[Key], *, now: datetime) -> int:
    """Close what passes by now; says how many."""
    rows = problems.values_list("pk", "record", "rule", "field")
    good = [pk for pk, *key in rows if tuple(key) not in failing]
    for start in range(0, len(good), AT_ONCE):
        part = good[start : start + AT_ONCE]
        DataProblem.objects.filter(pk__in=part, closed_at__isnull=True).update(closed_at=now)
    return len(good)


def _end(problems: Any, *, on: date, now: datetime) -> int:
    """End open problems whose rule does not count any more, with the reason; says how many."""
    rows = problems.exclude(rule__in=list(rules.rules(on=on))).values_list("pk", "rule")
    gone = list(rows)
    ends = [
        ProblemEnd(problem_id=pk, reason=rules.end_of(code, on=on)[:200], at=now)
        for pk, code in gone
    ]
    ProblemEnd.objects.bulk_create(ends, batch_size=AT_ONCE)
    for start in range(0, len(gone), AT_ONCE):
        part = [pk for pk, _code in gone[start : start + AT_ONCE]]
        DataProblem.objects.filter(pk__in=part).update(closed_at=now)
    return len(gone)


@transaction.atomic
def end_of_rules(*, now: datetime) -> None:
    """What was found under a rule that has ended is ended with it, task and all."""
    on = clock.day_of(now)
    waiting = DataProblem.objects.filter(closed_at__isnull=True)
    waiting = waiting.exclude(rule__in=list(rules.rules(on=on)))
    for key in sorted(set(waiting.order_by().values_list("enterprise", flat=True))):
        # As a check does: nobody finds or closes problems of the enterprise meanwhile.
        enterprise = Organisation.objects.select_for_update(of=("self",)).get(pk=key)
        count = _end(waiting.filter(enterprise=enterprise), on=on, now=now)
        _close_tasks(FixTask.objects.filter(enterprise=enterprise), now=now)
        audit.record(
            "archive.end", enterprise, by=None, now=now, organisation=enterprise, problems=count
        )


def _close_tasks(tasks: Any, *, now: datetime) -> None:
    """Tasks of which nothing is left are done."""
    for task in tasks.filter(state=TaskState.OPEN).select_related("enterprise", "organisation"):
        if not task.problems.filter(closed_at__isnull=True).exists():
            task.state, task.closed_at, task.rechecked_at = TaskState.CLOSED, now, now
            task.save(update_fields=["state", "closed_at", "rechecked_at"])
            ended = task.problems.filter(end__isnull=False).count()
            (letters.ended if ended else letters.fixed)(task, now=now)


# --- Tasks ----------------------------------------------------------------------------------------


@transaction.atomic
def issue(
    enterprise: Organisation,
    *,
    organisation: Organisation,
    rule: str,
    by: User,
    now: datetime,
) -> FixTask:
    """Let a unit mend everything of it that fails a rule and is in no task yet. Raises
    ``Refused``."""
    if not works_for(by, Permission.SHARING_MANAGE, enterprise):
        raise Refused(_("治理任务由%(unit)s下达。") % {"unit": enterprise})
    Organisation.objects.select_for_update(of=("self",)).get(pk=enterprise.pk)
    waiting = DataProblem.objects.filter(
        enterprise=enterprise,
        organisation=organisation,
        rule=rule,
        closed_at__isnull=True,
        task__isnull=True,
    )
    if not waiting.exists():
        raise Refused(_("该单位没有待下达任务的这类问题。"))
    on = clock.day_of(now)
    told = nearest(standing.limits(on=on).get("archive_fix", ()), organisation)
    assert told is not None
    allowance = sla.Allowance(told.value, UNITS[told.unit])
    due = sla.due(now, allowance, calendar=workdays.calendar())
    head = {"text": told.title, "value": f"{told.value}{told.unit}", "source": told.basis}
    task = FixTask.objects.create(
        number=_number(enterprise, on),
        enterprise=enterprise,
        organisation=organisation,
        rule=rule,
        issued_by=by,
        issued_at=now,
        due_at=due.due_at,
        provisional=due.provisional,
        explanation=[head, *due.explanation],
    )
    count = waiting.update(task=task)
    audit.record(
        "archive.issue",
        task,
        by=by,
        now=now,
        organisation=organisation,
        number=task.number,
        rule=rule,
        problems=count,
    )
    letters.issued(task, count, now=now)
    return task


def _number(enterprise: Organisation, day: date) -> str:
    """Under the lock of the region: its numbers follow each other, whichever enterprise asks."""
    Region.objects.select_for_update(no_key=True).filter(pk=enterprise.region_id).first()
    head = f"ZL{enterprise.region_id or ''}{day:%Y%m%d}"
    last = FixTask.objects.filter(number__startswith=head).aggregate(last=Max("number"))["last"]
    return f"{head}{int(last[len(head) :]) + 1 if last else 1:03d}"


def recheck_refusal(task: FixTask, *, by: User) -> str:
    """Why a person may not have a task looked at again; empty when they may."""
    may = any(
        works_for(by, permission, unit)
        for permission, unit in (
            (Permission.ARCHIVE_FIX, task.organisation),
            (Permission.SHARING_MANAGE, task.enterprise),
        )
    )
    if not may:
        return _("复核由%(unit)s申请。") % {"unit": task.organisation}
    return _("该任务已经复核通过。") if task.state == TaskState.CLOSED else ""


@transaction.atomic
def recheck(task: FixTask, *, by: User, now: datetime) -> int:
    """Hold the archives of a task against its rule again: what passes is closed. Says how many
    still fail. Raises ``Refused``."""
    task = held(FixTask.objects, task.pk, "enterprise", "organisation")
    if why_not := recheck_refusal(task, by=by):
        raise Refused(why_not)
    on = clock.day_of(now)
    waiting = task.problems.filter(closed_at__isnull=True)
    _end(waiting, on=on, now=now)
    rows = ArchiveRecord.objects.filter(pk__in=waiting.order_by().values("record"))
    wanted = [one for one in rules.rules(on=on).values() if one.code == task.rule]
    failing = {
        (record.pk, verdict.rule, verdict.field)
        for record, verdict in looked_at(rows, task.enterprise, wanted, on=on)
        if not verdict.passes
    }
    closed = _close(waiting, failing, now=now)
    task.rechecked_at = now
    task.save(update_fields=["rechecked_at"])
    _close_tasks(FixTask.objects.filter(pk=task.pk), now=now)
    audit.record(
        "archive.recheck",
        task,
        by=by,
        now=now,
        organisation=task.organisation,
        number=task.number,
        closed=closed,
        left=len(failing),
    )
    return len(failing)


NEAR = timedelta(days=2)


@transaction.atomic
def remind(*, now: datetime) -> None:
    """Tell units of tasks that are due soon, and of those that are late; once each."""
    waiting = FixTask.objects.filter(state=TaskState.OPEN)
    if not waiting.exists():
        return
    rows = waiting.select_for_update(of=("self",))
    near = rows.filter(reminded_at__isnull=True, due_at__lte=now + NEAR)
    for task in near.select_related("enterprise", "organisation"):
        task.reminded_at = now
        task.save(update_fields=["reminded_at"])
        letters.due_soon(task, now=now)
    late = rows.filter(late_told_at__isnull=True, due_at__lt=now - timedelta(seconds=1))
    for task in late.select_related("enterprise", "organisation"):
        task.late_told_at = now
        task.save(update_fields=["late_told_at"])
        letters.late(task, now=now)
