"""What is done with a claim: the acts of its procedure, hand-overs by name, the one-time notice,
signatures of both sides, mediation, joint meetings, photos.

Source: S2-4.1.1d, S2-4.2.1c, S2-4.2.1d, S2-5.2.2b, S2-6.2.4a, S2-6.2.4c, S2-6.2.4d, S2-6.2.5b,
S2-6.2.5d.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.models import ApiClient, Organisation, User
from accounts.permissions import Permission
from accounts.reach import works_for
from accounts.staff import Directory
from complaints import claim_letters as letters
from complaints.claim_refusals import not_responsible
from complaints.models import (
    Case,
    CaseEvent,
    Claim,
    ClaimNotice,
    ClaimPass,
    ClaimPhoto,
    ClaimSignature,
    ClaimTopic,
    ReturnVisit,
)
from complaints.privacy import PERSONAL, spoken
from complaints.refusals import disposed
from complaints.services import acting, local_limits
from complaints.services.acting import add_event
from complaints.workflow import DONE, Act, State
from core import audit, clock, files, masking
from core.errors import Refused
from core.files import Received

FILE_PURPOSE = "claim"
SAID = ("content", "fairly", "not_content")
MOST_MATERIALS = 30


@transaction.atomic
def do(
    claim: Claim,
    what: Act,
    *,
    by: User | None,
    now: datetime,
    text: str = "",
    at: datetime | None = None,
    photos: Sequence[Received] = (),
    point: tuple[float, float] | None = None,
) -> Claim:
    """One act of the procedure. ``by=None``: the platform of the department.

    ``at``: when it happened, where a phone tells later; never before the last step. Raises
    ``Refused``, ``Conflict``.
    """
    case = acting.act(
        claim.case,
        what,
        by=by,
        now=now,
        at=_since_last(claim.case, at, now),
        machine=claim.department if by is None else None,
        text=text,
    )
    claim = _fresh(claim, case)
    if photos:
        add_photos(claim, photos, by=by, now=now, at=at, point=point)
    return claim


def _since_last(case: Case, at: datetime | None, now: datetime) -> datetime | None:
    """An instant told by a phone, no earlier than what was done before."""
    if at is None:
        return None
    steps = case.events.exclude(kind__in=CaseEvent.ASIDE)
    last = steps.aggregate(last=Max("at"))["last"] or case.received_at
    return min(max(at, last), now)


def _fresh(claim: Claim, case: Case) -> Claim:
    fresh = Claim.objects.select_related(
        "grid", "department", "officer", "contact", "government_grid"
    ).get(pk=claim.pk)
    fresh.case = case
    return fresh


def _held(claim: Claim) -> Claim:
    """The claim as it stands now, its case held until the end of the transaction."""
    return _fresh(claim, acting.locked(claim.case))


def _open(claim: Claim) -> None:
    if claim.case.state in DONE:
        raise Refused(_("该诉求已经办结。"))


def _mine(claim: Claim, by: User) -> None:
    """Raises ``Refused`` for whoever does not answer for it."""
    _open(claim)
    if not works_for(by, Permission.CLAIM_HANDLE, claim.case.holder):
        raise Refused(_("由承办单位%(unit)s办理。") % {"unit": claim.case.holder})
    if claim.case.state == State.DISPATCHED:
        raise Refused(_("请先报到。"))
    if why_not := not_responsible(claim, by):
        raise Refused(why_not)


def side_of(claim: Claim, by: User) -> str:
    """For which side a person works; empty: for neither."""
    if works_for(by, Permission.CLAIM_HANDLE, claim.case.holder):
        return ClaimSignature.Side.COMPANY
    place = claim.department
    if place is not None and works_for(by, Permission.CLAIM_SEND, place):
        return ClaimSignature.Side.GOVERNMENT
    return ""


def _sided(claim: Claim, by: User) -> tuple[str, Organisation]:
    side = side_of(claim, by)
    if not side:
        raise Refused(_("由承办单位或者吹哨的政府网格办理。"))
    ours = side == ClaimSignature.Side.COMPANY
    place = claim.case.holder if ours or claim.department is None else claim.department
    return side, place


def _noted(
    claim: Claim,
    kind: str,
    *,
    by: User | None,
    place: Organisation,
    now: datetime,
    text: str = "",
    told: bool = False,
    **details: Any,
) -> CaseEvent:
    """A line of the timeline and of the audit trail."""
    event = add_event(
        claim.case,
        kind,
        at=now,
        by=by,
        organisation=place,
        text=text,
        data=details,
        to_complainant=told,
    )
    Case.objects.filter(pk=claim.case_id).update(updated_at=now)
    audit.record(f"claim.{kind}", claim, by=by, now=now, organisation=place, **details)
    return event


# --- The officer confirms -------------------------------------------------------------------------


@transaction.atomic
def confirm(
    claim: Claim,
    *,
    visited: bool,
    solved: bool | None,
    satisfaction: str,
    fault: str,
    text: str = "",
    by: User | None,
    now: datetime,
    at: datetime | None = None,
) -> Claim:
    """The officer closes it: what the claimant says, and who is to blame (S2-6.2.5d)."""
    if fault not in Claim.Fault.values:
        raise Refused(_("请作出责任认定。"))
    if visited and (solved is None or satisfaction not in SAID):
        raise Refused(_("已回访到诉求人的，请填写是否解决和满意度。"))
    if not visited and (solved is not None or satisfaction):
        raise Refused(_("没有回访到诉求人的，不填写是否解决和满意度。"))
    claim = do(claim, Act.CLOSE, by=by, now=now, at=at, text=text)
    claim.visited, claim.solved, claim.fault = visited, solved, fault
    claim.save(update_fields=["visited", "solved", "fault"])
    case = claim.case
    case.satisfaction = satisfaction if visited else "unreachable"
    case.save(update_fields=["satisfaction"])
    ReturnVisit.objects.create(
        case=case, at=case.closed_at or now, by=by, reached=visited, satisfaction=case.satisfaction
    )
    details = {"visited": visited, "solved": solved, "fault": fault}
    audit.record("claim.confirm", claim, by=by, now=now, organisation=claim.department, **details)
    return claim


# --- First asked, first responsible ---------------------------------------------------------------


def successors(claim: Claim, *, on: date) -> list[tuple[User, Organisation]]:
    """Who could take a claim over: those of the same house who handle claims."""
    case = claim.case
    house = Organisation.objects.filter(path__startswith=case.owner.path)
    found: dict[int, tuple[User, Organisation]] = {}
    directory = Directory(house.order_by().values_list("pk", flat=True))
    for unit in house.order_by("path"):
        for person in directory.people(unit.pk, Permission.CLAIM_HANDLE, on=on):
            if person.pk != case.responsible_id:
                found.setdefault(person.pk, (person, unit))
    return list(found.values())


@transaction.atomic
def offer(claim: Claim, *, to: User, reason: str, by: User, now: datetime) -> ClaimPass:
    """Ask a named colleague to go on with it. Number and contact stay (S2-6.2.5b)."""
    claim = _held(claim)
    _mine(claim, by)
    if not reason.strip():
        raise Refused(_("请写明移交原因。"))
    if claim.offers.filter(answered_at__isnull=True).exists():
        raise Refused(_("已经提出移交，等待接手人确认。"))
    units = dict(
        (one.pk, unit) for one, unit in successors(claim, on=now.astimezone(clock.ZONE).date())
    )
    if to.pk not in units:
        raise Refused(_("涉电诉求内转外不转：只能移交本企业的办理人员。"))
    former = claim.case.responsible or by
    made = ClaimPass.objects.create(
        claim=claim,
        former=former,
        successor=to,
        unit=units[to.pk],
        reason=spoken(reason.strip(), claim.case)[:200],
        offered_at=now,
    )
    _noted(
        claim,
        CaseEvent.OFFERED,
        by=by,
        place=claim.case.holder,
        now=now,
        text=made.reason,
        to=made.unit.code,
    )
    letters.offered(claim, to, key=made.pk, now=now)
    return made


@transaction.atomic
def answer_offer(offer: ClaimPass, *, accepted: bool, by: User, now: datetime) -> Claim:
    """The named colleague takes it, or not; until then nothing has changed."""
    claim = _held(offer.claim)
    offer = ClaimPass.objects.select_related("unit").get(pk=offer.pk)
    if offer.answered_at is not None:
        raise Refused(_("该移交已经答复。"))
    if by.pk != offer.successor_id:
        raise Refused(_("由接手人本人确认。"))
    _open(claim)
    offer.accepted, offer.answered_at = accepted, now
    offer.save(update_fields=["accepted", "answered_at"])
    kind = CaseEvent.PASSED if accepted else CaseEvent.DECLINED
    if accepted:
        _move(claim, by, offer.unit, now=now)
    details = {"unit": offer.unit.code, "count": claim.passes}
    _noted(claim, kind, by=by, place=offer.unit, now=now, **details)
    limit = local_limits.limit("claim_passes", claim.kind, claim.case.owner, at=now)
    if accepted and limit is not None and claim.passes > limit.value:
        letters.passed_too_often(claim, now=now)
    return claim


def _move(claim: Claim, to: User, unit: Organisation, *, now: datetime) -> None:
    case = claim.case
    case.responsible, case.holder, case.answerable, case.updated_at = to, unit, unit, now
    case.save(update_fields=["responsible", "holder", "answerable", "updated_at"])
    station = claim.grid.organisation if claim.grid else None
    claim.passes += 1
    claim.left_grid = claim.left_grid or (
        station is not None and not unit.path.startswith(station.path)
    )
    claim.save(update_fields=["passes", "left_grid"])


def move_all(claims: Iterable[Claim], to: User, *, by: User | None, now: datetime) -> int:
    """Claims of a grid go with it to its next manager; that is no passing on."""
    count = 0
    for claim in claims:
        held = _held(claim)
        held.case.responsible, held.case.updated_at = to, now
        held.case.save(update_fields=["responsible", "updated_at"])
        _noted(held, CaseEvent.PASSED, by=by, place=held.case.holder, now=now, with_grid=True)
        count += 1
    return count


# --- Told once, handled together, mediated, met about ---------------------------------------------


@transaction.atomic
def tell_once(
    claim: Claim, *, title: str, materials: Sequence[str], text: str, by: User, now: datetime
) -> ClaimNotice:
    """The one-time full notice: all materials at once, kept as it was sent (S2-6.2.4c)."""
    claim = _held(claim)
    _mine(claim, by)
    wanted = [one.strip()[:100] for one in materials if one.strip()]
    if not wanted or len(wanted) > MOST_MATERIALS or not title.strip():
        raise Refused(_("请填写事项，并逐行列出全部材料（最多30项）。"))
    if any(masking.find(one) for one in (*wanted, title, text)):
        raise Refused(_("告知书中有电话、证件号等个人信息，请删除。"))
    if ClaimNotice.objects.filter(claim=claim).exists():
        raise Refused(_("已经一次性告知：不得再要求补充其他材料。"))
    made = ClaimNotice.objects.create(
        claim=claim,
        title=title.strip(),
        materials=wanted,
        text=text.strip(),
        sent_at=now,
        sent_by=by,
    )
    said = "；".join((made.title, *wanted, *([made.text] if made.text else [])))
    event = _noted(
        claim,
        CaseEvent.TOLD_ONCE,
        by=by,
        place=claim.case.holder,
        now=now,
        text=said,
        told=True,
        count=len(wanted),
    )
    _tell(claim, event, _("一次性告知"), by=by, now=now)
    return made


def _tell(claim: Claim, event: CaseEvent, label: str, *, by: User | None, now: datetime) -> None:
    letters.happened(claim, act=event.kind, label=label, sequence=event.sequence, by=by, now=now)


@transaction.atomic
def join(claim: Claim, *, by: User, now: datetime) -> Claim:
    """Handle it together: it ends only with the signatures of both sides (S2-5.2.2b)."""
    claim = _held(claim)
    _open(claim)
    _side, place = _sided(claim, by)
    if claim.department is None:
        raise Refused(_("没有吹哨的政府网格，不能协同办理。"))
    if claim.joint:
        raise Refused(_("该诉求已经是协同办理。"))
    claim.joint = True
    claim.save(update_fields=["joint"])
    event = _noted(claim, CaseEvent.JOINED, by=by, place=place, now=now)
    _tell(claim, event, _("转为协同办理"), by=by, now=now)
    return claim


@transaction.atomic
def sign(claim: Claim, *, opinion: str, by: User, now: datetime) -> ClaimSignature:
    """One side signs what was agreed; each once."""
    claim = _held(claim)
    _open(claim)
    side, place = _sided(claim, by)
    if not claim.joint:
        raise Refused(_("该诉求不是协同办理。"))
    if not opinion.strip():
        raise Refused(_("请填写协同意见。"))
    if claim.signatures.filter(side=side).exists():
        raise Refused(_("本方已经签署。"))
    if side == ClaimSignature.Side.COMPANY and (why_not := not_responsible(claim, by)):
        raise Refused(why_not)
    text = spoken(opinion.strip(), claim.case)[:300]
    made = ClaimSignature.objects.create(claim=claim, side=side, by=by, at=now, opinion=text)
    event = _noted(claim, CaseEvent.SIGNED, by=by, place=place, now=now, text=text, side=side)
    _tell(claim, event, _("协同签署"), by=by, now=now)
    return made


@transaction.atomic
def mediate(
    claim: Claim, *, mediators: str, result: str, on: date, text: str, by: User, now: datetime
) -> Claim:
    """A dispute was mediated: by whom, with what result (S2-4.2.1d)."""
    claim = _held(claim)
    _open(claim)
    _side, place = _sided(claim, by)
    if claim.kind != Claim.Kind.DISPUTE:
        raise Refused(_("只有涉电纠纷登记调解。"))
    if result not in Claim.Mediated.values or not mediators.strip():
        raise Refused(_("请填写调解人员和结果。"))
    first, today = (one.astimezone(clock.ZONE).date() for one in (claim.case.received_at, now))
    if not first <= on <= today:
        raise Refused(_("调解日期不能早于吹哨当天，也不能晚于今天。"))
    claim.mediators, claim.mediation, claim.mediated_on = mediators.strip()[:200], result, on
    claim.save(update_fields=["mediators", "mediation", "mediated_on"])
    _noted(claim, CaseEvent.MEDIATED, by=by, place=place, now=now, text=text.strip(), result=result)
    return claim


@transaction.atomic
def put_on_agenda(
    claim: Claim, *, meeting: str, held_on: date, by: User, now: datetime
) -> ClaimTopic:
    """Let a joint meeting of both sides talk about it (S2-4.1.1d)."""
    claim = _held(claim)
    _open(claim)
    _side, place = _sided(claim, by)
    if held_on < now.astimezone(clock.ZONE).date() or not meeting.strip():
        raise Refused(_("请填写会议名称和今天以后的会议日期。"))
    if claim.topics.filter(held_on=held_on, meeting=meeting.strip()).exists():
        raise Refused(_("该诉求已在这次会议的议程中。"))
    made = ClaimTopic.objects.create(
        claim=claim, held_on=held_on, meeting=meeting.strip()[:80], put_by=by, put_at=now
    )
    event = _noted(
        claim, CaseEvent.TOPIC, by=by, place=place, now=now, text=f"{made.meeting} {held_on}"
    )
    _tell(claim, event, _("提交联席会议"), by=by, now=now)
    return made


@transaction.atomic
def decide_topic(topic: ClaimTopic, *, decision: str, by: User, now: datetime) -> ClaimTopic:
    """What the joint meeting decided, on the day of the meeting or later."""
    claim = _held(topic.claim)
    _side, place = _sided(claim, by)
    topic = ClaimTopic.objects.get(pk=topic.pk)
    if topic.decision:
        raise Refused(_("议定意见已经登记。"))
    if topic.held_on > now.astimezone(clock.ZONE).date():
        raise Refused(_("会议尚未召开。"))
    if not decision.strip():
        raise Refused(_("请填写议定意见。"))
    topic.decision, topic.decided_at = spoken(decision.strip(), claim.case)[:300], now
    topic.save(update_fields=["decision", "decided_at"])
    event = _noted(claim, CaseEvent.DECIDED, by=by, place=place, now=now, text=topic.decision)
    _tell(claim, event, _("联席会议议定"), by=by, now=now)
    return topic


@transaction.atomic
def pass_to_utility(
    claim: Claim, *, unit: str, number: str, text: str, by: User, now: datetime
) -> Claim:
    """Water, gas or heat: the other utility has it, with a record of who took it (S2-4.1.2b)."""
    if not unit.strip() or not text.strip():
        raise Refused(_("请填写接收单位和转交情况。"))
    claim = do(claim, Act.PASS_ON, by=by, now=now, text=text)
    claim.passed_to, claim.passed_number = unit.strip()[:80], number.strip()[:40]
    claim.save(update_fields=["passed_to", "passed_number"])
    return claim


@transaction.atomic
def reveal(claim: Claim, *, purpose: str, by: User, now: datetime) -> dict[str, str]:
    """The claimant in full, for whoever goes there or whistled, with a trace. ``Refused``."""
    if not side_of(claim, by):
        raise Refused(_("由承办单位或者吹哨的政府网格办理。"))
    if claim.case.disposed_at is not None:
        raise Refused(disposed())
    if len(purpose.strip()) < masking.PURPOSE_LENGTH:
        raise Refused(
            _("查看完整信息须说明用途（至少 %(length)d 个字）。")
            % {"length": masking.PURPOSE_LENGTH}
        )
    audit.record(
        "personal.reveal",
        claim.case,
        by=by,
        now=now,
        organisation=claim.case.owner,
        reason=spoken(purpose.strip(), claim.case),
        fields=sorted(PERSONAL),
    )
    return {name: getattr(claim.case, name) for name in PERSONAL}


def add_photos(
    claim: Claim,
    received: Sequence[Received],
    *,
    by: User | None,
    now: datetime,
    at: datetime | None = None,
    point: tuple[float, float] | None = None,
) -> list[ClaimPhoto]:
    """Keep what was taken on site, in the caller's transaction."""
    if by is None or isinstance(by, ApiClient):
        return []
    made = []
    for one in received:
        stored = files.enter(one, by=by, now=now, organisation=claim.case.holder)
        place = {"longitude": point[0], "latitude": point[1]} if point else {}
        made.append(
            ClaimPhoto.objects.create(claim=claim, file=stored, by=by, at=at or now, **place)
        )
    return made


def open_of_grid(grid: Any, manager: Any) -> Any:
    """Open claims of a grid for which its manager answers."""
    mine = Claim.objects.open().filter(grid=grid, case__responsible=manager.user)
    return mine.select_related("case")
