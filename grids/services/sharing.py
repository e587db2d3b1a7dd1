"""Sharing agreements and the jobs under them: who shares what with whom, what for, how long.

Source: grid standard 4.3.1 (S2-4.3.1b), 5.5.1 (S2-5.5.1a).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.models import Organisation, Region
from accounts.permissions import Permission
from accounts.reach import works_for
from core import audit, clock, masking
from core.errors import Refused
from core.locking import held
from grids import access, sharing_letters
from grids.models import ExchangeJob, SharingAgreement
from grids.models.rules import nearest
from grids.queries import standing
from grids.sharing import fields as catalogue
from grids.sharing import moves
from grids.sharing.moves import AgreementMove, AgreementState

if TYPE_CHECKING:
    from accounts.models import User

Direction = SharingAgreement.Direction
LEAST_PURPOSE = 4
# Of every record that comes in: its number there, and of which day it is.
NUMBER, AS_OF = "number", "as_of"
RELATED = ("company", "government", "drafted_by", "decided_by", "ended_by")


@dataclass(frozen=True)
class Terms:
    """What two parties agree."""

    company: Organisation
    government: Organisation
    direction: str
    fields: Sequence[str]
    purpose: str
    starts_on: date
    ends_on: date
    document: str = ""


def limit(code: str, organisation: Organisation, *, on: date) -> int:
    """The value of a grid rule for a unit on a day."""
    found = nearest(standing.limits(on=on).get(code, ()), organisation)
    if found is None:
        raise Refused(_("没有登记规则%(code)s。") % {"code": code})
    return found.value


@transaction.atomic
def propose(terms: Terms, *, by: User, now: datetime) -> SharingAgreement:
    """Draft an agreement; it holds when somebody else approved it. Raises ``Refused``."""
    if not works_for(by, Permission.SHARING_MANAGE, terms.company):
        raise Refused(_("共享协议由%(company)s起草。") % {"company": terms.company})
    Organisation.objects.select_for_update(of=("self",)).get(pk=terms.company.pk)
    today = clock.day_of(now)
    _check(terms, today)
    order = list(catalogue.catalogue(on=terms.starts_on))
    fields = sorted(set(terms.fields), key=order.index)
    same = SharingAgreement.objects.filter(
        company=terms.company,
        government=terms.government,
        direction=terms.direction,
        starts_on=terms.starts_on,
        ends_on=terms.ends_on,
        state__in=(AgreementState.ASKED, AgreementState.APPROVED),
    )
    if any(one.fields == fields for one in same):
        raise Refused(_("相同的协议已经登记。"))
    made = SharingAgreement.objects.create(
        number=_number(terms.company, today),
        company=terms.company,
        government=terms.government,
        direction=terms.direction,
        fields=fields,
        purpose=masking.mask_text(terms.purpose.strip()),
        document=terms.document.strip(),
        starts_on=terms.starts_on,
        ends_on=terms.ends_on,
        drafted_by=by,
        drafted_at=now,
    )
    _record("propose", made, by=by, now=now, fields=fields)
    sharing_letters.asked(made, now=now)
    return made


def _check(terms: Terms, today: date) -> None:
    known = catalogue.catalogue(on=terms.starts_on)
    government = Organisation.Kind.GOVERNMENT_DEPARTMENT
    if not terms.company.is_company or terms.government.kind != government:
        raise Refused(_("共享协议由供电企业和政府网格主管部门订立。"))
    if not access.related(terms.government.region_id, terms.company.region_id):
        raise Refused(_("该政府部门不在供电企业的供电地区。"))
    if not terms.fields or not set(terms.fields) <= set(known):
        raise Refused(_("请在共享字段目录中选择字段。"))
    if len(terms.purpose.strip()) < LEAST_PURPOSE:
        raise Refused(_("请写明用途（至少%(length)d个字）。") % {"length": LEAST_PURPOSE})
    if terms.ends_on < terms.starts_on or terms.ends_on < today:
        raise Refused(_("到期日期不能早于生效日期和今天。"))
    sensitive = [one for one in terms.fields if known[one].is_sensitive]
    most = limit("sharing_sensitive_days", terms.company, on=terms.starts_on)
    if sensitive and (terms.ends_on - terms.starts_on).days + 1 > most:
        text = _("含敏感字段（%(fields)s）的协议期限不得超过%(most)d天。")
        raise Refused(text % {"fields": catalogue.titles(sensitive), "most": most})


def _number(company: Organisation, day: date) -> str:
    """Under the lock of the region: its numbers follow each other, whichever company asks."""
    Region.objects.select_for_update(no_key=True).filter(pk=company.region_id).first()
    head = f"GX{company.region_id or ''}{day:%Y%m%d}"
    rows = SharingAgreement.objects.filter(number__startswith=head)
    last = rows.aggregate(last=Max("number"))["last"]
    return f"{head}{int(last[len(head) :]) + 1 if last else 1:03d}"


def refusal(move: AgreementMove, agreement: SharingAgreement, *, by: User) -> str:
    """Why a person may not make a move of an agreement; empty when they may."""
    if not works_for(by, Permission.SHARING_APPROVE, agreement.company):
        return _("“%(move)s”由%(company)s负责人办理。") % {
            "move": move.label,
            "company": agreement.company,
        }
    if move is not AgreementMove.END and by.pk == agreement.drafted_by_id:
        return _("起草人不能审批自己起草的协议，请由另一人审批。")
    return moves.refusal(move, agreement.state)


@transaction.atomic
def decide(
    agreement: SharingAgreement, *, move: AgreementMove, note: str = "", by: User, now: datetime
) -> SharingAgreement:
    """Approve, refuse or end an agreement. Raises ``Refused``."""
    agreement = held(SharingAgreement.objects, agreement.pk, *RELATED)
    if why_not := refusal(move, agreement, by=by):
        raise Refused(why_not)
    text = masking.mask_text(note.strip())[:300]
    if move is not AgreementMove.APPROVE and not text:
        raise Refused(_("请写明原因。"))
    agreement.state = moves.target(move)
    if move is AgreementMove.END:
        agreement.ended_by, agreement.ended_at, agreement.end_reason = by, now, text
    else:
        agreement.decided_by, agreement.decided_at, agreement.decision = by, now, text
    agreement.save()
    _record(move.value, agreement, by=by, now=now, state=agreement.state)
    sharing_letters.decided(agreement, now=now)
    return agreement


def _record(
    kind: str, agreement: SharingAgreement, *, by: User, now: datetime, **details: object
) -> None:
    audit.record(
        f"sharing.{kind}",
        agreement,
        by=by,
        now=now,
        organisation=agreement.company,
        number=agreement.number,
        **details,
    )


def exchange_refusal(
    agreement: SharingAgreement, direction: str, fields: Iterable[str], *, on: date
) -> str:
    """Why nothing may be exchanged under an agreement on a day, or not these fields."""
    words = {"number": agreement.number, "state": agreement.get_state_display()}
    if agreement.state != AgreementState.APPROVED:
        return _("协议%(number)s为“%(state)s”，不在有效期内，不能交换数据。") % words
    if not agreement.stands_on(on):
        words |= {"first": str(agreement.starts_on), "last": str(agreement.ends_on)}
        return _("协议%(number)s的有效期为%(first)s至%(last)s，今天不能交换数据。") % words
    if agreement.direction not in (direction, Direction.BOTH):
        label = agreement.get_direction_display()
        return _("协议%(number)s只约定“%(label)s”。") % {**words, "label": label}
    if outside := sorted(set(fields) - {*agreement.fields, NUMBER, AS_OF}):
        titles = catalogue.titles(outside)
        text = _("字段“%(fields)s”不在协议%(number)s的共享字段内，不能交换。")
        return text % {**words, "fields": titles}
    return ""


@transaction.atomic
def set_up(
    agreement: SharingAgreement,
    *,
    title: str,
    direction: str,
    pairs: Sequence[tuple[str, str]],
    cycle_days: int | None = None,
    by: User,
    now: datetime,
) -> ExchangeJob:
    """Say how files of an agreement look: (their column, our field). Raises ``Refused``."""
    agreement = held(SharingAgreement.objects, agreement.pk, *RELATED)
    if not works_for(by, Permission.SHARING_MANAGE, agreement.company):
        raise Refused(_("交换作业由%(company)s设置。") % {"company": agreement.company})
    ours = [one for _theirs, one in pairs]
    theirs = [one.strip() for one, _ours in pairs]
    today = clock.day_of(now)
    # What begins later may be prepared; what is over or not agreed may not.
    on = max(today, agreement.starts_on)
    if why_not := exchange_refusal(agreement, direction, ours, on=on):
        raise Refused(why_not)
    if len(set(ours)) < len(ours) or len(set(theirs)) < len(theirs) or not all(theirs):
        raise Refused(_("一列只能对应一个字段，一个字段只能对应一列。"))
    if NUMBER not in ours:
        raise Refused(_("须有一列对应“编号”，重复接收时以它识别同一条记录。"))
    if not set(ours) - {NUMBER, AS_OF}:
        raise Refused(_("请至少对应一个共享字段。"))
    if agreement.jobs.filter(title=title.strip()).exists():
        raise Refused(_("该协议已有同名的交换作业。"))
    job = ExchangeJob.objects.create(
        agreement=agreement,
        title=title.strip(),
        direction=direction,
        pairs=[{"theirs": a, "ours": b} for a, b in zip(theirs, ours, strict=True)],
        cycle_days=cycle_days,
        created_by=by,
        created_at=now,
    )
    _record("job", agreement, by=by, now=now, job=job.pk, fields=ours)
    return job


def kept_until(agreement: SharingAgreement) -> date:
    """The last day on which what came in under an agreement is kept: so long after its end."""
    last = agreement.last_day
    return last + timedelta(days=limit("sharing_keep", agreement.company, on=last))


@transaction.atomic
def warn_of_ends(*, now: datetime) -> None:
    """Tell people of agreements that end soon, once each."""
    today = clock.day_of(now)
    waiting = SharingAgreement.objects.in_force(on=today).filter(warned_at__isnull=True)
    if not waiting.exists():
        return
    for one in waiting.select_related(*RELATED).select_for_update(of=("self",)):
        if (one.ends_on - today).days <= limit("sharing_warn", one.company, on=today):
            one.warned_at = now
            one.save(update_fields=["warned_at"])
            sharing_letters.ends_soon(one, now=now)
