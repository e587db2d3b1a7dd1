"""Outage notices: filed, changed, cancelled, completed; each act keeps a version and is judged.

Source: campaign plan 二(一)1 (S1-2.1.1g, S1-2.1.1h), 三(三)3 (S1-3.3.1(3)b, c).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Organisation
from accounts.permissions import Permission
from accounts.reach import works_for
from complaints.models import ResidentUsers
from complaints.services.records import Faulty
from core import audit, clock, masking
from core.errors import Conflict, Refused
from reporting import outage_records as records
from reporting.actors import person
from reporting.models import OutageFlag, OutageNotice, OutageRule, OutageVersion
from reporting.outage_records import Record
from reporting.queries.outages import Rulebook
from reporting.services.outage_judgement import judge, rejudge

if TYPE_CHECKING:
    from accounts.models import ApiClient, User

State, Act = OutageNotice.State, OutageVersion.Act
LONGEST_REASON = 200
# What, once announced, changes only with a reason and a new announcement.
ANNOUNCED = ("kind", "area", "lines", "transformer_areas", "planned_start", "planned_end")
# What is judged beside it: it changes only with a reason once it was announced or has begun.
JUDGED = (*ANNOUNCED, "published_at", "important_told_at", "households", "important_users")
JUDGED += ("reason", "document", "method", "area_type", "substation")
__all__ = ("Faulty", "Filed", "cancel", "change", "check", "file", "judge", "rejudge", "report")


class Unreasoned(Refused):
    """The act needs a reason."""


@dataclass(frozen=True)
class Filed:
    """A notice as it stands, and whether it is new."""

    notice: OutageNotice
    new: bool


def refusal(organisation: Organisation, *, by: User | ApiClient) -> str:
    """Why somebody may not file for the unit; empty when they may."""
    if organisation.is_company and works_for(by, Permission.OUTAGE_FILE, organisation):  # type: ignore[arg-type]
        return ""
    return _("停限电信息由%(organisation)s或者其上级供电单位填报。") % {
        "organisation": organisation
    }


def problems(record: Record, organisation: Organisation, *, now: datetime) -> dict[str, str]:
    """Field → what is wrong with it, by the record alone and by how many the unit serves."""
    found = records.problems(record, now=now)
    most = residents_of(organisation, on=record.planned_start)
    for name in ("households", "avoided_households"):
        if most is not None and getattr(record, name) > most:
            text = _("多于登记的居民用户数%(most)d户，请核对；户数有变化的先登记居民用户数。")
            found.setdefault(name, text % {"most": most})
    return found


def check(record: Record, organisation: Organisation, *, now: datetime) -> None:
    """Raise ``Faulty`` with everything that is wrong in a record."""
    if errors := problems(record, organisation, now=now):
        raise Faulty(errors)


@transaction.atomic
def file(
    record: Record,
    *,
    organisation: Organisation,
    by: User | ApiClient,
    now: datetime,
    book: Rulebook | None = None,
) -> Filed:
    """Enter a notice; the same number with the same content gives the same notice.

    Raises ``Refused``, ``Faulty`` (by field) and, for the same number with other content,
    ``Conflict``.
    """
    if why_not := refusal(organisation, by=by):
        raise Refused(why_not)
    check(record, organisation, now=now)
    notice, new = OutageNotice.objects.get_or_create(
        organisation=organisation,
        number=record.number,
        defaults={
            **record.values(),
            "words": words_of(record),
            "digest": record.digest,
            "created_by": person(by),
            "created_at": now,
            "updated_at": now,
        },
    )
    if not new:
        if notice.digest == record.digest or Record.standing(notice) == record:
            return Filed(notice, False)
        raise Conflict(
            _("编号%(number)s已经登记，内容不同；变更请在原信息上办理。")
            % {"number": record.number}
        )
    _keep(notice, Act.FILE, "", by=by, now=now)
    audit.record(
        "outage.file", notice, by=person(by), now=now, organisation=organisation, what=notice.kind
    )
    return Filed(judge(notice, now=now, book=book), True)


@transaction.atomic
def change(
    notice: OutageNotice,
    record: Record,
    *,
    reason: str,
    seen: int,
    by: User | ApiClient,
    now: datetime,
) -> OutageNotice:
    """Let it say something else; what was announced before stays as a version.

    What was announced, or has begun, changes only with a reason, and times and places with a new
    announcement: the lead time is counted from it, and not from before the change was filed. What
    was found against an outage that has begun stays. Raises ``Refused``, ``Faulty``, ``Conflict``.
    """
    notice = _locked(notice, by=by)
    if notice.version != seen:
        raise Conflict(_("该信息刚被修改过，请刷新页面，核对后再办理。"))
    before = Record.standing(notice)
    record = record.with_(number=notice.number)
    if record == before:
        return notice
    check(record, notice.organisation, now=now)
    reason = _reason(reason)
    altered = {name for name in JUDGED if getattr(record, name) != getattr(before, name)}
    began = _began(notice, now)
    told_before = _told_before(record, notice)
    if altered and not reason and (before.published_at or began or told_before):
        raise Unreasoned(_("已经公告或者已到停电时间的，变更时请写明变更原因。"))
    running = began and record.planned_start <= now
    _ask_announcement(record, before, moved=bool(altered & set(ANNOUNCED)), running=running)
    keep = _standing(notice, now) if began else _of_important(notice, altered)
    if told_before:
        notice.told_first = max(filter(None, (told_before, notice.told_first)))
    if before.published_at and altered & set(ANNOUNCED) and not running:
        notice.counts_from = _minute(now)
    _write(notice, record.values())
    notice.words = words_of(record)
    if altered or reason:
        notice.change_reason = reason
    return _stand(notice, Act.CHANGE, reason, by=by, now=now, keep=keep)


def _ask_announcement(record: Record, before: Record, *, moved: bool, running: bool) -> None:
    """What was announced stays so; what is moved is announced anew, unless it is on already."""
    told, said = record.published_at, before.published_at
    if said is None:
        return
    if told is None:
        raise Refused(_("已经公告的，不能改为未公告；不再停电的请取消停电。"))
    if running and told > said:
        raise Refused(_("停电开始后再次公告的，不改原公告时间，请在变更原因中写明。"))
    if moved and not running and told <= said:
        raise Refused(_("变更后须重新公告，请填写晚于原公告的公告时间。"))


def _told_before(record: Record, notice: OutageNotice) -> datetime | None:
    """What was said of the announcement, where it is now said to have been earlier: another time,
    or, at that time, that there was none yet."""
    said = notice.published_at or _minute(notice.updated_at)
    told = record.published_at
    return said if told is not None and told < said else None


def _of_important(notice: OutageNotice, altered: set[str]) -> set[str]:
    """Important users were told in time only after all: that stays, unless the outage moved."""
    if notice.important_told_at is None or altered & {"planned_start", "important_users"}:
        return set()
    return {"important"} if "important_told_at" in altered else set()


def _began(notice: OutageNotice, now: datetime) -> bool:
    return notice.actual_start is not None or notice.planned_start <= now


def _standing(notice: OutageNotice, now: datetime) -> set[str]:
    """What stands against it now, before it says anything else."""
    judge(notice, now=now)
    codes = notice.flags.exclude(code=OutageFlag.Code.UNREPORTED)
    return set(codes.values_list("code", flat=True))


@transaction.atomic
def cancel(
    notice: OutageNotice, *, reason: str, by: User | ApiClient, now: datetime, proof: str = ""
) -> OutageNotice:
    """Take back an outage that does not take place.

    When it should have begun already, only with what proves that power stayed on, and what was
    found against it stays. Raises ``Refused``.
    """
    notice = _locked(notice, by=by)
    reason, proof = _reason(reason), _reason(proof)
    if not reason:
        raise Unreasoned(_("请写明取消原因。"))
    if notice.actual_start is not None:
        raise Refused(_("已经停电，不能取消。"))
    if notice.planned_start <= now:
        if not proof:
            raise Refused(_("已过计划停电时间，取消的须写明没有停电的依据，例如调度日志编号。"))
        words = {"reason": reason, "proof": proof}
        reason = _("%(reason)s（没有停电的依据：%(proof)s）") % words
    notice.state, notice.cancelled_at = State.CANCELLED, now
    notice.change_reason = reason[:LONGEST_REASON]
    return _stand(notice, Act.CANCEL, notice.change_reason, by=by, now=now)


@transaction.atomic
def report(
    notice: OutageNotice,
    actual: Mapping[str, datetime | None],
    *,
    by: User | ApiClient,
    now: datetime,
    reason: str = "",
) -> OutageNotice:
    """Say what became of it: off, on site, cause removed, back.

    What was said before is changed or taken back only with a reason, and what was found by it
    stays. Raises ``Refused``, ``Faulty``.
    """
    notice = _locked(notice, by=by)
    before = Record.standing(notice)
    told = {name: actual.get(name) for name in records.ACTUAL if name in actual}
    record = before.with_(**told)
    if record == before:
        return notice
    check(record, notice.organisation, now=now)
    reason = _reason(reason)
    said = [name for name in told if getattr(before, name) not in (None, told[name])]
    if said and not reason:
        raise Unreasoned(_("更改已填报的停复电时间的，请写明原因。"))
    keep = _standing(notice, now) if said else ()
    _write(notice, told)
    if said:
        notice.change_reason = reason
    return _stand(notice, Act.REPORT, reason, by=by, now=now, keep=keep)


def _reason(text: str) -> str:
    """What was given, without persons: everybody may read it."""
    return masking.mask_text(text.strip())[:LONGEST_REASON]


def _minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)


def _locked(notice: OutageNotice, *, by: User | ApiClient) -> OutageNotice:
    rows = OutageNotice.objects.select_for_update(of=("self",)).select_related("organisation")
    notice = rows.get(pk=notice.pk)
    if why_not := refusal(notice.organisation, by=by):
        raise Refused(why_not)
    if notice.state == State.CANCELLED:
        raise Refused(_("该停电已经取消，不能再办理；另行停电请新登记。"))
    return notice


def _write(notice: OutageNotice, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        setattr(notice, name, value)


def _stand(
    notice: OutageNotice,
    act: str,
    reason: str,
    *,
    by: User | ApiClient,
    now: datetime,
    keep: Collection[str] = (),
) -> OutageNotice:
    """Write it down as the next version, and judge it."""
    notice.version += 1
    notice.updated_at = now
    notice.save()
    _keep(notice, act, reason, by=by, now=now)
    audit.record(
        f"outage.{act}",
        notice,
        by=person(by),
        now=now,
        organisation=notice.organisation,
        reason=reason,
        version=notice.version,
    )
    return judge(notice, now=now, keep=keep)


def _keep(
    notice: OutageNotice, act: str, reason: str, *, by: User | ApiClient, now: datetime
) -> None:
    OutageVersion.objects.create(
        notice=notice,
        number=notice.version,
        act=act,
        content=Record.standing(notice).content() | {"state": notice.state},
        reason=reason,
        by=person(by),
        at=now,
    )


def words_of(record: Record) -> str:
    """What a notice is searched by."""
    return "\n".join(
        filter(None, (record.area, record.substation, *record.lines, *record.transformer_areas))
    )


def residents_of(organisation: Organisation, *, on: datetime) -> int | None:
    """How many residents a unit serves by a day, as it entered it; None where it did not."""
    rows = ResidentUsers.objects.standing().filter(organisation=organisation)
    told = rows.filter(valid_from__lte=clock.day_of(on))
    return told.order_by("-valid_from", "-pk").values_list("count", flat=True).first()


def rule_of(code: str, *, on: Any) -> OutageRule | None:
    """The stored rule of a code on a day."""
    return OutageRule.objects.in_force(on=on).filter(code=code).first()
