"""Outage notices: filed, changed, cancelled, completed; each act keeps a version and is judged.

Source: campaign plan 二(一)1 (S1-2.1.1g, S1-2.1.1h), 三(三)3 (S1-3.3.1(3)b, c).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import Organisation
from accounts.permissions import Permission
from accounts.reach import works_for
from complaints.services.records import Faulty
from core import audit
from core.errors import Conflict, Refused
from reporting import outage_records as records
from reporting.models import OutageFlag, OutageNotice, OutageRule, OutageVersion
from reporting.outage_records import Record
from reporting.outages import judging
from reporting.queries.outages import Rulebook, facts_of
from reporting.services import proposals

if TYPE_CHECKING:
    from accounts.models import ApiClient, User

State, Act = OutageNotice.State, OutageVersion.Act
LONGEST_REASON = 200
# What, once announced, changes only with a reason.
ANNOUNCED = ("kind", "area", "lines", "transformer_areas", "planned_start", "planned_end")


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


def person(by: User | ApiClient) -> User | None:
    """Who did it, for the rows: a machine is nobody."""
    return None if getattr(by, "is_client", False) else by  # type: ignore[return-value]


def check(record: Record, *, now: datetime) -> None:
    """Raise ``Faulty`` with everything that is wrong in a record."""
    if errors := records.problems(record, now=now):
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
    check(record, now=now)
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
        if notice.digest == record.digest:
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

    Times and places that were announced change only with a reason, and times with a new
    announcement: the lead time is counted from it. Raises ``Refused``, ``Faulty``, ``Conflict``.
    """
    notice = _locked(notice, by=by)
    if notice.version != seen:
        raise Conflict(_("该信息刚被修改过，请刷新页面，核对后再办理。"))
    before = Record.standing(notice)
    record = record.with_(number=notice.number)
    if record == before:
        return notice
    check(record, now=now)
    reason = reason.strip()[:LONGEST_REASON]
    moved = any(getattr(record, name) != getattr(before, name) for name in ANNOUNCED)
    if before.published_at and moved and not reason:
        raise Refused(_("公告后变更停电时间、区域的，请写明变更原因。"))
    if before.published_at and moved and not _announced_anew(record, before):
        raise Refused(_("变更后须重新公告，请填写晚于原公告的公告时间。"))
    _write(notice, record.values())
    notice.words = words_of(record)
    if moved or reason:
        notice.change_reason = reason
    return _stand(notice, Act.CHANGE, reason, by=by, now=now)


@transaction.atomic
def cancel(
    notice: OutageNotice, *, reason: str, by: User | ApiClient, now: datetime
) -> OutageNotice:
    """Take back an outage that does not take place. Raises ``Refused``."""
    notice = _locked(notice, by=by)
    reason = reason.strip()
    if not reason:
        raise Refused(_("请写明取消原因。"))
    if notice.actual_start is not None:
        raise Refused(_("已经停电，不能取消。"))
    notice.state, notice.change_reason = State.CANCELLED, reason[:LONGEST_REASON]
    return _stand(notice, Act.CANCEL, notice.change_reason, by=by, now=now)


@transaction.atomic
def report(
    notice: OutageNotice,
    actual: Mapping[str, datetime | None],
    *,
    by: User | ApiClient,
    now: datetime,
) -> OutageNotice:
    """Say what became of it: off, on site, cause removed, back. Raises ``Refused``, ``Faulty``."""
    notice = _locked(notice, by=by)
    before = Record.standing(notice)
    told = {name: actual.get(name) for name in records.ACTUAL if name in actual}
    record = before.with_(**told)
    if record == before:
        return notice
    check(record, now=now)
    _write(notice, told)
    return _stand(notice, Act.REPORT, "", by=by, now=now)


