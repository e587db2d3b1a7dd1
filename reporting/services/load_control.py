"""Mixed lines, what load control reaches, and who yields load when asked.

Source: S1-3.3.1(4)b, S2-5.1.1b, S2-5.1.1c; residents and protected users are never chosen
(S2-5.1.1d).
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.models import Organisation
from accounts.permissions import Permission
from accounts.reach import works_for
from core import audit, clock, masking
from core.errors import Refused
from reporting import shortage
from reporting.models import LoadControl, MixedLine, OrderedUsePlan, PlanRow, ResponseResource

if TYPE_CHECKING:
    from accounts.models import User


# How a line was mended → where the day is kept.
FINISHED = {"fitted": "done_on", "separated": "separated_on"}


def refusal(organisation: Organisation, *, by: User) -> str:
    """Why the person may not keep the registers of a unit; empty when they may."""
    if organisation.is_company and works_for(by, Permission.FILING_DRAFT, organisation):
        return ""
    return _("由供电单位具有“填报”权限的人员登记。")


def _lock(organisation: Organisation, by: User) -> None:
    if why_not := refusal(organisation, by=by):
        raise Refused(why_not)
    Organisation.objects.select_for_update(of=("self",)).get(pk=organisation.pk)


def _record(name: str, one: Any, *, by: User, now: datetime, **details: Any) -> None:
    audit.record(name, one, by=by, now=now, organisation=one.organisation, **details)


@transaction.atomic
def register_line(
    organisation: Organisation,
    *,
    code: str,
    name: str,
    substation: str,
    residents: int,
    enterprises: int,
    separable: bool,
    due_on: date | None,
    note: str,
    by: User,
    now: datetime,
) -> MixedLine:
    """Enter a line that enterprises share with residents. Raises ``Refused``."""
    _lock(organisation, by)
    if MixedLine.objects.filter(organisation=organisation, code=code.strip()).exists():
        raise Refused(_("线路%(code)s已经登记。") % {"code": code.strip()})
    if not separable and due_on is None:
        raise Refused(_("难以分离的线路，须填写断电设施加装期限。"))
    made = MixedLine.objects.create(
        organisation=organisation,
        code=code.strip(),
        name=name.strip(),
        substation=substation.strip(),
        residents=residents,
        enterprises=enterprises,
        separable=separable,
        due_on=due_on,
        note=masking.mask_text(note.strip()),
        entered_by=by,
        entered_at=now,
    )
    _record("mixed_line.register", made, by=by, now=now, code=made.code)
    return made


@transaction.atomic
def finish_line(line: MixedLine, *, how: str, done_on: date, by: User, now: datetime) -> None:
    """The device was fitted ("fitted") or the line parted ("separated"). Raises ``Refused``."""
    found = (
        MixedLine.objects.select_for_update(of=("self",))
        .select_related("organisation")
        .get(pk=line.pk)
    )
    if why_not := refusal(found.organisation, by=by):
        raise Refused(why_not)
    if done_on > clock.day_of(now):
        raise Refused(_("完成日期不能晚于今天。"))
    if done_on < (entered := clock.day_of(found.entered_at)):
        raise Refused(_("完成日期不能早于登记线路的日期%(day)s。") % {"day": entered})
    if (name := FINISHED.get(how)) is None:
        raise Refused(_("请选择办理情况。"))
    if getattr(found, name) is not None:
        raise Refused(_("已登记完成。"))
    setattr(found, name, done_on)
    fields = [name]
    if name == "separated_on":
        found.separation_entered_at = now
        fields.append("separation_entered_at")
    found.save(update_fields=fields)
    _record(f"mixed_line.{how}", found, by=by, now=now, done_on=done_on.isoformat())


@transaction.atomic
def enter_control(
    organisation: Organisation,
    *,
    counted_on: date,
    peak_mw: Decimal,
    monitored_mw: Decimal,
    controlled_mw: Decimal,
    users: int,
    managed_users: int,
    basis: str,
    correction: str,
    by: User,
    now: datetime,
) -> LoadControl:
    """Say what a unit can watch and control; of the same day again with a reason.

    Raises ``Refused``.
    """
    _lock(organisation, by)
    if counted_on > clock.day_of(now):
        raise Refused(_("统计日期不能晚于今天。"))
    if not 0 <= controlled_mw <= monitored_mw <= peak_mw or not peak_mw:
        raise Refused(_("可控制负荷不超过可监测负荷，可监测负荷不超过最大用电负荷。"))
    if managed_users > users:
        raise Refused(_("已纳入管理用户数不能大于应纳入用户数。"))
    standing = LoadControl.objects.standing().filter(
        organisation=organisation, counted_on=counted_on
    )
    if standing.exists() and not correction.strip():
        raise Refused(_("该日已经登记；更正须填写更正原因。"))
    replaced = standing.update(replaced_at=now)
    made = LoadControl.objects.create(
        organisation=organisation,
        counted_on=counted_on,
        peak_mw=peak_mw,
        monitored_mw=monitored_mw,
        controlled_mw=controlled_mw,
        users=users,
        managed_users=managed_users,
        basis=masking.mask_text(basis.strip()),
        correction=masking.mask_text(correction.strip()) if replaced else "",
        entered_by=by,
        entered_at=now,
    )
    _record("load_control.enter", made, by=by, now=now, reason=made.correction)
    return made


@transaction.atomic
def add_resource(
    organisation: Organisation,
    *,
    grid: str,
    user_no: str,
    user_name: str,
    kind: str,
    capacity_kw: Decimal,
    notice_minutes: int,
    agreed_on: date,
    by: User,
    now: datetime,
) -> ResponseResource:
    """Enter a user who yields load when asked; no resident and nobody protected.

    Raises ``Refused``.
    """
    _lock(organisation, by)
    user_no = user_no.strip()
    if reason := protected(organisation, user_no) or named_protected(
        organisation, user_name, on=clock.day_of(now)
    ):
        raise Refused(reason)
    if reason := beyond(organisation, user_no, capacity_kw):
        raise Refused(reason)
    if (
        ResponseResource.objects.standing()
        .filter(organisation=organisation, user_no=user_no)
        .exists()
    ):
        raise Refused(_("户号%(number)s已经登记。") % {"number": user_no})
    made = ResponseResource.objects.create(
        organisation=organisation,
        grid=grid.strip(),
        user_no=user_no,
        user_name=masking.mask_text(user_name.strip()),
        kind=kind,
        capacity_kw=capacity_kw,
        notice_minutes=notice_minutes,
        agreed_on=agreed_on,
        entered_by=by,
        entered_at=now,
    )
    _record("response.add", made, by=by, now=now, resource=kind)
    return made


def protected(organisation: Organisation, user_no: str) -> str:
    """Why a user must be kept supplied, by the plans of the unit; empty when nothing says so."""
    plans = OrderedUsePlan.objects.filter(organisation=organisation)
    rows = PlanRow.objects.filter(plan__in=plans, user_no=user_no)
    if rows.filter(user_class="居民").exists():
        return _("户号%(number)s是居民用户，不能列为需求响应资源。") % {"number": user_no}
    if named := rows.exclude(protected="").first():
        words = {"number": user_no, "group": named.protected}
        return _("户号%(number)s属优先保障用户（%(group)s），不能列为需求响应资源。") % words
    return ""


def named_protected(organisation: Organisation, user_name: str, *, on: date) -> str:
    """Why a user's name tells that it must be kept supplied; empty when it does not."""
    for group in shortage.plan_rules(organisation, on=on).protected.values():
        for word in group.words:
            if word in user_name and not group.security_load_only:
                words = {"word": word, "group": group.label}
                return (
                    _(
                        "用户名称含“%(word)s”，属优先保障用户（%(group)s），不能列为需求响应资源；"
                        "名称有误的请更正后再登记。"
                    )
                    % words
                )
    return ""


