"""Whistles: claims come in, are located, and are given to the manager of the day.

Source: the standard on grid integration, 4.2.1 (S2-4.2.1c), 4.1.2 (S2-4.1.2a).
"""

from __future__ import annotations

import hashlib
import json
from copy import copy
from dataclasses import asdict, dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Organisation, User
from accounts.permissions import Permission
from accounts.reach import workplaces, works_for
from complaints import claim_letters as letters
from complaints.models import Case, CaseEvent, Claim, Procedure
from complaints.procedures import Book, definition_of
from complaints.services import clocks, receiving, registering
from complaints.services.acting import add_event, locked
from complaints.services.records import Desk, Record
from complaints.workflow import CLAIM, DONE
from core import audit, clock, crypto
from core.errors import Conflict, Refused
from grids.models import GovernmentGrid, GridPairing, PowerGrid
from grids.queries import business, locating, standing

Kind, Origin = Claim.Kind, Claim.Origin
# What a claim of a kind is among cases of all houses.
NATURES = {
    Kind.ENQUIRY: "enquiry",
    Kind.BUSINESS: "service_request",
    Kind.OPINION: "suggestion",
    Kind.SUGGESTION: "suggestion",
    Kind.DISPUTE: "help",
    Kind.HAZARD: "help",
    Kind.UTILITY: "other",
}
SOURCES = {
    Origin.OFFICER: ("grid", "grid"),
    Origin.PLATFORM: ("grid", "grid"),
    Origin.HOTLINE: ("95598", "phone_95598"),
}


@dataclass(frozen=True)
class Whistle:
    """What somebody asks for; ``point``: longitude and latitude, degrees (WGS 84)."""

    kind: str
    content: str
    utility: str = ""
    name: str = ""
    phone: str = ""
    address: str = ""
    account_no: str = ""
    transformer_area: str = ""
    point: tuple[float, float] | None = None
    external_number: str = ""

    @property
    def digest(self) -> str:
        text = json.dumps(asdict(self), ensure_ascii=False, sort_keys=True)
        return crypto.blind_index(hashlib.sha256(text.encode()).hexdigest(), context="claim digest")


class _Claims(Book):
    """Chooses the procedure of claims, whatever the source."""

    def choose(
        self, source: str, nature: str, organisation: Organisation | None, *, on: date
    ) -> Procedure:
        known = Procedure.objects.on(on).filter(code=CLAIM).order_by("-valid_from", "-version")
        if (found := known.first()) is None:
            raise Refused(_("当日没有涉电诉求办理程序。"))
        self._by_key[found.pk] = found
        return found


@transaction.atomic
def whistle(
    asked: Whistle,
    *,
    origin: str,
    department: Organisation | None,
    by: User | None,
    now: datetime,
    at: datetime | None = None,
    owner: Organisation | None = None,
    government_grid: GovernmentGrid | None = None,
) -> tuple[Claim, bool]:
    """Enter a claim; whether it is new. ``by=None``: the platform of the department.

    ``at``: when it was written, where it comes later. ``owner``: the company's house where no
    government grid whistled. Raises ``Refused``, ``Conflict``, ``Faulty``.
    """
    at = min(at or now, now)
    _may_whistle(department, owner, by=by)
    if standing_one := _standing(asked, department):
        return standing_one, False
    on = clock.day_of(at)
    if government_grid is None and by is not None and department is not None:
        government_grid = _own_grid(by, department, at=at)
    found = locate(asked, department, owner, government_grid, on=on)
    grid = found.grid
    house = owner or (grid.enterprise if grid else _house(department))
    case = _entered(asked, origin, house, department, by=by, now=now, at=at)
    claim = Claim.objects.create(
        case=case,
        kind=asked.kind,
        origin=origin,
        utility=asked.utility,
        department=department,
        government_grid=government_grid,
        officer=by if department is not None else None,
        external_number=asked.external_number,
        grid=grid,
        unlocated="" if grid else found.reason,
        longitude=asked.point[0] if asked.point else None,
        latitude=asked.point[1] if asked.point else None,
        digest=asked.digest,
    )
    case = locked(case)
    case.events.filter(sequence=1).update(by=by, organisation=department or house)
    _given(case, claim, now=now, at=at)
    details = {"claim": claim.kind, "origin": origin, "located": grid is not None}
    audit.record("claim.whistle", claim, by=by, now=now, organisation=house, **details)
    letters.sent(claim, now=now)
    return claim, True


def _may_whistle(
    department: Organisation | None, owner: Organisation | None, *, by: User | None
) -> None:
    if department is None:
        # People of a station register in the name of the enterprise that it belongs to.
        places = workplaces(by, Permission.CLAIM_HANDLE) if by is not None else []
        if owner is None or not any(one.path.startswith(owner.path) for one in places):
            raise Refused(_("您没有登记涉电诉求的权限。"))
    elif department.kind != Organisation.Kind.GOVERNMENT_DEPARTMENT:
        raise Refused(_("涉电诉求由政府网格或者供电企业登记。"))
    elif by is not None and not works_for(by, Permission.CLAIM_SEND, department):
        raise Refused(_("您没有以%(department)s名义吹哨的权限。") % {"department": department})


