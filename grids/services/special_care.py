"""What is done for special groups: helpers, safety checks, holiday visits.

Source: grid standard 5.8 (S2-5.8b pair-help, S2-5.8c safety checks, S2-5.8d holiday visits).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Organisation, User
from core import audit
from core.clock import day_of
from core.errors import Refused
from grids import special_access as access
from grids import special_letters as letters
from grids import special_terms as terms
from grids.models import (
    GridMember,
    HelpPair,
    HolidayVisit,
    PowerGrid,
    SafetyCheck,
    SpecialHousehold,
)
from grids.queries import special as queries
from grids.services.special import Faulty, locked, note, plain, register
from grids.special_workflow import Move

DAY = timedelta(days=1)
FIT, BAD, NONE = "fit", "bad", "none"


@transaction.atomic
def enter(*, by: User | None, now: datetime, **given: Any) -> SpecialHousehold:
    """Register a household, as ``special.register`` says, and plan its first safety check."""
    made = register(**given, by=by, now=now)
    _next_check(made, "special_first_check", since=day_of(now), now=now)
    return made


# --- Helpers --------------------------------------------------------------------------------------


@transaction.atomic
def help(
    household: SpecialHousehold,
    *,
    helper: GridMember,
    role: str,
    valid_from: date,
    task: str = "",
    by: User | None,
    now: datetime,
) -> HelpPair:
    """Let somebody of the company look after a household from a day on. Raises ``Refused``."""
    one = locked(Move.HELP, household, by=by)
    _check_helper(one, helper)
    if valid_from < day_of(one.created_at):
        raise Refused(_("开始日期不能早于登记日期。"))
    standing = one.pairs.from_day(valid_from)  # type: ignore[attr-defined]
    if role == HelpPair.Role.MAIN and standing.filter(role=role).exists():
        raise Refused(_("该户已有主要帮扶人，请办理移交。"))
    if standing.filter(helper=helper).exists():
        raise Refused(_("该人员已是该户的帮扶人。"))
    made = HelpPair.objects.create(
        household=one,
        helper=helper,
        role=role,
        task=plain(task, one)[:200],
        valid_from=valid_from,
        created_by=by,
        created_at=now,
    )
    text = f"{made.get_role_display()}：{helper}"
    note(one, Move.HELP, by=by, now=now, text=text, pair=made.pk)
    letters.paired(made, now=now)
    return made


@transaction.atomic
def hand_over(
    pair: HelpPair,
    *,
    to: GridMember,
    valid_from: date,
    reason: str,
    by: User | None,
    now: datetime,
) -> HelpPair:
    """Another main helper goes on from a day; the former one ends the day before, so that there
    is no gap and no overlap. Raises ``Refused``."""
    one = locked(Move.HAND_OVER, pair.household, by=by)
    pair = HelpPair.objects.select_related("helper__user").get(pk=pair.pk)
    if not reason.strip():
        raise Refused(_("请写明移交原因。"))
    if pair.role != HelpPair.Role.MAIN or pair.valid_until is not None:
        raise Refused(_("只有在任的主要帮扶人可以移交。"))
    if valid_from <= pair.valid_from or valid_from < day_of(now):
        raise Refused(_("移交日期应当晚于开始日期，不早于今天。"))
    _check_helper(one, to)
    if to.pk == pair.helper_id:
        raise Refused(_("接收人已是该户的主要帮扶人。"))
    words = plain(reason, one)[:200]
    made = _hand(pair, to, valid_from=valid_from, reason=words, by=by, now=now)
    text = f"{pair.helper} → {to}：{words}"
    note(one, Move.HAND_OVER, by=by, now=now, text=text, pair=made.pk)
    letters.paired(made, now=now)
    return made


def _hand(
    pair: HelpPair,
    to: GridMember,
    *,
    valid_from: date,
    reason: str,
    by: User | None,
    now: datetime,
) -> HelpPair:
    pair.valid_until, pair.end_reason = valid_from - DAY, reason
    pair.save(update_fields=["valid_until", "end_reason"])
    # Whoever helped beside the main helper does so as the main one from then on.
    beside = pair.household.pairs.from_day(valid_from).filter(helper=to)  # type: ignore[attr-defined]
    for other in beside:
        if other.valid_from >= valid_from:
            other.delete()
        else:
            other.valid_until = valid_from - DAY
            other.save(update_fields=["valid_until"])
    return HelpPair.objects.create(
        household=pair.household,
        helper=to,
        role=pair.role,
        task=pair.task,
        valid_from=valid_from,
        created_by=by,
        created_at=now,
    )


@transaction.atomic
def end_help(
    pair: HelpPair, *, last_day: date, reason: str, by: User | None, now: datetime
) -> HelpPair:
    """Somebody helps for the last time on a day. Raises ``Refused``."""
    one = locked(Move.END_HELP, pair.household, by=by)
    pair = HelpPair.objects.select_related("helper__user").get(pk=pair.pk)
    if not reason.strip():
        raise Refused(_("请写明结束原因。"))
    if pair.valid_until is not None or last_day < pair.valid_from:
        raise Refused(_("结对帮扶已经结束，或者结束日期早于开始日期。"))
    pair.valid_until, pair.end_reason = last_day, plain(reason, one)[:200]
    pair.save(update_fields=["valid_until", "end_reason"])
    text = f"{pair.helper}：{pair.end_reason}"
    note(one, Move.END_HELP, by=by, now=now, text=text, pair=pair.pk)
    return pair


def _check_helper(one: SpecialHousehold, helper: GridMember) -> None:
    enterprise = one.grid.enterprise
    if helper.left_on is not None or not helper.organisation.path.startswith(enterprise.path):
        raise Refused(_("帮扶人应当是%(unit)s在岗的网格人员。") % {"unit": enterprise})


# --- With the grid to its next manager ------------------------------------------------------------


def open_help(grid: PowerGrid, manager: GridMember, now: datetime) -> int:
    """How many households of a grid its manager helps as the main helper."""
    return _helped(grid, manager, now).count()


def move_help(
    grid: PowerGrid, former: GridMember, successor: GridMember, by: User | None, now: datetime
) -> int:
    """Let the successor help them, in the caller's transaction."""
    day, moved = day_of(now), 0
    for pair in _helped(grid, former, now).select_related("household"):
        if pair.valid_from >= day:
            pair.helper = successor
            pair.save(update_fields=["helper"])
        else:
            _hand(pair, successor, valid_from=day, reason=_("网格交接"), by=by, now=now)
        text = f"{former} → {successor}"
        note(pair.household, Move.HAND_OVER, by=by, now=now, text=text)
        moved += 1
    return moved


