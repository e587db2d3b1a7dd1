"""Indicator values are made public by two people: one lays them together, another puts them out.

Source: campaign plan 二(二)1 (S1-2.2.1b).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import Organisation
from accounts.permissions import Permission
from accounts.reach import workplaces
from core import audit, masking, outbox
from core.errors import Conflict, Refused
from core.locking import held
from core.periods import Period
from reporting.models import IndicatorRelease, IndicatorValue
from reporting.notifications import release as wording
from reporting.services.indicators import LONGEST_REASON, refuse_unfinished
from reporting.workflow import release as workflow

if TYPE_CHECKING:
    from accounts.models import User
    from reporting.workflow.release import Move


def ready(period: Period, units: Iterable[int]) -> list[IndicatorValue]:
    """Standing values of units that may become public and are not; whole ones only."""
    rows = IndicatorValue.objects.standing().of(period)
    found = rows.filter(
        organisation__in=list(units),
        indicator__public=True,
        value__isnull=False,
        published_at__isnull=True,
    )
    return [one for one in found.order_by("pk") if not one.is_partial]


@transaction.atomic
def prepare(
    period: Period,
    *,
    organisations: Iterable[Organisation],
    note: str = "",
    by: User,
    now: datetime,
) -> IndicatorRelease:
    """Lay the values of a period before a second person. Raises ``Refused``, ``Conflict``."""
    refuse_unfinished(period, now=now)
    manage = Permission.INDICATOR_MANAGE
    office = next((one for one in workplaces(by, manage) if one.is_regulator), None)
    mine = [one.pk for one in organisations if by.may(manage, one)]
    if office is None or not mine:
        raise Refused(_("没有可以公开的单位。"))
    values = [one.pk for one in ready(period, mine)]
    if not values:
        raise Refused(_("%(period)s没有待公开的指标值。") % {"period": period.text})
    made = IndicatorRelease(
        office=office,
        first_day=period.first,
        last_day=period.last,
        values=values,
        note=masking.mask_text(note.strip())[:LONGEST_REASON],
        prepared_by=by,
        prepared_at=now,
    )
    try:
        with transaction.atomic():
            made.save()
    except IntegrityError:
        told = _("%(period)s的指标值已经提请公开，请先办结。")
        raise Conflict(told % {"period": period.text}) from None
    _record(made, "prepare", by=by, now=now, reason=made.note)
    for person in wording.readers(made, now=now):
        outbox.post(**wording.asked(made, person), now=now)
    return made


def changed(release: IndicatorRelease) -> int:
    """How many of its values were computed anew, or lack some of their units, since."""
    rows = IndicatorValue.objects.standing().filter(pk__in=release.values, indicator__public=True)
    sound = sum(1 for one in rows.defer("cause") if not one.is_partial)
    return len(release.values) - sound


@transaction.atomic
def publish(release: IndicatorRelease, *, by: User, now: datetime) -> IndicatorRelease:
    """Another person lets everybody read exactly these values. Raises ``Refused``."""
    release = _held(release, workflow.PUBLISH, by=by)
    if count := changed(release):
        told = _("提请以后有%(count)d项指标值已经重算，请退回后重新提请。")
        raise Refused(told % {"count": count})
    rows = IndicatorValue.objects.standing().filter(pk__in=release.values)
    rows = rows.filter(published_at__isnull=True)
    count = rows.update(published_at=now, published_by=by)
    _decide(release, workflow.PUBLISH, "", by=by, now=now)
    days = {"first": str(release.first_day), "last": str(release.last_day)}
    audit.record("indicator.publish", None, by=by, now=now, count=count, release=release.pk, **days)
    return release


@transaction.atomic
def send_back(
    release: IndicatorRelease, *, reason: str, by: User, now: datetime
) -> IndicatorRelease:
    """Another person says why not. Raises ``Refused``."""
    release = _held(release, workflow.SEND_BACK, by=by)
    comment = masking.mask_text(reason.strip())[:LONGEST_REASON]
    if not comment:
        raise Refused(_("请写明退回理由。"))
    return _decide(release, workflow.SEND_BACK, comment, by=by, now=now)


@transaction.atomic
def withdraw(release: IndicatorRelease, *, by: User, now: datetime) -> IndicatorRelease:
    """Who laid it before others takes it back. Raises ``Refused``."""
    release = _held(release, workflow.WITHDRAW, by=by)
    return _decide(release, workflow.WITHDRAW, "", by=by, now=now)


def _held(release: IndicatorRelease, move: Move, *, by: User) -> IndicatorRelease:
    found = held(IndicatorRelease.objects, release.pk, "office", "prepared_by")
    if why_not := workflow.refusal(move, found, by=by):
        raise Refused(why_not)
    return found


def _decide(
    release: IndicatorRelease, move: Move, comment: str, *, by: User, now: datetime
) -> IndicatorRelease:
    release.state, release.comment = move.target, comment
    release.decided_by, release.decided_at = by, now
    release.save(update_fields=["state", "comment", "decided_by", "decided_at"])
    _record(release, move.name, by=by, now=now, reason=comment)
    if move is not workflow.WITHDRAW:
        outbox.post(**wording.decided(release), now=now)
    return release


def _record(release: IndicatorRelease, name: str, *, by: User, now: datetime, reason: str) -> None:
    facts = {"first": str(release.first_day), "last": str(release.last_day)}
    audit.record(
        f"release.{name}",
        release,
        by=by,
        now=now,
        organisation=release.office,
        reason=reason,
        values=len(release.values),
        **facts,
    )
