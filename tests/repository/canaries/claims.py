"""Secrets of claims: what was asked, what was decided, and the claimant in full."""

from complaints.claim_forms import FORMS
from complaints.models import ClaimPass, ClaimTopic
from core import clock
from tests.factories import claims
from tests.factories.claims import at
from tests.repository.sweep import Secret

PAGES = ("claim", "claim_reveal", *(f"claim_{what}" for what in FORMS))
READERS = {"GOV-441284", "CSG-GD", "SERC-NF", "NEA-ROOT"}


def plant(world):
    content, name, address = world.text(), world.text(), world.text()
    reason, decision = world.text(), world.text()
    place = claims.ground()
    claim = claims.whistled(place, now=at("11-23 09:00"), content=content, name=name)
    claim.case.address = address
    claim.case.save(update_fields=["address"])
    offer = ClaimPass.objects.create(
        claim=claim,
        former=place.manager,
        successor=place.colleague,
        unit=claim.case.holder,
        reason=reason,
        offered_at=at("11-23 10:00"),
    )
    topic = ClaimTopic.objects.create(
        claim=claim,
        held_on=at("11-23 10:00").astimezone(clock.ZONE).date(),
        meeting="联席会议",
        decision=decision,
        decided_at=at("11-23 11:00"),
        put_by=place.manager,
        put_at=at("11-23 10:00"),
    )
    keys = {"pk": claim.pk, "number": claim.case.number}
    opens = tuple(f"complaints:{page}" for page in PAGES)

    def may_read(person):
        return person.home in READERS and person.may("claim.view")

    def may_read_content(person):
        # The case behind it is read by those who read cases.
        return person.home in READERS and (person.may("claim.view") or person.may("case.view"))

    def nobody(person):
        return False

    return [
        Secret(
            "content of a claim",
            content,
            may_read_content,
            app="complaints",
            keys=keys,
            opens=opens,
        ),
        Secret(
            "reason of a hand-over",
            reason,
            may_read,
            app="complaints",
            keys={"pk": offer.pk},
            opens=("complaints:claim_answer_offer",),
        ),
        Secret(
            "decision about a claim",
            decision,
            may_read,
            app="complaints",
            keys={"pk": topic.pk},
            opens=("complaints:claim_decide",),
        ),
        Secret("claimant of a claim", name, nobody, app="complaints", keys=keys),
        Secret("address of a claim", address, nobody, app="complaints", keys=keys),
    ]
