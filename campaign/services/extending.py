"""Later deadlines, and putting right those that were given by mistake."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.models import User
from campaign import notifications, rules, workflow
from campaign.models import Duty, DutyExtension
from campaign.services.duties import locked, move_duty, require_words, tell_party
from core import clock, outbox, sla
from core.errors import Refused


@transaction.atomic
def extend(
    *,
    duty: Duty,
    due_on: date,
    reason: str,
    document_number: str,
    by: User,
    now: datetime,
) -> Duty:
    """Give the organisation until the end of a later day; the old explanation stays on top.

    Raises ``Refused`` when the day is not later, already past, past the year
    after the campaign, or when the number is missing.
    """
    duty = locked(duty)
    if sla.day_end(due_on) <= duty.due_at:
        raise Refused(_("新的截止日期必须晚于原截止日期。"))
    _check(duty, due_on, reason, document_number, before=duty.due_at, now=now)
    duty, extension = _give(
        duty,
        due_on,
        workflow.EXTEND,
        gettext_noop("经批准延期至"),
        reason=reason,
        document_number=document_number,
        by=by,
        now=now,
    )
    tell_party(duty, partial(notifications.extended, extension=extension), now=now)
    return duty


@transaction.atomic
def correct_extension(
    *,
    extension: DutyExtension,
    due_on: date,
    reason: str,
    document_number: str,
    by: User,
    now: datetime,
) -> Duty:
    """Put the last extension right: another day instead, at the earliest the one it moved.

    That earliest day undoes it. The wrong one stays on record; the company is told, unless it had
    not heard of it yet: then the letters that wait are taken back. Reminders follow the deadline
    that counts now. Raises ``Refused``.
    """
    duty = locked(extension.duty)
    extension = duty.extensions.get(pk=extension.pk)
    if (last := duty.extensions.order_by("pk").last()) != extension:
        assert last is not None
        raise Refused(_("只能更正最近一次延期（%(number)s）。") % {"number": last.document_number})
    if duty.due_at != extension.new_due_at:
        raise Refused(_("任务期限在延期之后已另行确定，不能再更正该延期。"))
    new_due_at = sla.day_end(due_on)
    if new_due_at == extension.new_due_at:
        raise Refused(_("更正后的截止日期与现在的相同。"))
    floor = extension.floor
    undone = new_due_at.date() == floor.astimezone(new_due_at.tzinfo).date()
    if new_due_at < floor:
        raise Refused(
            _("更正后的截止日期不能早于延期前的截止日期（%(day)s）。")
            % {"day": notifications.chinese_date(floor)}
        )
    _check(duty, due_on, reason, document_number, before=floor, now=now)
    unheard = outbox.recall(prefix=notifications.extension_prefix(extension))
    duty, correction = _give(
        duty,
        due_on,
        workflow.CORRECT_EXTENSION,
        gettext_noop("撤销延期，恢复为") if undone else gettext_noop("延期更正为"),
        reason=reason,
        document_number=document_number,
        by=by,
        now=now,
        corrects=extension,
    )
    if not unheard:
        tell_party(duty, partial(notifications.corrected, extension=correction), now=now)
    elif not undone:
        tell_party(duty, partial(notifications.extended, extension=correction), now=now)
    return duty


def _check(
    duty: Duty,
    due_on: date,
    reason: str,
    document_number: str,
    *,
    before: datetime,
    now: datetime,
) -> None:
    """``before`` is the deadline that is put off. Raises ``Refused``."""
    if sla.day_end(due_on) <= now:
        raise Refused(_("新的截止日期不能早于今天。"))
    last = _last_day(duty)
    if sla.day_end(due_on) > last:
        raise Refused(
            _("新的截止日期不能晚于专项行动结束次年年底（%(day)s）。")
            % {"day": notifications.chinese_date(last)}
        )
    day = clock.day_of(before)
    sheet = rules.sheet("extension_days", duty.recipient, on=clock.day_of(now))
    if sheet is not None and due_on > day + timedelta(days=sheet.values["extension_days"]):
        raise Refused(
            _("单次延期不能超过%(days)d日（%(source)s）。")
            % {"days": sheet.values["extension_days"], "source": rules.source_of(sheet)}
        )
    require_words(reason, document_number)


def _last_day(duty: Duty) -> datetime:
    """As far as an extension goes: the end of the year after the one in which the campaign ends."""
    return sla.day_end(date(duty.definition.campaign.ends_on.year + 1, 12, 31))


def _give(
    duty: Duty,
    due_on: date,
    move: workflow.Move,
    words: str,
    *,
    reason: str,
    document_number: str,
    by: User,
    now: datetime,
    corrects: DutyExtension | None = None,
) -> tuple[Duty, DutyExtension]:
    """Write the deadline, its explanation, the trace and the record of who gave it."""
    old_due_at, new_due_at = duty.due_at, sla.day_end(due_on)
    lines: list[dict[str, Any]] = [
        *duty.due_explanation,
        {"text": gettext_noop("延期理由"), "value": reason, "source": ""},
        {"text": words, "value": f"{due_on:%Y-%m-%d} 23:59:59", "source": document_number},
    ]
    duty = move_duty(
        duty,
        move,
        by=by,
        now=now,
        reason=reason,
        details={
            "old_due_at": old_due_at.isoformat(),
            "new_due_at": new_due_at.isoformat(),
            "document_number": document_number,
        },
        due_at=new_due_at,
        due_provisional=False,
        due_explanation=lines,
        due_basis={"date": due_on.isoformat()},
        due_set_at=now,
    )
    extension = DutyExtension.objects.create(
        duty=duty,
        old_due_at=old_due_at,
        new_due_at=new_due_at,
        reason=reason,
        approver=by,
        document_number=document_number,
        at=now,
        corrects=corrects,
    )
    return duty, extension