def beyond(organisation: Organisation, user_no: str, capacity_kw: Decimal) -> str:
    """Why a user cannot yield so much: more than it uses by the plan, or than the unit's peak."""
    rows = PlanRow.objects.filter(plan__in=OrderedUsePlan.objects.in_force(), user_no=user_no)
    own = rows.filter(plan__organisation__path__startswith=organisation.path)
    most = own.aggregate(most=Max("max_load_kw"))["most"]
    if most is not None and capacity_kw > most:
        return _("可响应负荷超过该户在有序用电方案中的最大负荷%(most)d千瓦。") % {"most": most}
    known = LoadControl.objects.standing().filter(organisation=organisation)
    peak = known.order_by("-counted_on").values_list("peak_mw", flat=True).first()
    if peak is not None and capacity_kw > peak * 1000:
        return _("可响应负荷超过本单位最大用电负荷%(peak)s兆瓦。") % {"peak": peak}
    return ""


@transaction.atomic
def end_resource(resource: ResponseResource, *, ended_on: date, by: User, now: datetime) -> None:
    """A user takes no part any more. Raises ``Refused``."""
    found = (
        ResponseResource.objects.select_for_update(of=("self",))
        .select_related("organisation")
        .get(pk=resource.pk)
    )
    if why_not := refusal(found.organisation, by=by):
        raise Refused(why_not)
    if found.ended_on is not None:
        raise Refused(_("已经退出。"))
    if not found.agreed_on <= ended_on <= clock.day_of(now):
        raise Refused(_("退出日期须在签约日期之后，不晚于今天。"))
    found.ended_on = ended_on
    found.save(update_fields=["ended_on"])
    _record("response.end", found, by=by, now=now)