def _helped(grid: PowerGrid, manager: GridMember, now: datetime) -> Any:
    standing = HelpPair.objects.from_day(day_of(now)).filter(
        household__grid=grid, household__state="standing", helper=manager
    )
    return standing.filter(role=HelpPair.Role.MAIN, valid_until__isnull=True).order_by("pk")


# --- Safety checks --------------------------------------------------------------------------------


@transaction.atomic
def plan_check(
    household: SpecialHousehold, *, due_on: date, by: User | None, now: datetime
) -> SafetyCheck:
    """Plan the next check, or put off the planned one. Raises ``Refused``."""
    one = locked(Move.PLAN_CHECK, household, by=by)
    if due_on < day_of(now):
        raise Refused(_("检查期限不能早于今天。"))
    latest = day_of(now) + access.limit("special_check", one.organisation, on=day_of(now))
    if due_on > latest:
        raise Refused(_("检查期限不能晚于%(latest)s。") % {"latest": latest})
    made, _new = SafetyCheck.objects.update_or_create(
        household=one,
        state=SafetyCheck.State.PLANNED,
        defaults={"due_on": due_on},
        create_defaults={"due_on": due_on, "created_at": now},
    )
    note(one, Move.PLAN_CHECK, by=by, now=now, text=due_on.isoformat())
    return made


@transaction.atomic
def check(
    household: SpecialHousehold,
    *,
    done_on: date,
    results: Mapping[str, str] | None,
    finding: str = "",
    hazard_number: str = "",
    by: User | None,
    now: datetime,
) -> SafetyCheck:
    """Enter what was seen, item by item; None: nobody was at home, and the task stays. What was
    found is looked at again sooner. Raises ``Faulty``, ``Refused``."""
    one = locked(Move.CHECK, household, by=by)
    day = day_of(now)
    if not day_of(one.created_at) <= done_on <= day:
        raise Faulty({"done_on": _("检查日期不能早于登记日期，也不能晚于今天。")})
    if one.checks.filter(done_on=done_on).exists():
        raise Refused(_("该日的检查已经登记。"))
    words = plain(finding, one)
    if results is None:
        return _absent(one, done_on, words, by=by, now=now)
    wanted = terms.terms("items", on=done_on)
    errors = {
        f"item_{item.code}": _("请填写。")
        for item in wanted
        if results.get(item.code) not in (FIT, BAD, NONE)
    }
    bad = BAD in results.values()
    if bad and not words:
        errors["finding"] = _("发现问题的，写明问题和处理。")
    if errors:
        raise Faulty(errors)
    row = one.checks.filter(state=SafetyCheck.State.PLANNED).first()
    row = row or SafetyCheck(household=one, due_on=done_on, created_at=now)
    row.state, row.done_on, row.done_by, row.finding = SafetyCheck.State.DONE, done_on, by, words
    row.results = {item.code: results[item.code] for item in wanted}
    row.verdict = SafetyCheck.Verdict.FOUND if bad else SafetyCheck.Verdict.FIT
    row.hazard_number = plain(hazard_number, one)[:40]
    row.save()
    code = "special_recheck" if bad else "special_check"
    _next_check(one, code, since=done_on, now=now)
    note(one, Move.CHECK, by=by, now=now, text=row.get_verdict_display(), check=row.pk)
    return row


