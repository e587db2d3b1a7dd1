"""The log of who opened personal data, laid down month by month (S2-7.5)."""

from __future__ import annotations

import io
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import privacy
from accounts.models import AccessArchive, Organisation, User
from accounts.permissions import Permission
from core import audit, clock, file_cleanup, files
from core.errors import Conflict, Refused

PURPOSE = "access-archive"


@transaction.atomic
def let_go_archives(*, now: datetime) -> int:
    """Remove archives whose last day is over, with their files and each on the record; says how
    many. May run twice."""
    over = AccessArchive.objects.filter(keep_until__lt=clock.day_of(now)).order_by("pk")
    gone = list(over.select_for_update(of=("self",)).select_related("organisation"))
    for one in gone:
        audit.record(
            "access.expire",
            one,
            by=None,
            now=now,
            organisation=one.organisation,
            month=f"{one.month:%Y-%m}",
            count=one.count,
            digest=one.digest,
            kept_until=str(one.keep_until),
        )
        one.delete()
    file_cleanup.remove_released([one.file_id for one in gone], now=now)
    return len(gone)


def archive_refusal(organisation: Organisation, month: date, *, by: User, now: datetime) -> str:
    """Why a month cannot be laid down; empty when it can."""
    if not any(by.may(p, organisation) for p in (Permission.PRIVACY_VIEW, Permission.AUDIT_VIEW)):
        return _("您的角色无权归档该单位的访问日志。")
    if month.day != 1 or month >= clock.day_of(now).replace(day=1):
        return _("当月尚未结束，请于次月归档。")
    if AccessArchive.objects.filter(organisation=organisation, month=month).exists():
        return _("该月访问日志已经归档。")
    return ""


def lay_down_archive(
    *, organisation: Organisation, month: date, content: bytes, count: int, by: User, now: datetime
) -> AccessArchive:
    """Keep the workbook of a month with its digest until the rule lets it go. Raises
    ``Refused``."""
    if why_not := archive_refusal(organisation, month, by=by, now=now):
        raise Refused(why_not)
    name = f"access-{organisation.code}-{month:%Y-%m}.xlsx"
    received = files.receive(io.BytesIO(content), purpose=PURPOSE, name=name)
    with transaction.atomic():
        Organisation.objects.select_for_update(of=("self",)).get(pk=organisation.pk)
        if AccessArchive.objects.filter(organisation=organisation, month=month).exists():
            raise Conflict(_("该月访问日志已经归档。"))
        stored = files.enter(received, by=by, now=now, organisation=organisation)
        made = AccessArchive.objects.create(
            organisation=organisation,
            month=month,
            count=count,
            file=stored,
            digest=stored.sha256,
            keep_until=privacy.rule_on(clock.day_of(now)).keep_until(month),
            made_at=now,
            made_by=by,
        )
        audit.record(
            "access.archive",
            made,
            by=by,
            now=now,
            organisation=organisation,
            month=f"{month:%Y-%m}",
            count=count,
            digest=stored.sha256,
        )
    return made
