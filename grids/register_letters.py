"""Wording of notices about registers: titles of registers, numbers and days, never what is in an
entry."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Organisation
from accounts.permissions import Permission
from accounts.staff import people_of
from core import clock, outbox
from core.letters import in_words_of

if TYPE_CHECKING:
    from accounts.models import User
    from grids.models import Register, RegisterEntry


def asked(entry: RegisterEntry, *, now: datetime) -> None:
    """To those who approve in the unit, or above it."""
    to = responsible(entry.organisation, Permission.REGISTER_APPROVE, now=now)
    for one in to:
        if one.pk != entry.written_by_id:
            with in_words_of(one):
                _post(
                    entry,
                    one,
                    "ask",
                    _("待批准：%(register)s %(number)s") % _words(entry),
                    _("%(unit)s登记了“%(register)s”%(number)s，请审批。") % _words(entry),
                    now=now,
                )


def decided(entry: RegisterEntry, reason: str, *, now: datetime) -> None:
    """To whoever asked."""
    if entry.written_by is None:
        return
    with in_words_of(entry.written_by):
        words = {**_words(entry), "state": entry.get_state_display(), "reason": reason or "—"}
        subject = _("%(register)s %(number)s：%(state)s") % words
        body = _("“%(register)s”%(number)s的审批结果：%(state)s，意见：%(reason)s。") % words
        _post(entry, entry.written_by, "decide", subject, body, now=now)


def entered_by_other(entry: RegisterEntry, *, now: datetime) -> None:
    """To the unit of what it belongs to, where another one entered it (a booking)."""
    assert entry.parent is not None
    for one in responsible(entry.parent.organisation, Permission.REGISTER_WRITE, now=now):
        with in_words_of(one):
            words = {**_words(entry), "parent": entry.parent.number}
            subject = _("%(unit)s登记了%(register)s %(number)s") % words
            body = _("%(unit)s就%(parent)s登记了“%(register)s”%(number)s。") % words
            _post(entry, one, "enter", subject, body, now=now)


def stale(
    register: Register,
    organisation: Organisation,
    entries: Iterable[RegisterEntry],
    *,
    now: datetime,
) -> None:
    """To the people of a unit, one for a register and day; and to the persons concerned."""
    rows = list(entries)
    day = clock.day_of(now)
    url = f"{reverse('grids:register', args=[register.code])}?view=stale"
    people = {one.pk: one for one in responsible(organisation, Permission.REGISTER_WRITE, now=now)}
    people |= {one.member.user_id: one.member.user for one in rows if one.member is not None}
    words = {"register": register.title, "count": len(rows), "unit": organisation}
    key = f"register-stale-{register.code}-{organisation.pk}-{day}"
    common: dict[str, Any] = {"kind": "register.stale", "url": url, "organisation": organisation}
    for one in people.values():
        with in_words_of(one):
            subject = _("%(register)s：%(count)d条超过复核期限") % words
            body = (
                _("%(unit)s的“%(register)s”有%(count)d条超过期限，请复核、更新或者办结。") % words
            )
        outbox.post(
            key=f"{key}:{one.pk}",
            channel="notice",
            recipient=one,
            subject=subject,
            body=body,
            now=now,
            **common,
        )
    if organisation.email:
        subject = _("%(register)s：%(count)d条超过复核期限") % words
        text = _("%(unit)s的“%(register)s”有%(count)d条超过期限，请复核、更新或者办结。") % words
        link = _("请登录平台办理：%(link)s") % {"link": settings.SITE_URL + url}
        outbox.post(
            key=f"{key}:mail",
            channel="mail",
            to=[organisation.email],
            subject=subject,
            body=f"{text}\n\n{link}\n",
            now=now,
            **common,
        )


def responsible(organisation: Organisation, permission: Permission, *, now: datetime) -> list[User]:
    """People of a unit with a right; where it has none, those of the nearest unit above."""
    day = clock.day_of(now)
    one: Any = organisation
    while one is not None:
        if found := people_of(one, permission, on=day):
            return found
        one = Organisation.objects.get_parent(one)
    return []


def _post(
    entry: RegisterEntry, user: User, what: str, subject: str, body: str, *, now: datetime
) -> None:
    outbox.post(
        key=f"register-{entry.pk}-{what}-{entry.version}-{entry.state}:{user.pk}",
        channel="notice",
        kind=f"register.{what}",
        recipient=user,
        subject=subject,
        body=body,
        url=reverse("grids:register_entry", args=[entry.pk]),
        organisation=entry.organisation,
        now=now,
    )


def _words(entry: RegisterEntry) -> dict[str, Any]:
    return {
        "register": entry.register.title,
        "number": entry.number,
        "unit": entry.organisation,
    }