def _standing(asked: Whistle, department: Organisation | None) -> Claim | None:
    """What the platform sent before under the same number. Raises ``Conflict``."""
    if not asked.external_number:
        return None
    same = Claim.objects.filter(department=department, external_number=asked.external_number)
    if (found := same.first()) is not None and found.digest != asked.digest:
        raise Conflict(receiving.other_content(asked.external_number))
    return found


def _own_grid(by: User, department: Organisation, *, at: datetime) -> GovernmentGrid | None:
    """The one cell at which an officer works."""
    mine = GovernmentGrid.objects.filter(
        pk__in=standing.government_grids_of(by, at=at), department=department
    )
    found = list(mine[:2])
    return found[0] if len(found) == 1 else None


def locate(
    asked: Whistle,
    department: Organisation | None,
    owner: Organisation | None,
    government_grid: GovernmentGrid | None,
    *,
    on: date,
) -> locating.Located:
    """The power grid in which it lies: by what is known of the place; where nothing is, by the
    government's cell where that lies in one power grid only. Never a guess."""
    region = department.region_id if department else owner.region_id if owner else ""
    found = locating.grid_for(
        account=asked.account_no,
        transformer_area=asked.transformer_area,
        address=asked.address,
        region=region or "",
        point=asked.point,
        organisation=owner,
        on=on,
    )
    if found.grid is None and found.reason == locating.NO_CLUE and government_grid is not None:
        pairs = GridPairing.objects.on(on).filter(government_grid=government_grid)
        grids = {one.power_grid for one in pairs.select_related("power_grid__enterprise")}
        if len(grids) == 1:
            return locating.Located(grids.pop(), by=("government_grid",))
    return found


def _house(department: Organisation | None) -> Organisation:
    house = business.unit_for(department) if department else None
    if house is None:
        raise Refused(_("本网格所在的地区没有供电单位。"))
    return house


def _entered(
    asked: Whistle,
    origin: str,
    house: Organisation,
    department: Organisation | None,
    *,
    by: User | None,
    now: datetime,
    at: datetime,
) -> Case:
    """The case, under the next free number of the house."""
    source, channel = SOURCES[Origin(origin)]
    desk = copy(Desk.shared())
    desk.book = _Claims()
    region = (department.region_id if department else None) or house.region_id or ""
    for left in reversed(range(registering.TRIES)):
        record = Record(
            number=registering.next_number(house, source, now=at),
            received_at=at,
            channel=channel,
            nature=NATURES[Kind(asked.kind)],
            region=region,
            complainant_name=asked.name,
            complainant_phone=asked.phone,
            anonymous=not asked.name and not asked.phone,
            address=asked.address,
            account_no=asked.account_no,
            transformer_area=asked.transformer_area,
            content=asked.content,
        )
        try:
            entered = receiving.enter(
                record, source=source, owner=house, by=None, now=now, desk=desk
            )
        except Conflict:
            # Somebody took the number in between.
            if not left:
                raise
            continue
        if entered.new:
            return entered.case
    raise Conflict(_("编号被他人占用，请再试一次。"))


def _given(case: Case, claim: Claim, *, now: datetime, at: datetime) -> None:
    """Give the case to the unit of its grid, and to who answers for the grid then."""
    if claim.grid is not None:
        case.holder = case.answerable = claim.grid.organisation
        manager = standing.manager_of(claim.grid, at=at)
        case.responsible = manager.member.user if manager else None
    clocks.limit_again(case, definition_of(case.procedure), at=at)
    case.updated_at = now
    case.save(update_fields=["holder", "answerable", "responsible", "due_at", "updated_at"])
    # Whoever reads it through the claim reads it as it stands now.
    claim.case = case


@transaction.atomic
def assign_grid(claim: Claim, grid: PowerGrid, *, by: User, now: datetime) -> Claim:
    """A person says in which grid a claim lies that could not be located. Raises ``Refused``."""
    case = locked(claim.case)
    claim = Claim.objects.select_for_update(of=("self",)).get(pk=claim.pk)
    if why_not := assign_refusal(claim, case, by):
        raise Refused(why_not)
    if grid.enterprise_id != case.owner_id and not grid.organisation.path.startswith(
        case.owner.path
    ):
        raise Refused(_("请选择%(owner)s的网格。") % {"owner": case.owner})
    claim.grid, claim.unlocated = grid, ""
    claim.save(update_fields=["grid", "unlocated"])
    claim.case = case
    _given(case, claim, now=now, at=now)
    add_event(
        case, CaseEvent.LOCATED, at=now, by=by, organisation=case.owner, text=grid.name, data={}
    )
    audit.record("claim.locate", claim, by=by, now=now, organisation=case.owner, grid=grid.code)
    letters.sent(claim, now=now)
    return claim


def assign_refusal(claim: Claim, case: Case, by: User) -> str:
    """Why a person may not say where a claim lies; empty when they may."""
    if claim.grid_id is not None or case.state in DONE:
        return _("该诉求已经定位或者已经办结。")
    if not works_for(by, Permission.CLAIM_HANDLE, case.holder):
        return _("由%(unit)s的人员确定网格。") % {"unit": case.holder}
    return ""
