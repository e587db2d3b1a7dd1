"""What every move of a hazard has in common: who acts for whom, why not, the record, photos."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.models import Organisation, User
from accounts.permissions import Permission
from accounts.reach import works_for
from accounts.staff import Directory, people_of
from core import audit, clock, files, masking
from core.errors import Refused
from core.files import Received
from core.locking import held
from grids.hazards import moves
from grids.hazards.moves import Move, Side
from grids.models import Hazard, HazardEvent, HazardPhoto
from grids.services.business_acts import plain, reason

if TYPE_CHECKING:
    from grids.models import PowerGrid

__all__ = ["plain", "reason"]
PURPOSE = "hazard"
MOST_PHOTOS = 6
RELATED = ("kind", "grade", "grid__enterprise", "grid__station", "organisation", "department")
RELATED += ("reporter", "company_owner", "government_owner", "rectified_by", "verified_by")


def sides_of(hazard: Hazard, by: User) -> frozenset[Side]:
    """For whom somebody acts in a hazard."""
    found = set()
    if works_for(by, Permission.HAZARD_MANAGE, hazard.organisation):
        found.add(Side.MANAGER)
    if works_for(by, Permission.HAZARD_HANDLE, hazard.organisation):
        found.add(Side.COMPANY)
    department = hazard.department
    if department is not None and works_for(by, Permission.HAZARD_HANDLE, department):
        found.add(Side.GOVERNMENT)
    owners = (hazard.company_owner_id, hazard.government_owner_id)
    if by.pk in owners and by.can(Permission.HAZARD_HANDLE):
        found.add(Side.OWNER)
    return frozenset(found)


def side_of(hazard: Hazard, by: User) -> Side | None:
    """Company or government; None for who works for neither."""
    sides = sides_of(hazard, by)
    if sides & {Side.MANAGER, Side.COMPANY}:
        return Side.COMPANY
    return Side.GOVERNMENT if Side.GOVERNMENT in sides else None


def refusal(move: Move, hazard: Hazard, by: User) -> str:
    """Why somebody may not make a move now; empty when they may."""
    if why_not := moves.refusal(move, hazard.state, sides_of(hazard, by)):
        return why_not
    rule = _RULES.get(move)
    return rule(hazard, by) if rule else ""


def _locate(hazard: Hazard, by: User) -> str:
    return _("该隐患已经确定网格。") if hazard.grid_id else ""


def _grade(hazard: Hazard, by: User) -> str:
    return "" if hazard.grid_id else _("请先确定隐患所在的电力网格。")


def _accept(hazard: Hazard, by: User) -> str:
    mine = hazard.company_owner_id == by.pk
    at = hazard.company_accepted_at if mine else hazard.government_accepted_at
    return _("您已经认领，等待另一方。") if at else ""


def _dismiss(hazard: Hazard, by: User) -> str:
    # Who gave it back is still named as its owner until it is given to another.
    if by.pk in (hazard.company_owner_id, hazard.government_owner_id):
        return _("治理责任人不能对自己负责的隐患办理不予列入，请由另一人办理。")
    return ""


def _extend(hazard: Hazard, by: User) -> str:
    if by.pk in (hazard.company_owner_id, hazard.government_owner_id):
        return _("治理责任人不能给自己延期。")
    return ""


def _verify(hazard: Hazard, by: User) -> str:
    return _("不能核验自己治理的隐患。") if by.pk == hazard.rectified_by_id else ""


def _close(hazard: Hazard, by: User) -> str:
    if hazard.joint:
        # Whoever put it right may be the only officer there is: the other side has verified it.
        same = side_of(hazard, by) == hazard.verified_side
        return _("共同治理的隐患一方核验后，由另一方销号。") if same else ""
    return _("不能给自己治理的隐患销号。") if by.pk == hazard.rectified_by_id else ""


_RULES = {
    Move.LOCATE: _locate,
    Move.GRADE: _grade,
    Move.DISMISS: _dismiss,
    Move.ACCEPT: _accept,
    Move.EXTEND: _extend,
    Move.VERIFY: _verify,
    Move.CLOSE: _close,
}


def locked(move: Move, hazard: Hazard, *, by: User) -> Hazard:
    hazard = held(Hazard.objects, hazard.pk, *RELATED)
    if why_not := refusal(move, hazard, by):
        raise Refused(why_not)
    return hazard


def acting(hazard: Hazard, by: User | None) -> Organisation:
    """For which of its organisations somebody acts."""
    if by is not None and hazard.department and side_of(hazard, by) is Side.GOVERNMENT:
        return hazard.department
    return hazard.organisation


def note(
    hazard: Hazard,
    move: Move,
    *,
    by: User | None,
    text: str = "",
    place: Organisation | None = None,
    now: datetime,
    at: datetime,
) -> HazardEvent:
    """Write it into the record of the hazard and into the audit trail.

    ``place``: for whom it was done, where a system did it and not a person.
    """
    last = hazard.events.aggregate(n=Max("sequence"))["n"] or 0
    place = place or acting(hazard, by)
    event = HazardEvent.objects.create(
        hazard=hazard,
        sequence=last + 1,
        kind=move,
        at=at,
        by=by,
        organisation=place,
        text=plain(text),
    )
    audit.record(
        f"hazard.{move.value}",
        hazard,
        by=by,
        now=now,
        organisation=place,
        number=hazard.number,
        state=hazard.state,
    )
    return event


def receive(upload: Any) -> Received:
    """Check a photo before anything is written; its own name, which may be that of a household, is
    not kept. Raises ``Rejected``."""
    ending = (getattr(upload, "name", "") or "").rpartition(".")[2]
    return files.receive(upload, purpose=PURPOSE, name=f"photo.{ending}")


def add_photos(
    event: HazardEvent,
    received: Sequence[Received],
    *,
    proof: bool,
    point: tuple[float, float] | None,
    by: User,
    now: datetime,
) -> None:
    """Keep what was taken on site, in the caller's transaction."""
    if len(received) > MOST_PHOTOS:
        raise Refused(_("一次最多上传%(n)d张照片。") % {"n": MOST_PHOTOS})
    place = {"longitude": point[0], "latitude": point[1]} if point else {}
    for one in received:
        stored = files.enter(one, by=by, now=now, organisation=event.organisation)
        given = {"hazard": event.hazard, "event": event, "proof": proof}
        HazardPhoto.objects.create(**given, file=stored, by=by, at=event.at, **place)


