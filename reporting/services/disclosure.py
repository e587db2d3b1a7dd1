"""Disclosure by enterprises: what was published when, and whether it is still fresh.

Source: campaign plan 三(一)3 (S1-3.1.3b).
"""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Organisation
from accounts.permissions import Permission
from accounts.reach import works_for
from core import audit, clock
from core.errors import Conflict, Refused
from core.officialdoc import clean
from reporting.models import Disclosure, DisclosureItem

if TYPE_CHECKING:
    from accounts.models import User


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
    if published_on > now.astimezone(clock.ZONE).date():
        raise Refused(_("公开日期不能晚于今天。"))
    if not clean(place).strip():
        raise Refused(_("请填写公开渠道。"))
    made, new = Disclosure.objects.get_or_create(
        organisation=organisation,
        item=item,
        published_on=published_on,
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
