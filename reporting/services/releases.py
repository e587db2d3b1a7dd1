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
from reporting.models import IndicatorRecall, IndicatorRelease, IndicatorValue
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
    office, mine = _reached(organisations, by=by)
    if office is None or not mine:
        raise Refused(_("没有可以公开的单位。"))
    values = [one.pk for one in ready(period, mine)]
    if not values:
        raise Refused(_("%(period)s没有待公开的指标值。") % {"period": period.text})
    made = _laid(period, office, values, note, by=by, now=now)
    _ask(made, "prepare", by=by, now=now)
    return made


@transaction.atomic
def recall(
    period: Period, *, organisations: Iterable[Organisation], reason: str, by: User, now: datetime
) -> IndicatorRelease:
    """Ask to take the published values of a period back: what two people put out does not go by
    one. Raises ``Refused``, ``Conflict``."""
    office, mine = _reached(organisations, by=by)
    if office is None or not mine:
        raise Refused(_("没有可以撤回的单位。"))
    if not reason.strip():
        raise Refused(_("请写明撤回公开的理由。"))
    shown = IndicatorValue.objects.of(period).filter(
        organisation__in=mine, published_at__isnull=False
    )
    values = list(shown.order_by("pk").values_list("pk", flat=True))
    if not values:
        raise Refused(_("%(period)s没有已公开的指标值。") % {"period": period.text})
    made = _laid(period, office, values, reason, by=by, now=now)
    IndicatorRecall.objects.create(release=made)
    _ask(made, "recall", by=by, now=now)
    return made


def _reached(
    organisations: Iterable[Organisation], *, by: User
) -> tuple[Organisation | None, list[int]]:
    """The person's office, and which of the units it maintains indicators of."""
    manage = Permission.INDICATOR_MANAGE
    office = next((one for one in workplaces(by, manage) if one.is_regulator), None)
    return office, [one.pk for one in organisations if by.may(manage, one)]


def _laid(
    period: Period, office: Organisation, values: list[int], note: str, *, by: User, now: datetime
) -> IndicatorRelease:
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
        told = _("%(period)s的指标值已经提请公开或者撤回公开，请先办结。")
        raise Conflict(told % {"period": period.text}) from None
    return made


def _ask(made: IndicatorRelease, name: str, *, by: User, now: datetime) -> None:
    """Leave a trace, and tell those who may decide."""
    _record(made, name, by=by, now=now, reason=made.note)
    for person in wording.readers(made, now=now):
        outbox.post(**wording.asked(made, person), now=now)


def changed(release: IndicatorRelease) -> int:
    """How many of its values were computed anew, or lack some of their units, since.

    What is to be taken back is taken back as it stands on the public pages.
    """
    if release.is_recall:
        return 0
    rows = IndicatorValue.objects.standing().filter(pk__in=release.values, indicator__public=True)
    sound = sum(1 for one in rows.defer("cause") if not one.is_partial)
    return len(release.values) - sound


@transaction.atomic
def publish(release: IndicatorRelease, *, by: User, now: datetime) -> IndicatorRelease:
    """Another person lets everybody read exactly these values, or no longer read them.

    Raises ``Refused``.
    """
    release = _held(release, workflow.PUBLISH, by=by)
    if release.is_recall:
        return _take_back(release, by=by, now=now)
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


def _take_back(release: IndicatorRelease, *, by: User, now: datetime) -> IndicatorRelease:
    rows = IndicatorValue.objects.filter(pk__in=release.values, published_at__isnull=False)
    count = rows.update(published_at=None, published_by=None)
    _decide(release, workflow.PUBLISH, "", by=by, now=now)
    days = {"first": str(release.first_day), "last": str(release.last_day)}
    told = {"reason": release.note, "count": count, "release": release.pk}
    audit.record("indicator.unpublish", None, by=by, now=now, **told, **days)
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
    found = held(IndicatorRelease.objects, release.pk, "office", "prepared_by", "recall")
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
