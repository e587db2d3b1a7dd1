"""Hazards from their grading to the end: accepted by their owners, put right, verified, closed.

Source: grid standard 4.2.2, 5.6.1 (S2-4.2.2a, S2-4.2.2b, S2-5.6.1c).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.models import User
from core import clock
from core.errors import Refused
from core.files import Received
from grids import hazard_letters as letters
from grids.hazards.moves import TABLE, Move, Side, State
from grids.models import Hazard, HazardEvent, HazardTerm, PowerGrid
from grids.services import hazard_acts as acts
from grids.services import hazard_calls as calls
from grids.services import hazard_clocks as clocks
from grids.services.hazard_reports import department_of

# --- The company grades and gives it to its owners ------------------------------------------------


@transaction.atomic
def locate(hazard: Hazard, *, grid: PowerGrid, by: User, now: datetime) -> Hazard:
    """Say in which grid it lies. Raises ``Refused``."""
    hazard = acts.locked(Move.LOCATE, hazard, by=by)
    on = clock.day_of(now)
    if not grid.organisation.path.startswith(hazard.organisation.path) or not grid.stands_on(on):
        raise Refused(_("请选择%(owner)s的网格。") % {"owner": hazard.organisation})
    hazard.grid, hazard.unlocated, hazard.organisation = grid, "", grid.organisation
    hazard.department = hazard.department or department_of(grid, on=on)
    return _moved(hazard, Move.LOCATE, by=by, text=grid.name, now=now)


@transaction.atomic
def grade(
    hazard: Hazard,
    *,
    grade: HazardTerm,
    company_owner: User | None,
    government_owner: User | None,
    text: str = "",
    by: User,
    now: datetime,
) -> Hazard:
    """Say how dangerous it is and who puts it right; the clock starts. Raises ``Refused``."""
    hazard = acts.locked(Move.GRADE, hazard, by=by)
    on = clock.day_of(now)
    if not HazardTerm.objects.grades(on=on).filter(pk=grade.pk).exists():
        raise Refused(_("没有这个隐患等级，或者尚未启用。"))
    hazard.grade = grade
    clocks.begin(hazard, now=now)
    _give(hazard, company_owner, government_owner, now=now)
    return _given(hazard, Move.GRADE, text=f"{grade.title} {text}".strip(), by=by, now=now)


@transaction.atomic
def reassign(
    hazard: Hazard,
    *,
    company_owner: User | None,
    government_owner: User | None,
    text: str,
    by: User,
    now: datetime,
) -> Hazard:
    """Let others put it right; its clock runs on. Raises ``Refused``."""
    hazard = acts.locked(Move.REASSIGN, hazard, by=by)
    text = acts.reason(text)
    _give(hazard, company_owner, government_owner, now=now)
    return _given(hazard, Move.REASSIGN, text=text, by=by, now=now)


def _give(hazard: Hazard, company: User | None, government: User | None, *, now: datetime) -> None:
    acts.check_owners(hazard, company, government, now=now)
    # Who owned it before and goes on has accepted it already.
    if company is None or company.pk != hazard.company_owner_id:
        hazard.company_accepted_at = None
    if government is None or government.pk != hazard.government_owner_id:
        hazard.government_accepted_at = None
    hazard.company_owner, hazard.government_owner = company, government


def _given(hazard: Hazard, move: Move, *, text: str, by: User, now: datetime) -> Hazard:
    target = State.OWNED if hazard.accepted else State.GRADED
    hazard = _moved(hazard, move, by=by, text=text, target=target, now=now)
    letters.tell(hazard, "grade", hazard.owners, occasion=_place(hazard), now=now)
    return hazard


@transaction.atomic
def dismiss(hazard: Hazard, *, text: str, by: User, now: datetime) -> Hazard:
    """It is none, with the reason; whoever reported it is told. Raises ``Refused``."""
    hazard = acts.locked(Move.DISMISS, hazard, by=by)
    text = acts.reason(text)
    hazard.closed_at, hazard.due_at = now, None
    hazard = _moved(hazard, Move.DISMISS, by=by, text=text, now=now)
    letters.tell(hazard, "dismiss", _reporter(hazard), occasion=0, text=text, now=now)
    return hazard


@transaction.atomic
def extend(hazard: Hazard, *, value: int, text: str, by: User, now: datetime) -> Hazard:
    """Give its owners longer, up to the cap of its grade. Raises ``Refused``."""
    hazard = acts.locked(Move.EXTEND, hazard, by=by)
    text = acts.reason(text)
    left, unit = clocks.room(hazard, at=now)
    if not 0 < value <= left:
        words = {"left": max(left, 0), "unit": unit}
        raise Refused(_("累计延期不得超过上限：还可以延期%(left)d%(unit)s。") % words)
    hazard.extensions = [*hazard.extensions, {"value": value, "unit": unit, "basis": text}]
    clocks.reckon(hazard)
    said = f"{value}{unit} {text}"
    hazard = _moved(hazard, Move.EXTEND, by=by, text=said, now=now)
    place = _place(hazard)
    letters.tell(hazard, "extend", hazard.owners, occasion=place, text=text, now=now)
    return hazard


# --- Its owners -----------------------------------------------------------------------------------


@transaction.atomic
def accept(
    hazard: Hazard, *, text: str = "", by: User, now: datetime, at: datetime | None = None
) -> Hazard:
    """An owner takes it in hand; when every side that owns it has, it is. Raises ``Refused``."""
    hazard = acts.locked(Move.ACCEPT, hazard, by=by)
    at = _since_last(hazard, at, now)
    if hazard.company_owner_id == by.pk:
        hazard.company_accepted_at = at
    else:
        hazard.government_accepted_at = at
    target = State.OWNED if hazard.accepted else State.GRADED
    return _moved(hazard, Move.ACCEPT, by=by, text=text, target=target, now=now, at=at)


@transaction.atomic
def decline(hazard: Hazard, *, text: str, by: User, now: datetime) -> Hazard:
    """An owner is not the one, with the reason; the company gives it anew. Raises ``Refused``."""
    hazard = acts.locked(Move.DECLINE, hazard, by=by)
    text = acts.reason(text)
    hazard.company_accepted_at = hazard.government_accepted_at = None
    hazard = _moved(hazard, Move.DECLINE, by=by, text=text, now=now)
    people = letters.managers(hazard.organisation, now=now)
    letters.tell(hazard, "decline", people, occasion=_place(hazard), text=text, now=now)
    return hazard


@transaction.atomic
def rectify(
    hazard: Hazard,
    *,
    text: str,
    photos: Sequence[Received],
    by: User,
    now: datetime,
    at: datetime | None = None,
    point: tuple[float, float] | None = None,
) -> Hazard:
    """It is put right, with the closing photo; somebody else verifies it. Raises ``Refused``."""
    hazard = acts.locked(Move.RECTIFY, hazard, by=by)
    text = acts.reason(text, _("请写明治理情况。"))
    if not photos:
        raise Refused(_("请上传治理后的现场照片。"))
    at = _since_last(hazard, at, now)
    assert hazard.due_at is not None
    hazard.measure, hazard.rectified_at, hazard.rectified_by = text, at, by
    hazard.in_time = (at - hazard.due_at).total_seconds() < 1
    event = _noted(hazard, Move.RECTIFY, by=by, text=text, now=now, at=at)
    acts.add_photos(event, photos, proof=True, point=point, by=by, now=now)
    _ask(hazard, "rectify", but=(by.pk,), now=now)
    return hazard


# --- Somebody else looks at it --------------------------------------------------------------------


@transaction.atomic
def verify(hazard: Hazard, *, text: str = "", by: User, now: datetime) -> Hazard:
    """Somebody other than who put it right saw that it is. Raises ``Refused``."""
    hazard = acts.locked(Move.VERIFY, hazard, by=by)
    hazard.verified_at, hazard.verified_by = now, by
    hazard.verified_side = str(acts.side_of(hazard, by))
    hazard = _moved(hazard, Move.VERIFY, by=by, text=text, now=now)
    sides = {Side.COMPANY, Side.GOVERNMENT} - ({hazard.verified_side} if hazard.joint else set())
    own = () if hazard.joint else (hazard.rectified_by_id or 0,)
    _ask(hazard, "verify", but=own, sides=frozenset(sides), now=now)
    return hazard


@transaction.atomic
def return_(hazard: Hazard, *, text: str, by: User, now: datetime) -> Hazard:
    """It is not right yet, with the reason; the clock has run on. Raises ``Refused``."""
    hazard = acts.locked(Move.RETURN, hazard, by=by)
    text = acts.reason(text)
    hazard.verified_at, hazard.verified_by, hazard.verified_side = None, None, ""
    hazard.rectified_at, hazard.rectified_by, hazard.in_time = None, None, None
    hazard = _moved(hazard, Move.RETURN, by=by, text=text, now=now)
    place = _place(hazard)
    letters.tell(hazard, "return", hazard.owners, occasion=place, text=text, now=now)
    return hazard


@transaction.atomic
def close(hazard: Hazard, *, text: str = "", by: User, now: datetime) -> Hazard:
    """Strike it off the list; of joint governance the side that did not verify. ``Refused``."""
    hazard = acts.locked(Move.CLOSE, hazard, by=by)
    hazard.closed_at = now
    hazard = _moved(hazard, Move.CLOSE, by=by, text=text, now=now)
    people = [*hazard.owners, *_reporter(hazard)]
    letters.tell(hazard, "close", people, occasion=0, now=now)
    return hazard


# --- Common ---------------------------------------------------------------------------------------


def _moved(
    hazard: Hazard,
    move: Move,
    *,
    by: User | None,
    text: str = "",
    target: State | None = None,
    now: datetime,
    at: datetime | None = None,
) -> Hazard:
    _noted(hazard, move, by=by, text=text, target=target, now=now, at=at)
    return hazard


def _noted(
    hazard: Hazard,
    move: Move,
    *,
    by: User | None,
    text: str = "",
    target: State | None = None,
    now: datetime,
    at: datetime | None = None,
) -> HazardEvent:
    """Write the move and its line of the record."""
    before = hazard.state
    hazard.state = target or TABLE[move].target or before
    hazard.updated_at = now
    hazard.save()
    event = acts.note(hazard, move, by=by, text=text, now=now, at=at or now)
    if hazard.state != before:
        calls.call(hazard, event, now=now)
    return event


def _since_last(hazard: Hazard, at: datetime | None, now: datetime) -> datetime:
    """An instant told by a phone, no earlier than what was done before."""
    if at is None:
        return now
    last = hazard.events.aggregate(last=Max("at"))["last"] or hazard.reported_at
    return min(max(at, last), now)


def _place(hazard: Hazard) -> int:
    """How many things have happened: tells one occasion from the next."""
    return hazard.events.aggregate(n=Max("sequence"))["n"] or 0


def _reporter(hazard: Hazard) -> list[User]:
    return [hazard.reporter] if hazard.reporter else []


def _ask(
    hazard: Hazard,
    what: str,
    *,
    but: Sequence[int],
    sides: frozenset[str] = frozenset({Side.COMPANY, Side.GOVERNMENT}),
    now: datetime,
) -> None:
    """Ask those who verify and close, on either side."""
    people: list[User] = []
    if Side.COMPANY in sides:
        people += letters.managers(hazard.organisation, now=now)
    if Side.GOVERNMENT in sides:
        on = clock.day_of(now)
        people += letters.officers(hazard.department, on=on)
    asked = [one for one in people if one.pk not in but]
    letters.tell(hazard, what, asked, occasion=_place(hazard), now=now)


# --- A grid gets another manager ------------------------------------------------------------------


def hand_over(hazard: Hazard, *, to: User, text: str, by: User | None, now: datetime) -> None:
    """An open hazard goes with its grid to the next manager, in the caller's transaction; state and
    clock stay."""
    hazard.company_owner = to
    state = State(hazard.state)
    _noted(hazard, Move.REASSIGN, by=by, text=text, target=state, now=now)
