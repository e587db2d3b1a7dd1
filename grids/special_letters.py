"""Wording of notices about special groups: numbers of records and how many, never a person."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.permissions import Permission
from core import clock, outbox
from core.letters import in_words_of
from grids.queries import special as queries
from grids.register_letters import responsible

if TYPE_CHECKING:
    from accounts.models import Organisation, User
    from grids.models import HelpPair


def paired(pair: HelpPair, *, now: datetime) -> None:
    """To the helper."""
    user = pair.helper.user
    with in_words_of(user):
        words = {"number": pair.household.number, "role": pair.get_role_display()}
        outbox.post(
            key=f"special-pair-{pair.pk}",
            channel="notice",
            kind="special.help",
            recipient=user,
            subject=_("结对帮扶：%(number)s") % words,
            body=_("您担任特殊群体%(number)s的%(role)s，请查看安全检查和慰问安排。") % words,
            url=reverse("grids:special_household", args=[pair.household_id]),
            organisation=pair.household.organisation,
            now=now,
        )


def waiting(what: str, organisation: Organisation, count: int, *, now: datetime) -> None:
    """To the people of a unit: how many records wait, once for each day on which some came due."""
    day = clock.day_of(now)
    for user in _people(organisation, now=now):
        with in_words_of(user):
            words = {"count": count, "unit": organisation}
            subject, body = _waiting_words(what)
            outbox.post(
                key=f"special-{what}-{organisation.pk}-{day}:{user.pk}",
                channel="notice",
                kind=f"special.{what}",
                recipient=user,
                subject=subject % words,
                body=body % words,
                url=queries.url(view=what),
                organisation=organisation,
                now=now,
            )


def _waiting_words(what: str) -> tuple[Any, Any]:
    if what == "stale":
        return (
            _("特殊群体：%(count)d户超过复核期限"),
            _("%(unit)s有%(count)d户特殊群体超过复核期限，请核实后复核。"),
        )
    if what == "checks":
        return (
            _("特殊群体：%(count)d户安全检查超期"),
            _("%(unit)s有%(count)d户特殊群体的涉电安全检查超过期限，请安排检查。"),
        )
    return (
        _("特殊群体：%(count)d户待节日慰问"),
        _("%(unit)s有%(count)d户特殊群体临近节日尚未慰问，请安排慰问。"),
    )


def _people(organisation: Organisation, *, now: datetime) -> Iterable[User]:
    return responsible(organisation, Permission.SPECIAL_KEEP, now=now)
