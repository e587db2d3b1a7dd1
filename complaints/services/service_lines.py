"""Hotlines: registered, ended, and the monthly return of how they served (S2-6.4.1)."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Organisation, User
from accounts.permissions import Permission
from accounts.reach import works_for
from complaints.models import Hotline, HotlineReturn
from core import audit, clock, masking
from core.errors import Refused


@dataclass(frozen=True)
class Figures:
    """What a month's return says. ``recordings`` in months; ``score`` of 100, none unsampled."""

    calls: int
    connected: int
    staff: int
    samples: int
    score: Decimal | None
    recordings: int


def refusal(hotline: Hotline, *, by: User) -> str:
    """Why a person may not keep the register and the returns of a hotline; empty: they may."""
    return _refusal(by, hotline.organisation, hotline.responsible)


def _refusal(by: User, *places: Organisation) -> str:
    for place in places:
        if place.is_company and works_for(by, Permission.CASE_HANDLE, place):
            return ""
    return _("服务热线由开通单位或责任单位登记、报送。")


@transaction.atomic
def register(
    organisation: Organisation,
    *,
    number: str,
    channel: str,
    hours: str,
    responsible: Organisation,
    opened_on: date,
    by: User,
    now: datetime,
) -> Hotline:
    """Enter a hotline of a unit. Raises ``Refused``."""
    if why_not := _refusal(by, organisation):
        raise Refused(why_not)
    Organisation.objects.select_for_update(of=("self",)).get(pk=organisation.pk)
    if Hotline.objects.open().filter(organisation=organisation, number=number).exists():
        raise Refused(_("该单位已登记号码%(number)s。") % {"number": number})
    if opened_on > clock.day_of(now):
        raise Refused(_("开通日期不能晚于今天。"))
    made = Hotline.objects.create(
        organisation=organisation,
        number=number,
        channel=channel,
        hours=hours,
        responsible=responsible,
        opened_on=opened_on,
    )
    audit.record(
        "hotline.register", made, by=by, now=now, organisation=organisation, channel=channel
    )
    return made


@transaction.atomic
def end(hotline: Hotline, *, closed_on: date, reason: str, by: User, now: datetime) -> None:
    """A hotline is not served any more; its returns stay. Raises ``Refused``."""
    hotline = _locked(hotline, by)
    if not hotline.opened_on <= closed_on <= clock.day_of(now):
        raise Refused(_("停用日期须在开通日期之后，不晚于今天。"))
    hotline.closed_on = closed_on
    hotline.save(update_fields=["closed_on"])
    audit.record(
        "hotline.end",
        hotline,
        by=by,
        now=now,
        organisation=hotline.organisation,
        reason=masking.mask_text(reason),
        closed_on=closed_on.isoformat(),
    )


@transaction.atomic
def file_return(
    hotline: Hotline,
    *,
    month: date,
    figures: Figures,
    correction: str = "",
    by: User,
    now: datetime,
) -> HotlineReturn:
    """File a month that is over; again only with the reason of the correction.

    Raises ``Refused``.
    """
    hotline = _locked(hotline, by)
    month, correction = month.replace(day=1), masking.mask_text(correction)
    if month >= clock.day_of(now).replace(day=1):
        raise Refused(_("当月结束后才能报送。"))
    if month < hotline.opened_on.replace(day=1):
        raise Refused(_("热线当时还没有开通。"))
    standing = hotline.returns.standing().filter(month=month)
    before = standing.first()
    if before is not None and not correction:
        raise Refused(_("本月已经报送；更正须填写更正原因。"))
    _check(figures)
    said = {**asdict(figures), "correction": correction, "filed_by": by}
    if before is not None and all(getattr(before, name) == one for name, one in said.items()):
        # The same correction once more: the form came twice.
        return before
    standing.update(replaced_at=now)
    made = HotlineReturn.objects.create(
        hotline=hotline,
        month=month,
        correction=correction if before is not None else "",
        filed_by=by,
        filed_at=now,
        **asdict(figures),
    )
    audit.record(
        "hotline.correct" if before is not None else "hotline.file",
        hotline,
        by=by,
        now=now,
        organisation=hotline.organisation,
        reason=made.correction,
        month=f"{month:%Y-%m}",
        **{name: str(value) for name, value in asdict(figures).items()},
    )
    return made


def _check(figures: Figures) -> None:
    if figures.connected > figures.calls:
        raise Refused(_("接通量不能大于呼入量。"))
    if (figures.score is None) != (figures.samples == 0):
        raise Refused(_("抽检了录音的须填写得分，没有抽检的不填。"))
    if figures.score is not None and not 0 <= figures.score <= 100:
        raise Refused(_("得分须在0到100之间。"))


def _locked(hotline: Hotline, by: User) -> Hotline:
    """The hotline, if it is in service and the person may keep it."""
    found = (
        Hotline.objects.select_for_update(of=("self",))
        .select_related("organisation", "responsible")
        .get(pk=hotline.pk)
    )
    if why_not := refusal(found, by=by):
        raise Refused(why_not)
    if found.closed_on is not None:
        raise Refused(_("热线已经停用。"))
    return found
