"""Each time that a grid is gone through: what was looked at; what was found becomes a hazard.

Source: grid standard 5.1.3, 5.6.1 (S2-5.1.3c, S2-5.6.1a, S2-5.6.1b).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import Permission
from accounts.reach import works_for
from core import clock
from core.errors import Conflict, Refused
from core.files import Received
from core.locking import held
from grids.hazards.moves import Side
from grids.models import GovernmentGrid, GridPairing, Patrol, PatrolPlan, PowerGrid
from grids.services.business_acts import plain
from grids.services.hazard_reports import Seen, report
from grids.services.patrol_plans import recorded, tell_other

RELATED = ("plan__organisation", "plan__department", "plan__checklist", "grid__enterprise")
RELATED += ("grid__station", "government_grid", "filed_by")
OK, FOUND, NONE = "ok", "found", "none"


@dataclass(frozen=True)
class Finding:
    """What was found at an item: words and photos, and where."""

    content: str
    photos: Sequence[Received] = ()
    place: str = ""
    transformer_area: str = ""


@dataclass(frozen=True)
class Walked:
    """What somebody says of a patrol: item → ok, found or none; and what was found."""

    results: Mapping[str, str]
    findings: Mapping[str, Finding] = field(default_factory=dict)
    note: str = ""
    point: tuple[float, float] | None = None


def going_side(patrol: Patrol, by: User) -> Side | None:
    """For which side somebody goes through a grid; None where they do not."""
    plan = patrol.plan
    unit = patrol.grid.organisation if patrol.grid else plan.organisation
    if Side.COMPANY in patrol.sides and works_for(by, Permission.HAZARD_HANDLE, unit):
        return Side.COMPANY
    place = plan.department
    if (
        Side.GOVERNMENT in patrol.sides
        and place is not None
        and works_for(by, Permission.HAZARD_HANDLE, place)
    ):
        return Side.GOVERNMENT
    return None


def file_refusal(patrol: Patrol, by: User, *, now: datetime) -> str:
    """Why somebody may not fill in a patrol now; empty when they may."""
    if going_side(patrol, by) is None:
        return _("由负责该网格的人员开展排查、巡视。")
    if patrol.plan.state != PatrolPlan.State.STANDING:
        return _("该计划没有在执行。")
    if patrol.state != Patrol.State.PLANNED:
        return _("该次排查、巡视已经填写。")
    if patrol.starts_on > clock.day_of(now):
        return _("还没有到开始日期。")
    return ""


@transaction.atomic
def file(
    patrol: Patrol, walked: Walked, *, by: User, now: datetime, at: datetime | None = None
) -> Patrol:
    """Write down what was looked at; each finding becomes a hazard. A joint check waits for the
    other side's signature. Raises ``Refused``, and ``Conflict`` where somebody else was first."""
    patrol = held(Patrol.objects, patrol.pk, *RELATED)
    if patrol.state != Patrol.State.PLANNED and going_side(patrol, by):
        raise Conflict(_("该次排查、巡视已经填写。"))
    if why_not := file_refusal(patrol, by, now=now):
        raise Refused(why_not)
    side = going_side(patrol, by)
    assert side is not None
    at = min(at or now, now)
    items = {one["code"]: one for one in patrol.plan.checklist.items}
    if set(walked.results) != set(items) or not set(walked.results.values()) <= {OK, FOUND, NONE}:
        raise Refused(_("请逐项填写结果。"))
    found = [code for code in items if walked.results[code] == FOUND]
    if missing := [items[code]["title"] for code in found if code not in walked.findings]:
        raise Refused(_("请写明隐患情况：%(items)s。") % {"items": "、".join(missing)})
    for code in found:
        _report(patrol, items[code], walked, side, by=by, now=now, at=at)
    joint = patrol.joint
    patrol.results = {code: {"result": walked.results[code]} for code in items}
    patrol.findings, patrol.note = len(found), plain(walked.note)
    patrol.state = Patrol.State.FILED if joint else Patrol.State.DONE
    patrol.filed_side, patrol.filed_by = side, by
    patrol.happened_at, patrol.filed_at = at, now
    patrol.in_time = clock.day_of(at) <= patrol.due_on
    if walked.point:
        patrol.longitude, patrol.latitude = walked.point
    patrol.save()
    recorded("file", patrol.plan, by=by, side=side, now=now, patrol=patrol.pk, found=len(found))
    if joint:
        name = patrol.plan.organisation if side is Side.COMPANY else patrol.plan.department
        given = {"by": by, "now": now, "side": name, "place": patrol.place}
        tell_other(patrol.plan, "sign", side, patrol=patrol, **given)
    return patrol


def _report(
    patrol: Patrol,
    item: Mapping[str, str],
    walked: Walked,
    side: Side,
    *,
    by: User,
    now: datetime,
    at: datetime,
) -> None:
    said = walked.findings[item["code"]]
    place = patrol.plan.organisation
    if side is Side.GOVERNMENT and patrol.plan.department:
        place = patrol.plan.department
    elif patrol.grid is not None:
        place = patrol.grid.organisation
    report(
        Seen(
            kind=item["kind"],
            content=said.content,
            place=said.place,
            transformer_area=said.transformer_area,
            point=walked.point,
        ),
        organisation=place,
        photos=said.photos,
        patrol=patrol,
        grid=patrol.grid or _only_partner(patrol.government_grid, on=patrol.due_on),
        by=by,
        now=now,
        at=at,
    )


def _only_partner(cell: GovernmentGrid | None, *, on: date) -> PowerGrid | None:
    """The one power grid that a government grid pairs with; None where there are several."""
    pairs = GridPairing.objects.on(on).filter(government_grid=cell)
    related = ("power_grid__enterprise", "power_grid__station")
    found = [one.power_grid for one in pairs.select_related(*related)[:2]]
    return found[0] if len(found) == 1 else None


def sign_refusal(patrol: Patrol, by: User) -> str:
    """Why somebody may not sign the other side's record; empty when they may."""
    if patrol.state != Patrol.State.FILED:
        return _("该次排查没有待确认的记录。")
    side = going_side(patrol, by)
    if side is None or side == patrol.filed_side:
        return _("由对方确认排查记录。")
    if by.pk == patrol.filed_by_id:
        return _("不能确认自己填写的记录，请由对方另一人确认。")
    return ""


@transaction.atomic
def sign(patrol: Patrol, *, by: User, now: datetime) -> Patrol:
    """The other side signs the record of a joint check, which ends it. Raises ``Refused``."""
    patrol = held(Patrol.objects, patrol.pk, *RELATED)
    if why_not := sign_refusal(patrol, by):
        raise Refused(why_not)
    patrol.state, patrol.confirmed_by, patrol.confirmed_at = Patrol.State.DONE, by, now
    patrol.save(update_fields=["state", "confirmed_by", "confirmed_at"])
    side = going_side(patrol, by)
    recorded("sign", patrol.plan, by=by, side=side, now=now, patrol=patrol.pk)
    return patrol
