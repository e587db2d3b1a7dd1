"""Consent of special groups: a new scope, withdrawn, over; and what goes with it.

Source: personal information law, articles 15, 19, 28 to 31, 47; grid standard 5.8 (S2-5.8a).
"""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from core.clock import day_of
from core.errors import Refused
from core.file_cleanup import remove_released
from grids import special_access as access
from grids import special_terms as terms
from grids.models import SpecialHousehold
from grids.models.special import PERSONAL
from grids.services.special import (
    Agreed,
    Faulty,
    Particulars,
    errors_of,
    keep_consent,
    locked,
    note,
)
from grids.special_workflow import Move, State


@transaction.atomic
def agree_anew(
    household: SpecialHousehold, *, agreed: Agreed, by: User | None, now: datetime
) -> SpecialHousehold:
    """They agreed to be shared with the government grid, or do not want that any more; the former
    consent is replaced. Raises ``Faulty``, ``Refused``."""
    move = Move.SHARE if agreed.shared else Move.UNSHARE
    one = locked(move, household, by=by)
    if agreed.shared == one.shared:
        raise Refused(_("共享范围没有变化。"))
    if agreed.shared and one.government_grid_id is None:
        raise Refused(_("没有对接的政府网格，不能共享。"))
    person = Particulars(**{name: getattr(one, name) or "" for name in PERSONAL})
    consent_fields = ("given_by", "given_on", "form", "guardian", "guardian_phone")
    wrong = errors_of(one.kind, one.grid, person, agreed, on=day_of(now))
    if errors := {name: text for name, text in wrong.items() if name in consent_fields}:
        raise Faulty(errors)
    one.consents.filter(ended_at__isnull=True).update(ended_at=now)
    keep_consent(one, agreed, by=by, now=now)
    one.shared, one.updated_at = agreed.shared, now
    one.save(update_fields=["shared", "updated_at"])
    note(one, move, by=by, now=now, text=terms.title("givers", agreed.given_by))
    return one


@transaction.atomic
def withdraw(
    household: SpecialHousehold,
    *,
    withdrawn_by: str,
    withdrawn_on: date,
    by: User | None,
    now: datetime,
) -> SpecialHousehold:
    """They do not agree any more: what is personal goes at once and for good; that there was a
    household stays to be counted. Raises ``Refused``."""
    one = locked(Move.WITHDRAW, household, by=by)
    day = day_of(now)
    last = one.consents.order_by("-taken_at", "-pk").first()
    if terms.term("givers", withdrawn_by, on=day) is None:
        raise Refused(_("请选择撤回人。"))
    if withdrawn_on > day or last is not None and withdrawn_on < last.given_on:
        raise Refused(_("撤回日期不能早于同意日期，也不能晚于今天。"))
    if last is not None:
        last.ended_at = last.ended_at or now
        last.withdrawn_on, last.withdrawn_by = withdrawn_on, withdrawn_by
        last.save(update_fields=["ended_at", "withdrawn_on", "withdrawn_by"])
    _leave(one, State.WITHDRAWN, day, now=now)
    blank(one, now=now)
    note(one, Move.WITHDRAW, by=by, now=now)
    return one


@transaction.atomic
def end(
    household: SpecialHousehold,
    *,
    reason: str,
    ended_on: date,
    by: User | None,
    now: datetime,
) -> SpecialHousehold:
    """They leave the ledger; what is personal goes after the time of the rule. Raises
    ``Refused``."""
    one = locked(Move.END, household, by=by)
    day = day_of(now)
    if terms.term("ends", reason, on=day) is None:
        raise Refused(_("请选择退出原因。"))
    if not day_of(one.created_at) <= ended_on <= day:
        raise Refused(_("退出日期不能早于登记日期，也不能晚于今天。"))
    one.end_reason = reason
    one.consents.filter(ended_at__isnull=True).update(ended_at=now)
    _leave(one, State.ENDED, ended_on, now=now)
    one.save()
    note(one, Move.END, by=by, now=now, text=terms.title("ends", reason))
    return one


def _leave(one: SpecialHousehold, state: State, last_day: date, *, now: datetime) -> None:
    """Nobody helps, checks or visits any more."""
    day = day_of(now)
    one.pairs.filter(valid_from__gt=day).delete()
    open_pairs = one.pairs.from_day(day)  # type: ignore[attr-defined]
    open_pairs.update(valid_until=day, end_reason=str(State(state).label))
    one.checks.filter(state="planned").update(state="cancelled")
    one.visits.filter(state="planned").update(state="cancelled")
    one.state, one.shared, one.review_due_on = state, False, None
    one.ended_on, one.updated_at = one.ended_on or last_day, now


def blank(one: SpecialHousehold, *, now: datetime) -> None:
    """Take away everything that tells who it was, in the caller's transaction."""
    for name in PERSONAL:
        setattr(one, name, None)
    one.identity, one.blanked_at, one.updated_at = "", now, now
    one.save()
    scans = [key for key in one.consents.values_list("scan", flat=True) if key is not None]
    one.consents.update(scan=None)
    one.pairs.update(task="", end_reason="")
    # The number of a hazard leads to a place.
    one.checks.update(finding="", hazard_number="")
    one.visits.update(note="", goods="")
    one.events.update(text="")
    remove_released(scans, now=now)


@transaction.atomic
def blank_over(*, now: datetime) -> int:
    """Whoever left long enough ago is not kept by name any longer; how many that were."""
    gone, day = 0, day_of(now)
    waiting = SpecialHousehold.objects.filter(state=State.ENDED, blanked_at__isnull=True)
    if not waiting.exists():
        return 0
    kept = access.Limits("special_keep", on=day)
    rows = waiting.select_related("organisation").order_by("pk")
    for one in rows.select_for_update(of=("self",)):
        assert one.ended_on is not None
        if one.ended_on + kept.of(one.organisation) >= day:
            continue
        blank(one, now=now)
        note(one, Move.BLANK, by=None, now=now)
        gone += 1
    return gone
