"""Letters about sharing and cleaning of archives: numbers, rules and days, never personal data."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.permissions import Permission
from accounts.staff import people_of
from core import clock, outbox
from core.letters import to_unit
from grids.sharing import quality

if TYPE_CHECKING:
    from accounts.models import Organisation, User
    from grids.models import FixTask, SharingAgreement


def _post(
    kind: str,
    key: str,
    to: Organisation,
    people: Iterable[User],
    subject: str,
    body: str,
    url: str,
    *,
    now: datetime,
) -> None:
    told = to_unit(
        key=f"{key}-{to.pk}", kind=kind, to=to, people=people, subject=subject, body=body, url=url
    )
    outbox.post_all(told, now=now)


def _people(organisation: Organisation, permission: Permission, now: datetime) -> list[User]:
    return people_of(organisation, permission, on=clock.day_of(now))


def _words(agreement: SharingAgreement) -> dict[str, object]:
    return {
        "number": agreement.number,
        "company": agreement.company,
        "government": agreement.government,
        "state": agreement.get_state_display(),
        "last": agreement.ends_on,
    }


def asked(agreement: SharingAgreement, *, now: datetime) -> None:
    """To those of the company who approve, but for the one who drafted it."""
    people = _people(agreement.company, Permission.SHARING_APPROVE, now)
    _post(
        "sharing.propose",
        f"sharing-{agreement.pk}-propose",
        agreement.company,
        [one for one in people if one.pk != agreement.drafted_by_id],
        _("待批准的数据共享协议：%(number)s") % _words(agreement),
        _("与%(government)s的数据共享协议（%(number)s）待批准。") % _words(agreement),
        reverse("grids:agreement", args=[agreement.pk]),
        now=now,
    )


def decided(agreement: SharingAgreement, *, now: datetime) -> None:
    """To whoever drafted it, and to the government's side where it was agreed."""
    subject = _("数据共享协议%(number)s：%(state)s") % _words(agreement)
    body = _("%(company)s与%(government)s的数据共享协议（%(number)s）：%(state)s。")
    url = reverse("grids:agreement", args=[agreement.pk])
    key = f"sharing-{agreement.pk}-{agreement.state}"
    text = body % _words(agreement)
    drafter = [agreement.drafted_by]
    _post("sharing.decide", key, agreement.company, drafter, subject, text, url, now=now)
    if agreement.state != "refused":
        people = _people(agreement.government, Permission.SHARING_VIEW, now)
        _post("sharing.decide", key, agreement.government, people, subject, text, url, now=now)


def ends_soon(agreement: SharingAgreement, *, now: datetime) -> None:
    """To those of the company who keep agreements."""
    _post(
        "sharing.ends",
        f"sharing-{agreement.pk}-ends",
        agreement.company,
        _people(agreement.company, Permission.SHARING_MANAGE, now),
        _("数据共享协议%(number)s将于%(last)s到期") % _words(agreement),
        _("与%(government)s的数据共享协议（%(number)s）将于%(last)s到期，到期后停止交换。")
        % _words(agreement),
        reverse("grids:agreement", args=[agreement.pk]),
        now=now,
    )


def _about(task: FixTask, **more: object) -> dict[str, object]:
    due = clock.written(task.due_at)
    title = quality.title_of(task.rule)
    return {
        "number": task.number,
        "rule": title,
        "unit": task.organisation,
        "due": due,
        **more,
    }


def _to_unit(task: FixTask, key: str, subject: str, body: str, *, now: datetime) -> None:
    people = {one.pk: one for one in _people(task.organisation, Permission.ARCHIVE_FIX, now)}
    url = reverse("grids:fix_task", args=[task.pk])
    _post(
        f"archive.{key}",
        f"fix-task-{task.pk}-{key}",
        task.organisation,
        people.values(),
        subject,
        body,
        url,
        now=now,
    )


def issued(task: FixTask, count: int, *, now: datetime) -> None:
    """To the unit: what is to be mended, and until when."""
    words = _about(task, count=count)
    subject = _("档案治理任务：%(rule)s %(number)s") % words
    body = _("%(unit)s有%(count)d处“%(rule)s”须治理（%(number)s），请于%(due)s前完成。") % words
    _to_unit(task, "issue", subject, body, now=now)


def due_soon(task: FixTask, *, now: datetime) -> None:
    words = _about(task)
    subject = _("档案治理任务即将到期：%(number)s") % words
    body = _("“%(rule)s”治理任务（%(number)s）将于%(due)s到期。") % words
    _to_unit(task, "near", subject, body, now=now)


def late(task: FixTask, *, now: datetime) -> None:
    words = _about(task)
    subject = _("档案治理任务已经逾期：%(number)s") % words
    body = _("“%(rule)s”治理任务（%(number)s）已于%(due)s到期，尚有问题没有通过复核。") % words
    _to_unit(task, "late", subject, body, now=now)


def fixed(task: FixTask, *, now: datetime) -> None:
    """To whoever issued it."""
    if task.issued_by is None:
        return
    words = _about(task)
    _post(
        "archive.fixed",
        f"fix-task-{task.pk}-fixed",
        task.enterprise,
        [task.issued_by],
        _("档案治理任务复核通过：%(number)s") % words,
        _("%(unit)s的“%(rule)s”治理任务（%(number)s）全部问题通过复核。") % words,
        reverse("grids:fix_task", args=[task.pk]),
        now=now,
    )


def ended(task: FixTask, *, now: datetime) -> None:
    """To whoever issued it, and to the unit: what was left of it ended with its rule."""
    words = _about(task)
    subject = _("档案治理任务终止：%(number)s") % words
    body = _("规则“%(rule)s”已停用，%(unit)s的治理任务（%(number)s）尚未解决的问题随之终止。")
    if task.issued_by is not None:
        url = reverse("grids:fix_task", args=[task.pk])
        given = ([task.issued_by], subject, body % words, url)
        key = f"fix-task-{task.pk}-ended"
        _post("archive.ended", key, task.enterprise, *given, now=now)
    _to_unit(task, "ended", subject, body % words, now=now)