def _absent(
    one: SpecialHousehold, done_on: date, words: str, *, by: User | None, now: datetime
) -> SafetyCheck:
    row = SafetyCheck.objects.create(
        household=one,
        state=SafetyCheck.State.ABSENT,
        due_on=done_on,
        done_on=done_on,
        done_by=by,
        finding=words,
        created_at=now,
    )
    note(one, Move.CHECK, by=by, now=now, text=row.get_state_display(), check=row.pk)
    return row


def _next_check(one: SpecialHousehold, code: str, *, since: date, now: datetime) -> None:
    due_on = max(since + access.limit(code, one.organisation, on=day_of(now)), day_of(now))
    SafetyCheck.objects.create(household=one, due_on=due_on, created_at=now)


# --- Holiday visits -------------------------------------------------------------------------------


@transaction.atomic
def plan_visits(*, holiday: str, year: int, by: User, now: datetime) -> int:
    """Plan a visit for a holiday of the working calendar at every household that the person
    keeps; those that are planned already get the day as it stands now. How many are new. Raises
    ``Refused``."""
    found = queries.holiday_of(holiday, year, now=now)
    if found is None or found.last < day_of(now):
        raise Refused(_("工作日历中没有这个节日，或者已经过去。"))
    mine = queries.kept_by(by)
    households = list(mine.select_related("organisation").order_by("pk"))
    if not households:
        raise Refused(_("没有由您维护的在册住户。"))
    keys = [one.pk for one in households]
    # Of two who plan the same holiday the second one finds what the first one planned.
    held = Organisation.objects.filter(pk__in={one.organisation_id for one in households})
    list(held.select_for_update(of=("self",), no_key=True).order_by("pk"))
    standing = HolidayVisit.objects.filter(household__in=keys, holiday=holiday, year=year)
    standing.filter(state=HolidayVisit.State.PLANNED).update(due_on=found.last)
    have = set(standing.values_list("household", flat=True))
    new = [one for one in households if one.pk not in have]
    HolidayVisit.objects.bulk_create(_visits(new, holiday, year, found.last, now=now))
    units = {one.organisation_id: one.organisation for one in new}
    audit.hold(units.values())
    for key in sorted(units):
        count = sum(one.organisation_id == key for one in new)
        details = {"holiday": holiday, "year": year, "count": count}
        unit = units[key]
        audit.record("special.plan_visit", None, by=by, now=now, organisation=unit, **details)
    return len(new)


def _visits(
    households: Iterable[SpecialHousehold], holiday: str, year: int, due: date, *, now: datetime
) -> list[HolidayVisit]:
    return [
        HolidayVisit(household=one, holiday=holiday, year=year, due_on=due, created_at=now)
        for one in households
    ]


@transaction.atomic
def visit(
    planned: HolidayVisit,
    *,
    visited_on: date,
    outcome: str,
    goods: str = "",
    text: str = "",
    by: User | None,
    now: datetime,
) -> HolidayVisit:
    """Enter what came of a visit. Raises ``Refused``."""
    one = locked(Move.VISIT, planned.household, by=by)
    row = HolidayVisit.objects.get(pk=planned.pk)
    day = day_of(now)
    if row.state != HolidayVisit.State.PLANNED:
        raise Refused(_("该次慰问已经登记。"))
    if not day_of(row.created_at) <= visited_on <= day:
        raise Refused(_("慰问日期不能早于安排日期，也不能晚于今天。"))
    if terms.term("outcomes", outcome, on=day) is None:
        raise Refused(_("请选择慰问结果。"))
    row.state, row.visited_on, row.visited_by = HolidayVisit.State.DONE, visited_on, by
    row.outcome, row.goods = outcome, plain(goods, one)[:100]
    row.note = plain(text, one)
    row.save()
    words = f"{row.year} {row.holiday}：{terms.title('outcomes', outcome)}"
    note(one, Move.VISIT, by=by, now=now, text=words, visit=row.pk)
    return row
