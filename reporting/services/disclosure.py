"""Disclosure by enterprises: what was published when, and whether it is still fresh.

Source: campaign plan 三(一)3 (S1-3.1.3b).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Organisation
from accounts.permissions import Permission
from accounts.reach import works_for
from core import audit, clock, masking
from core.errors import Conflict, Refused
from core.officialdoc import clean
from reporting.models import Disclosure, DisclosureItem

if TYPE_CHECKING:
    from accounts.models import User


# Items are renewed once a year at the latest: an older day is a slip.
LONG_AGO = timedelta(days=3 * 366)


def _refuse_personal(texts: Mapping[str, str]) -> None:
    """What everybody will read holds nothing of a person."""
    for label, text in texts.items():
        if masking.find(text):
            facts = {"label": label}
            raise Refused(_("“%(label)s”像是含有个人信息，将在公开页面显示，请删去。") % facts)


@transaction.atomic
def enter(
    *,
    organisation: Organisation,
    item: DisclosureItem,
    published_on: date,
    place: str,
    url: str,
    summary: str,
    by: User,
    now: datetime,
) -> Disclosure:
    """Say that an item was disclosed on a day. Raises ``Refused``, ``Conflict``."""
    if not organisation.is_company or not works_for(by, Permission.INDICATOR_ANSWER, organisation):
        raise Refused(_("由公开单位的人员登记。"))
    if published_on > clock.day_of(now):
        raise Refused(_("公开日期不能晚于今天。"))
    if published_on < clock.day_of(now) - LONG_AGO:
        raise Refused(_("公开日期过早，请核对。"))
    if not clean(place).strip():
        raise Refused(_("请填写公开渠道。"))
    _refuse_personal({_("公开渠道"): place, _("网址"): url, _("内容摘要"): summary})
    made, new = Disclosure.objects.get_or_create(
        organisation=organisation,
        item=item,
        published_on=published_on,
        withdrawn_at=None,
        defaults={
            "place": clean(place).strip(),
            "url": url,
            "summary": clean(summary).strip(),
            "entered_by": by,
            "entered_at": now,
        },
    )
    if not new:
        raise Conflict(_("该事项这一天的公开已经登记过。"))
    audit.record("disclosure.enter", made, by=by, now=now, organisation=organisation)
    return made


@transaction.atomic
def withdraw(*, disclosure: Disclosure, reason: str, by: User, now: datetime) -> Disclosure:
    """Take an entry off the public pages: by its enterprise or the office in charge of it.

    Raises ``Refused``.
    """
    disclosure = Disclosure.objects.select_for_update(of=("self",)).get(pk=disclosure.pk)
    unit = disclosure.organisation
    own = works_for(by, Permission.INDICATOR_ANSWER, unit)
    if not own and not by.may(Permission.INDICATOR_MANAGE, unit):
        raise Refused(_("由公开单位或主管监管机构撤下。"))
    if disclosure.withdrawn_at is not None:
        raise Refused(_("这条记录已经撤下。"))
    if not reason.strip():
        raise Refused(_("请写明撤下的理由。"))
    disclosure.withdrawn_by, disclosure.withdrawn_at = by, now
    disclosure.withdrawn_reason = reason.strip()[:200]
    disclosure.save(update_fields=["withdrawn_by", "withdrawn_at", "withdrawn_reason"])
    told = disclosure.withdrawn_reason
    audit.record("disclosure.withdraw", disclosure, by=by, now=now, organisation=unit, reason=told)
    return disclosure
