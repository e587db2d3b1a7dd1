"""An appeal (申诉) against how a complaint was handled: a case of its own, tied to the first."""

from __future__ import annotations

from itertools import count

from django.utils.translation import gettext as _

from complaints.models import Case, CaseLink
from complaints.services.doing import Doing
from complaints.services.receiving import receive
from complaints.services.records import Record
from core.errors import Refused


def open_appeal(doing: Doing) -> Case:
    """Register the appeal with whoever received the complaint. Raises ``Refused``."""
    first = doing.case
    if not first.owner.is_regulator:
        raise Refused(_("申诉由监管机构登记。"))
    record = Record(
        number=free_number(first),
        received_at=doing.at,
        channel=first.channel,
        nature="appeal",
        industry=first.industry,
        category=first.category,
        organisation=first.organisation.code if first.organisation else "",
        target=first.target,
        region=first.region_id or "",
        complainant_name=first.complainant_name,
        complainant_phone=first.complainant_phone,
        anonymous=first.anonymous,
        confidential=first.confidential,
        address=first.address,
        account_no=first.account_no,
        area_type=first.area_type,
        content=doing.answers["text"],
        linked_number=first.number,
    )
    appeal, _new = receive(
        record, source=first.source, owner=first.owner, by=doing.actor.user, now=doing.now
    )
    Case.objects.filter(pk=appeal.pk).update(appeal_of=first)
    CaseLink.objects.create(
        a=first,
        b=appeal,
        kind=CaseLink.Kind.APPEAL,
        state=CaseLink.State.CONFIRMED,
        certain=True,
        by=doing.actor.user,
        at=doing.now,
    )
    return appeal


def free_number(first: Case) -> str:
    """…-S1; long numbers are cut, and where two are then alike the next one is taken."""
    longest = Case._meta.get_field("number").max_length
    numbers = (f"{first.number[: longest - len(f'-S{n}')]}-S{n}" for n in count(1))
    taken = Case.objects.filter(owner=first.owner)
    return next(number for number in numbers if not taken.filter(number=number).exists())
