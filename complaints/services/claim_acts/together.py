"""Told once, handled together, mediated, met about: what both sides do beside the procedure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from complaints.claim_refusals import not_responsible
from complaints.models import CaseEvent, Claim, ClaimNotice, ClaimSignature, ClaimTopic
from complaints.privacy import spoken
from complaints.services.claim_acts.holding import held, mine, noted, sided, still_open, tell
from core import clock, masking
from core.errors import Refused

MOST_MATERIALS = 30


@transaction.atomic
def tell_once(
    claim: Claim, *, title: str, materials: Sequence[str], text: str, by: User, now: datetime
) -> ClaimNotice:
    """The one-time full notice: all materials at once, kept as it was sent (S2-6.2.4c)."""
    claim = held(claim)
    mine(claim, by)
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
    event = noted(
        claim,
        CaseEvent.TOLD_ONCE,
        by=by,
        place=claim.case.holder,
        now=now,
        text=said,
        told=True,
        count=len(wanted),
    )
    tell(claim, event, _("一次性告知"), by=by, now=now)
    return made


@transaction.atomic
def join(claim: Claim, *, by: User, now: datetime) -> Claim:
    """Handle it together: it ends only with the signatures of both sides (S2-5.2.2b)."""
    claim = held(claim)
    still_open(claim)
    _side, place = sided(claim, by)
    if claim.department is None:
        raise Refused(_("没有吹哨的政府网格，不能协同办理。"))
    if claim.joint:
        raise Refused(_("该诉求已经是协同办理。"))
    claim.joint = True
    claim.save(update_fields=["joint"])
    event = noted(claim, CaseEvent.JOINED, by=by, place=place, now=now)
    tell(claim, event, _("转为协同办理"), by=by, now=now)
    return claim


@transaction.atomic
def sign(claim: Claim, *, opinion: str, by: User, now: datetime) -> ClaimSignature:
    """One side signs what was agreed; each once."""
    claim = held(claim)
    still_open(claim)
    side, place = sided(claim, by)
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
    event = noted(claim, CaseEvent.SIGNED, by=by, place=place, now=now, text=text, side=side)
    tell(claim, event, _("协同签署"), by=by, now=now)
    return made


@transaction.atomic
def mediate(
    claim: Claim, *, mediators: str, result: str, on: date, text: str, by: User, now: datetime
) -> Claim:
    """A dispute was mediated: by whom, with what result (S2-4.2.1d)."""
    claim = held(claim)
    still_open(claim)
    _side, place = sided(claim, by)
    if claim.kind != Claim.Kind.DISPUTE:
        raise Refused(_("只有涉电纠纷登记调解。"))
    if result not in Claim.Mediated.values or not mediators.strip():
        raise Refused(_("请填写调解人员和结果。"))
    first, today = (clock.day_of(one) for one in (claim.case.received_at, now))
    if not first <= on <= today:
        raise Refused(_("调解日期不能早于吹哨当天，也不能晚于今天。"))
    claim.mediators, claim.mediation, claim.mediated_on = mediators.strip()[:200], result, on
    claim.save(update_fields=["mediators", "mediation", "mediated_on"])
    noted(claim, CaseEvent.MEDIATED, by=by, place=place, now=now, text=text.strip(), result=result)
    return claim


@transaction.atomic
def put_on_agenda(
    claim: Claim, *, meeting: str, held_on: date, by: User, now: datetime
) -> ClaimTopic:
    """Let a joint meeting of both sides talk about it (S2-4.1.1d)."""
    claim = held(claim)
    still_open(claim)
    _side, place = sided(claim, by)
    if held_on < clock.day_of(now) or not meeting.strip():
        raise Refused(_("请填写会议名称和今天以后的会议日期。"))
    if claim.topics.filter(held_on=held_on, meeting=meeting.strip()).exists():
        raise Refused(_("该诉求已在这次会议的议程中。"))
    made = ClaimTopic.objects.create(
        claim=claim, held_on=held_on, meeting=meeting.strip()[:80], put_by=by, put_at=now
    )
    event = noted(
        claim, CaseEvent.TOPIC, by=by, place=place, now=now, text=f"{made.meeting} {held_on}"
    )
    tell(claim, event, _("提交联席会议"), by=by, now=now)
    return made


@transaction.atomic
def decide_topic(topic: ClaimTopic, *, decision: str, by: User, now: datetime) -> ClaimTopic:
    """What the joint meeting decided, on the day of the meeting or later."""
    claim = held(topic.claim)
    _side, place = sided(claim, by)
    topic = ClaimTopic.objects.get(pk=topic.pk)
    if topic.decision:
        raise Refused(_("议定意见已经登记。"))
    if topic.held_on > clock.day_of(now):
        raise Refused(_("会议尚未召开。"))
    if not decision.strip():
        raise Refused(_("请填写议定意见。"))
    topic.decision, topic.decided_at = spoken(decision.strip(), claim.case)[:300], now
    topic.save(update_fields=["decision", "decided_at"])
    event = noted(claim, CaseEvent.DECIDED, by=by, place=place, now=now, text=topic.decision)
    tell(claim, event, _("联席会议议定"), by=by, now=now)
    return topic
