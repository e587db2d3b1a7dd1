"""Acts of the procedure of a claim: one step, the officer's confirmation, another utility takes it;
photos of a step, and the claimant in full."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.models import ApiClient, User
from complaints.models import Case, CaseEvent, Claim, ClaimPhoto, ReturnVisit
from complaints.privacy import PERSONAL, spoken
from complaints.refusals import disposed
from complaints.services import acting
from complaints.services.claim_acts.holding import fresh, side_of
from complaints.workflow import Act
from core import audit, files, masking
from core.errors import Refused
from core.files import Received

FILE_PURPOSE = "claim"
SAID = ("content", "fairly", "not_content")


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
    claim = fresh(claim, case)
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
