"""From counted cases to a published bulletin: draft, edit, submit, approve, issue, publish.

Source: campaign plan 三、5(3) (S1-3.3.5(3)d).
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.permissions import Permission
from campaign.scope import works_for
from core import audit, clock, masking
from core.errors import Conflict, Refused
from core.periods import Period
from reporting.bulletins import documents, frozen
from reporting.bulletins.making import Made, make, style_for
from reporting.models import Bulletin, BulletinVersion
from reporting.services.papers import Desk, Printed, lay_down
from reporting.services.reports.common import given
from reporting.services.snapshots import digest_of
from reporting.workflow import bulletin as workflow

if TYPE_CHECKING:
    from accounts.models import Organisation, User

LONGEST_REMARKS = 5000
desk = Desk(
    Bulletin,
    kind="bulletin",
    related=("organisation", "current_version", "corrects"),
    refusal=workflow.refusal,
    busy=gettext_lazy("通报刚被他人办理，请刷新后再试。"),
)
current, lock = desk.current, desk.lock
check_move, lock_for = desk.check, desk.lock_for


def draft_refusal(organisation: Organisation | None, *, by: User) -> str:
    """Why the person may not draft a bulletin for the office; empty when they may."""
    if organisation is None or not organisation.is_regulator:
        return _("通报由监管机构编制。")
    if not works_for(by, Permission.REPORT_EDIT, organisation):
        return _("由%(organisation)s具有“%(permission)s”权限的人员编制。") % {
            "organisation": organisation,
            "permission": Permission.REPORT_EDIT.label,
        }
    return ""


def draft(
    *,
    organisation: Organisation,
    period: Period,
    style: str,
    balance: str,
    occasion: str,
    by: User,
    now: datetime,
) -> Bulletin:
    """Count, print and keep the first version; the same occasion gives the same bulletin.

    Raises ``Refused``: also for a style outside its time and a period that is not over.
    """
    if why_not := draft_refusal(organisation, by=by):
        raise Refused(why_not)
    key = f"{organisation.pk}:{occasion}"
    if found := Bulletin.objects.filter(occasion=key).first():
        return found
    chosen = style_for(style, office=organisation.code, period=period)
    if not chosen.covers(period.first, period.last):
        words = {"style": chosen.name, "period": period.text}
        raise Refused(_("“%(style)s”不适用于%(period)s。") % words)
    if period.last >= clock.day_of(now):
        raise Refused(_("%(period)s还没有结束，不能编制通报。") % {"period": period.text})
    made = make(organisation, period, style=style, balance=balance, now=now)
    printed = print_out(made, "", heads_around(organisation, made.bulletin.title, now))
    with transaction.atomic():
        bulletin, new = Bulletin.objects.get_or_create(
            occasion=key,
            defaults={
                "organisation": organisation,
                "first_day": period.first,
                "last_day": period.last,
                "style": style,
                "title": made.bulletin.title,
                "created_by": by,
                "created_at": now,
            },
        )
        if new:
            version = keep(bulletin, printed, number=1, counted_at=now, by=by, now=now)
            details = {"style": style, "digest": version.digest}
            audit.record("bulletin.draft", bulletin, by=by, now=now, **details)
    return bulletin


def edit(
    *,
    bulletin: Bulletin,
    seen: int,
    remarks: str,
    recount: bool = False,
    balance: str = "",
    by: User,
    now: datetime,
) -> BulletinVersion:
    """Keep the next version: other words, and with ``recount`` the figures as they are now.

    Raises ``Refused``, and ``Conflict`` when somebody saved in between.
    """
    bulletin = current(bulletin)
    check_move(bulletin, workflow.EDIT, by=by)
    before = bulletin.current_version
    if len(remarks) > LONGEST_REMARKS:
        raise Refused(_("“主要问题”不能超过%(n)d字。") % {"n": LONGEST_REMARKS})
    if masking.mask_text(remarks) != remarks:
        raise Refused(_("“主要问题”中有电话、证件号等个人信息，请删除后再保存。"))
    made, counted_at = made_of(bulletin), before.counted_at
    balance = balance or before.balance
    if recount or balance != before.balance:
        organisation, period = bulletin.organisation, period_of(bulletin)
        made = make(organisation, period, style=bulletin.style, balance=balance, now=now)
        counted_at = now
    printed = print_out(made, remarks.strip(), _heads(bulletin, now))
    with transaction.atomic():
        bulletin = lock_for(bulletin, workflow.EDIT, by=by)
        if bulletin.current_version.number != seen:
            raise Conflict(_("通报刚被他人修改过，请刷新页面，核对后再修改。"))
        version = keep(bulletin, printed, number=seen + 1, counted_at=counted_at, by=by, now=now)
        audit.record("bulletin.edit", bulletin, by=by, now=now, version=version.number)
    return version


def submit(*, bulletin: Bulletin, by: User, now: datetime) -> Bulletin:
    """Hand the current version to whoever approves. Raises ``Refused``."""
    return desk.move(bulletin, workflow.SUBMIT, by=by, now=now)


def recall(*, bulletin: Bulletin, by: User, now: datetime) -> Bulletin:
    """Take it back before anybody approved. Raises ``Refused``."""
    return desk.move(bulletin, workflow.RECALL, by=by, now=now)


def send_back(*, bulletin: Bulletin, reason: str, by: User, now: datetime) -> Bulletin:
    """Return it to the editor with a reason. Raises ``Refused``."""
    return desk.move(bulletin, workflow.SEND_BACK, by=by, now=now, reason=given(reason))


def approve(*, bulletin: Bulletin, by: User, now: datetime, seen: int | None = None) -> Bulletin:
    """Answer for the current version; who made any version of it may not. Raises ``Refused``."""
    return desk.approve(bulletin, workflow.APPROVE, by=by, now=now, seen=seen)


def publish(*, bulletin: Bulletin, by: User, now: datetime) -> Bulletin:
    """Put the issued bulletin on the public page. Raises ``Refused``."""
    return desk.move(bulletin, workflow.PUBLISH, by=by, now=now, published_at=now)


def issue(*, bulletin: Bulletin, by: User, now: datetime) -> Bulletin:
    """Give the next document number and print the final files; both together or neither.

    Raises ``Refused``, ``Conflict``.
    """

    def printing(standing: Bulletin, number: str) -> Printed:
        heads = _heads(standing, now, number=number)
        return print_out(made_of(standing), standing.current_version.remarks, heads)

    return desk.issue(bulletin, workflow.ISSUE, printing=printing, by=by, now=now)


# -- what they share -------------------------------------------------------------------------------


def print_out(made: Made, remarks: str, heads: documents.Heads) -> Printed:
    with translation.override("zh-hans"):
        content = documents.render(
            made.bulletin, made.style, heads, office=made.office, remarks=remarks
        )
    return Printed((made, remarks, heads), lay_down(content, title=heads.title))


def heads_around(
    organisation: Organisation, title: str, now: datetime, *, number: str = "", correction: str = ""
) -> documents.Heads:
    """What stands around the text of a bulletin that is printed now."""
    day = clock.day_of(now)
    name = organisation.name_on(day)
    return documents.Heads(name, day, number=number, title=title, correction=correction)


def _heads(bulletin: Bulletin, now: datetime, *, number: str = "") -> documents.Heads:
    organisation, correction = bulletin.organisation, bulletin.correction
    return heads_around(organisation, bulletin.title, now, number=number, correction=correction)


def keep(
    bulletin: Bulletin,
    printed: Printed,
    *,
    number: int,
    counted_at: datetime,
    by: User,
    now: datetime,
) -> BulletinVersion:
    """Write the version down and make it the current one."""
    made, remarks, _around = printed.source
    content = frozen.freeze(made.bulletin)
    version = BulletinVersion.objects.create(
        bulletin=bulletin,
        number=number,
        balance=made.style.balance,
        content=content,
        digest=digest_of(content),
        counted_at=counted_at,
        remarks=remarks,
        edited_by=by,
        edited_at=now,
        **printed.enter(bulletin, by=by, now=now),
    )
    bulletin.current_version = version
    bulletin.save(update_fields=["current_version"])
    return version


def period_of(bulletin: Bulletin) -> Period:
    return Period(bulletin.first_day, bulletin.last_day)


def made_of(bulletin: Bulletin) -> Made:
    """The current version as it was counted."""
    version, office = bulletin.current_version, bulletin.organisation.code
    period = period_of(bulletin)
    style = style_for(bulletin.style, office=office, period=period, balance=version.balance)
    return Made(version.value, style, office)


def heads_of(bulletin: Bulletin) -> documents.Heads:
    """What stands around the current version: as it was printed."""
    instant = bulletin.issued_at or bulletin.current_version.edited_at
    return _heads(bulletin, instant, number=bulletin.document_number)