def _announced_anew(record: Record, before: Record) -> bool:
    if record.published_at is None or before.published_at is None:
        return False
    return record.published_at > before.published_at


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
    notice: OutageNotice, act: str, reason: str, *, by: User | ApiClient, now: datetime
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
    return judge(notice, now=now)


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


# --- Judgement ------------------------------------------------------------------------------------


def judge(notice: OutageNotice, *, now: datetime, book: Rulebook | None = None) -> OutageNotice:
    """Hold it against the rules of its day, in the caller's transaction; flags are what stands
    against it now. Residents cut off at will become a proposal of a finding."""
    book = book or Rulebook()
    rules = book.on(notice.planned_start)
    found = judging.judge(facts_of(notice, book), rules, now=now)
    notice.lead_seconds = None if found.lead is None else int(found.lead.total_seconds())
    notice.lead_ok, notice.explanation = found.lead_ok, list(found.explanation)
    notice.judged_at, notice.judge_at = now, found.again
    columns = ["lead_seconds", "lead_ok", "explanation", "judged_at", "judge_at"]
    notice.save(update_fields=columns)
    _flag(notice, found.flags)
    if OutageFlag.Code.VIOLATION in found.codes:
        _propose(notice, found, judging.clause_of(rules.kind(notice.kind)), now=now)
    return notice


def _flag(notice: OutageNotice, flags: tuple[judging.Flag, ...]) -> None:
    """Make the rows say what was found; what stays is left alone."""
    standing = {one.code: one for one in notice.flags.all()}
    wanted = {flag.code: flag for flag in flags}
    gone = [one.pk for code, one in standing.items() if code not in wanted]
    if gone:
        OutageFlag.objects.filter(pk__in=gone).delete()
    for code, flag in wanted.items():
        rule = flag.rule.pk if flag.rule else None
        told = (rule, flag.detail[:300])
        row = standing.get(code)
        if row is None:
            OutageFlag.objects.create(notice=notice, code=code, rule_id=rule, detail=told[1])
        elif (row.rule_id, row.detail) != told:
            row.rule_id, row.detail = told
            row.save(update_fields=["rule", "detail"])


def _propose(notice: OutageNotice, found: judging.Judgement, clause: str, *, now: datetime) -> None:
    with translation.override("zh-hans"):
        labels = dict(OutageFlag.Code.choices)
        against = "、".join(
            str(labels[flag.code]) for flag in found.flags if flag.code != OutageFlag.Code.VIOLATION
        )
        words = {
            "unit": notice.organisation.name,
            "number": notice.number,
            "kind": notice.get_kind_display(),
            "area": notice.area,
            "households": notice.households,
            "against": against,
        }
        facts = (
            _("%(unit)s%(kind)s（编号%(number)s），停电区域：%(area)s，影响居民%(households)d户。")
            % words
        )
        facts += "\n" + _("存在问题：%(against)s。") % words
        title = _("%(unit)s随意停居民用电（%(number)s）") % words
    proposals.propose(
        source="outage",
        key=f"outage:{notice.pk}:violation",
        organisation=notice.organisation,
        clause=clause,
        title=title,
        facts=facts,
        url=reverse("reporting:outage", args=[notice.pk]),
        by=None,
        now=now,
    )


def rejudge(*, now: datetime, most: int = 500) -> int:
    """Judge again what time alone has changed; says how many. Safe to run twice."""
    book, done = Rulebook(), 0
    due = OutageNotice.objects.filter(judge_at__lt=now).order_by("judge_at")
    for pk in list(due.values_list("pk", flat=True)[:most]):
        with transaction.atomic():
            rows = OutageNotice.objects.select_for_update(of=("self",))
            notice = rows.select_related("organisation").filter(pk=pk, judge_at__lt=now).first()
            if notice is not None:
                judge(notice, now=now, book=book)
                done += 1
    return done


def rule_of(code: str, *, on: Any) -> OutageRule | None:
    """The stored rule of a code on a day."""
    return OutageRule.objects.in_force(on=on).filter(code=code).first()