# --- Who could own it -----------------------------------------------------------------------------


def company_owners(
    grid: PowerGrid | None, organisation: Organisation, *, on: date
) -> list[tuple[User, Organisation]]:
    """People of the unit and of those above it in the enterprise who handle hazards."""
    root = grid.enterprise if grid else organisation
    house = Organisation.objects.filter(path__startswith=root.path).order_by("path")
    units = [
        one
        for one in house
        if one.path.startswith(organisation.path) or organisation.path.startswith(one.path)
    ]
    directory = Directory([one.pk for one in units])
    found: dict[int, tuple[User, Organisation]] = {}
    for unit in reversed(units):
        for person in directory.people(unit.pk, Permission.HAZARD_HANDLE, on=on):
            found.setdefault(person.pk, (person, unit))
    return list(found.values())


def government_owners(department: Organisation | None, *, on: date) -> list[User]:
    return people_of(department, Permission.HAZARD_HANDLE, on=on) if department else []


def check_owners(
    hazard: Hazard, company: User | None, government: User | None, *, now: datetime
) -> None:
    """Raises ``Refused`` for owners who cannot be, or where both sides have to own it."""
    on = clock.day_of(now)
    if company is None and government is None:
        raise Refused(_("请确定治理责任人：企业、政府网格至少一方。"))
    if hazard.kind.joint and (company is None or government is None) and hazard.department:
        text = _("“%(kind)s”须共同治理：请确定企业和政府网格双方的责任人。")
        raise Refused(text % {"kind": hazard.kind.title})
    known = {one.pk for one, _unit in company_owners(hazard.grid, hazard.organisation, on=on)}
    if company is not None and company.pk not in known:
        text = _("企业责任人须是%(unit)s或者其上级单位的人员。")
        raise Refused(text % {"unit": hazard.organisation})
    known = {one.pk for one in government_owners(hazard.department, on=on)}
    if government is not None and government.pk not in known:
        raise Refused(_("政府责任人须是该网格主管部门的网格员。"))


def reveal(hazard: Hazard, *, purpose: str, by: User, now: datetime) -> str:
    """The place in full, for a stated purpose, on the record. Raises ``Refused``."""
    if not sides_of(hazard, by):
        raise Refused(_("地点只供供电单位和政府网格的办理人员查看。"))
    given = {"by": by, "now": now, "purpose": purpose, "organisation": acting(hazard, by)}
    return masking.reveal(hazard, "place", **given)
