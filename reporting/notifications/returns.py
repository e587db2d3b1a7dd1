"""Letters about returns: certification, receipt and arrival, deficiency, acceptance, reminders."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import Permission
from campaign.people import people_of
from core import clock
from core.letters import Letters, to_person, to_unit
from reporting.notifications.filing import chinese_time
from reporting.returns.periods import Period

if TYPE_CHECKING:
    from accounts.models import Organisation
    from reporting.models import Return, ReturnReview, ReturnVersion

# A letter names so many returns; the rest it counts.
MOST_LINES = 40


def url_of(entry: Return) -> str:
    return reverse("reporting:return", args=[entry.pk])


def words(entry: Return) -> dict[str, Any]:
    """What letters say of a return."""
    return {
        "title": entry.form.title,
        "period": Period(entry.period_start, entry.period_end).label,
        "organisation": entry.organisation.name,
        "recipient": entry.recipient.name,
        "due": chinese_time(entry.due_at),
    }


def _people(unit: Organisation, permission: Permission, *, now: datetime) -> list[User]:
    return people_of(unit, permission, on=clock.day_of(now))


def _filers(version: ReturnVersion) -> list[User]:
    """Those who filled it in; whoever fills in there where a system did."""
    found = list(User.objects.filter(pk__in=version.editors))
    entry = version.entry
    return found or _people(entry.organisation, Permission.FILING_DRAFT, now=version.created_at)


def to_certify(version: ReturnVersion, *, now: datetime) -> Letters:
    """To those who certify: a return waits for them."""
    entry = version.entry
    told = words(entry)
    return to_unit(
        key=f"return-certify-{version.pk}-{version.revision}",
        kind="return.certify",
        to=entry.organisation,
        people=_people(entry.organisation, Permission.FILING_CERTIFY, now=now),
        subject=_("待复核认证：%(title)s（%(period)s）") % told,
        body=_("“%(title)s”（%(period)s）已填好，请复核认证后报送，截止时间%(due)s。") % told,
        url=url_of(entry),
        mail=False,
    )


def filed(version: ReturnVersion, *, now: datetime) -> Letters:
    """The receipt to the unit, word of the arrival to whoever reviews."""
    entry = version.entry
    assert version.submitted_at is not None
    told = {
        **words(entry),
        "number": version.receipt_number,
        "time": chinese_time(version.submitted_at),
        "digest": version.digest,
        "version": version.number,
        "late": _("（逾期报送）") if version.is_late else "",
        "files": _workbooks(version),
    }
    needed = Permission.FILING_CERTIFY if entry.recipient.is_company else Permission.FILING_REVIEW
    people = [*_filers(version), *([version.certified_by] if version.certified_by else [])]
    receipt = to_unit(
        key=f"return-receipt-{version.pk}",
        kind="return.receipt",
        to=entry.organisation,
        people=people,
        subject=_("报送回执 %(number)s：%(title)s（%(period)s）") % told,
        body=_(
            "你单位报送的“%(title)s”（%(period)s）第%(version)d版已于%(time)s送达"
            "%(recipient)s%(late)s。\n回执编号：%(number)s\n内容摘要（SHA-256）：%(digest)s%(files)s"
        )
        % told,
        url=url_of(entry),
    )
    return receipt + to_unit(
        key=f"return-arrival-{version.pk}",
        kind="return.arrival",
        to=entry.recipient,
        people=_people(entry.recipient, needed, now=now),
        subject=_("收到报表：%(organisation)s %(title)s（%(period)s）%(late)s") % told,
        body=_("%(organisation)s报送的“%(title)s”（%(period)s）已送达，请审核。") % told,
        url=url_of(entry),
        mail=False,
    )


def _workbooks(version: ReturnVersion) -> str:
    """The workbook that the rows came from, last of several: its name and its own fingerprint."""
    last = version.uploads.select_related("file").last()
    if last is None:
        return ""
    told = {"name": last.file.name, "sha256": last.file.sha256}
    return "\n" + _("上传文件：%(name)s（SHA-256：%(sha256)s）") % told


def deficiencies(deficient: Sequence[dict[str, str]]) -> str:
    """One numbered line per cell: where, what, under which rule."""
    line = _("%(number)d. 工作表“%(sheet)s”%(cell)s：%(problem)s（依据：%(rule)s）")
    return "\n".join(
        line % {"number": number, **item} for number, item in enumerate(deficient, start=1)
    )


def returned(version: ReturnVersion, review: ReturnReview, *, now: datetime) -> Letters:
    """The deficiency letter: each cell, its rule and the new date."""
    entry = version.entry
    told = {
        **words(entry),
        "version": version.number,
        "list": deficiencies(review.deficient),
        "comment": review.comment,
    }
    body = _(
        "你单位报送的“%(title)s”（%(period)s）第%(version)d版须补正：\n%(list)s\n%(comment)s\n"
        "请于%(due)s前补正后重新报送。"
    )
    return to_unit(
        key=f"return-returned-{review.pk}",
        kind="return.returned",
        to=entry.organisation,
        people=_filers(version),
        subject=_("退回补正：%(title)s（%(period)s）") % told,
        body=body % told,
        url=url_of(entry),
    )


def accepted(version: ReturnVersion, review: ReturnReview, *, now: datetime) -> Letters:
    """Word of the acceptance."""
    entry = version.entry
    told = {**words(entry), "version": version.number}
    return to_unit(
        key=f"return-accepted-{review.pk}",
        kind="return.accepted",
        to=entry.organisation,
        people=_filers(version),
        subject=_("审核通过：%(title)s（%(period)s）") % told,
        body=_("你单位报送的“%(title)s”（%(period)s）第%(version)d版已审核通过。") % told,
        url=url_of(entry),
        mail=False,
    )


def recheck(
    version: ReturnVersion, period: str, found: Sequence[dict[str, str]], *, now: datetime
) -> Letters:
    """Word to the unit: an earlier period was corrected, and here is what no longer fits."""
    entry = version.entry
    line = _("%(number)d. 工作表“%(sheet)s”%(cell)s：%(problem)s%(remedy)s")
    listed = [line % {"number": n, **item} for n, item in enumerate(found[:MOST_LINES], start=1)]
    told = {**words(entry), "earlier": period, "list": "\n".join(listed)}
    return to_unit(
        key=f"return-recheck-{version.pk}-{now:%Y%m%d%H%M%S}",
        kind="return.recheck",
        to=entry.organisation,
        people=_filers(version),
        subject=_("请核对：%(title)s（%(period)s）") % told,
        body=_("“%(title)s”%(earlier)s的报表已更正，%(period)s的下列内容需要核对：\n%(list)s")
        % told,
        url=url_of(entry),
        mail=False,
    )


def reminder(person: User, owed: Sequence[Return], *, today: date, now: datetime) -> Letters:
    """One letter, by mail and as a notice, with all that a person's unit is reminded of today."""
    line = _("%(organisation)s “%(title)s”（%(period)s），截止时间%(due)s%(late)s")
    lines = [
        line % {**words(entry), "late": _("，已逾期") if now > entry.due_at else ""}
        for entry in owed[:MOST_LINES]
    ]
    if left_out := len(owed) - len(lines):
        lines.append(_("另有%(count)d张，请登录平台查看。") % {"count": left_out})
    late = sum(now > entry.due_at for entry in owed)
    subject = (
        _("待报送的定期报表（%(count)d张，逾期%(late)d张）")
        if late
        else _("待报送的定期报表（%(count)d张）")
    )
    only = owed[0] if len(owed) == 1 else None
    return to_person(
        key=f"return-reminder-{person.pk}-{today:%Y%m%d}",
        kind="return.reminder",
        to=person,
        subject=subject % {"count": len(owed), "late": late},
        body="\n".join(lines),
        url=url_of(only) if only else reverse("reporting:return_list"),
    )
