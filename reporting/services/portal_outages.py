"""When the portal itself could not be used: noted by one person, confirmed by another, undone.

Source: campaign plan 二(二)1 (S1-2.2.1d). Deadlines move on confirmation only, and only those of
the returns that the confirming office collects.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Organisation
from accounts.permissions import Permission
from accounts.reach import workplaces
from core import audit, workdays
from core.errors import Refused
from core.models import AuditEvent
from reporting import catalogue
from reporting.models import PortalOutage, Return
from reporting.returns import periods

if TYPE_CHECKING:
    from accounts.models import User


@transaction.atomic
def note(
    *, starts_at: datetime, ends_at: datetime, reason: str, by: User, now: datetime
) -> PortalOutage:
    """Note that the portal could not be used; nothing moves yet. Raises ``Refused``."""
    _refuse_stranger(by)
    if ends_at <= starts_at or ends_at > now:
        raise Refused(_("恢复时间应晚于开始时间，且不晚于现在。"))
    _refuse_span(starts_at, ends_at, now=now)
    if not reason.strip():
        raise Refused(_("请写明原因。"))
    overlapping = PortalOutage.objects.standing().filter(
        starts_at__lt=ends_at, ends_at__gt=starts_at
    )
    if overlapping.exists():
        raise Refused(_("与已登记的停用时段重叠。"))
    _refuse_in_use(starts_at, ends_at)
    outage = PortalOutage.objects.create(
        starts_at=starts_at, ends_at=ends_at, reason=reason.strip(), noted_by=by, noted_at=now
    )
    audit.record("return.outage_note", outage, by=by, now=now, reason=outage.reason)
    return outage


def _refuse_stranger(by: User) -> None:
    if not by.can(Permission.RETURN_FORM_MANAGE):
        raise Refused(_("由负责报表的管理人员登记。"))


def _refuse_span(starts_at: datetime, ends_at: datetime, *, now: datetime) -> None:
    rules = catalogue.review()
    hours, days = rules["outage_longest_hours"], rules["outage_noted_within_days"]
    if ends_at - starts_at > timedelta(hours=hours):
        raise Refused(_("一次停用最长登记%(hours)d小时。") % {"hours": hours})
    if ends_at < now - timedelta(days=days):
        raise Refused(_("停用应在恢复后%(days)d日内登记。") % {"days": days})


def _refuse_in_use(starts_at: datetime, ends_at: datetime) -> None:
    """What people did in that time shows that the portal could be used."""
    acts = AuditEvent.objects.filter(at__gt=starts_at, at__lt=ends_at, actor_id__isnull=False)
    if count := acts.count():
        text = _("该时段平台上有%(count)d条办理记录，不能登记为停用；请按实际停用时段登记。")
        raise Refused(text % {"count": count})


@transaction.atomic
def confirm(*, outage: PortalOutage, by: User, now: datetime) -> int:
    """A second person confirms: deadlines in that time move. Says how many. Raises ``Refused``."""
    _refuse_stranger(by)
    outage = PortalOutage.objects.select_for_update(of=("self",)).get(pk=outage.pk)
    if outage.confirmed_at is not None or outage.undone_at is not None:
        raise Refused(_("这次停用已经确认或者撤销。"))
    if outage.noted_by_id == by.pk:
        raise Refused(_("登记人不能确认自己登记的停用，请由另一人确认。"))
    outage.moved = _moved(outage, by=by, now=now)
    outage.confirmed_by, outage.confirmed_at = by, now
    outage.save(update_fields=["moved", "confirmed_by", "confirmed_at"])
    count = len(outage.moved)
    audit.record("return.outage", outage, by=by, now=now, reason=outage.reason, count=count)
    return count


def _moved(outage: PortalOutage, *, by: User, now: datetime) -> dict[str, list[str]]:
    offices = workplaces(by, Permission.RETURN_FORM_MANAGE)
    calendar, found = workdays.calendar(now=now), {}
    hit = list(
        Return.objects.owed()
        .select_for_update(of=("self",))
        .filter(due_at__gte=outage.starts_at, due_at__lte=outage.ends_at)
        .filter(collection__office__in=_collecting(offices))
    )
    for entry in hit:
        before = entry.due_at
        entry.due_at, entry.due_explanation = periods.after_outage(
            before, entry.due_explanation, ends_at=outage.ends_at, calendar=calendar
        )
        found[str(entry.pk)] = [before.isoformat(), entry.due_at.isoformat()]
    Return.objects.bulk_update(hit, ["due_at", "due_explanation"], batch_size=500)
    return found


def _collecting(offices: list[Organisation]) -> list[int]:
    """The offices themselves and, for the national one and administrators, all below them."""
    paths = [one.path for one in offices]
    below = Organisation.objects.none()
    for path in paths:
        below |= Organisation.objects.filter(path__startswith=path)
    return list(below.values_list("pk", flat=True))


@transaction.atomic
def undo(*, outage: PortalOutage, reason: str, by: User, now: datetime) -> int:
    """Take an outage back: deadlines that it moved stand where they stood. Raises ``Refused``."""
    _refuse_stranger(by)
    outage = PortalOutage.objects.select_for_update(of=("self",)).get(pk=outage.pk)
    if outage.undone_at is not None:
        raise Refused(_("这次停用已经撤销。"))
    if not reason.strip():
        raise Refused(_("请写明撤销理由。"))
    count = 0
    for entry in Return.objects.owed().select_for_update(of=("self",)).filter(pk__in=outage.moved):
        before, after = outage.moved[str(entry.pk)]
        if entry.due_at == datetime.fromisoformat(after):
            entry.due_at = datetime.fromisoformat(before)
            entry.due_explanation = entry.due_explanation[:-1]
            entry.save(update_fields=["due_at", "due_explanation"])
            count += 1
    outage.undone_by, outage.undone_at = by, now
    outage.undone_reason = reason.strip()[:200]
    outage.save(update_fields=["undone_by", "undone_at", "undone_reason"])
    told = outage.undone_reason
    audit.record("return.outage_undo", outage, by=by, now=now, reason=told, count=count)
    return count
