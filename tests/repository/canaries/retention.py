"""Secrets of keeping and disposing: why a case is held back, why a disposal was refused."""

from complaints.models import Disposal, RetentionRule
from complaints.services import retention
from tests.factories import complaints as cases
from tests.repository.sweep import Secret

RECEIVED = cases.at("2011-11-21 09:00")
NOW = cases.at("2011-11-22 09:00")


def plant(world):
    kept, refused = world.text(), world.text()
    case = cases.received(owner="SERC-NF", organisation="CSG-GD", received_at=RECEIVED, now=NOW)
    officer = world.person("SERC-NF", "regulator_officer").user
    held = retention.hold(case, reason=kept, by=officer, now=NOW)
    left = rejected(refused, officer, world.person("SERC-NF", "regulator_lead").user)
    return [
        secret("a case held back", kept, hold_pk=held.pk),
        secret("a disposal that was refused", refused, "disposal", disposal_pk=left.pk),
    ]


def rejected(reason, by, lead):
    """A disposal that the leader did not agree with."""
    return Disposal.objects.create(
        organisation=by.home,
        rule=RetentionRule.objects.first(),
        closed_before=NOW.date(),
        state=Disposal.State.REJECTED,
        proposed_count=0,
        proposed_by=by,
        proposed_at=NOW,
        decided_by=lead,
        decided_at=NOW,
        reason=reason,
    )


def secret(name, text, *opens, **keys):
    """Read by those of the South office who decide on cases or approve."""
    return Secret(
        name,
        text,
        lambda person: (
            person.home == "SERC-NF" and (person.may("case.decide") or person.may("case.approve"))
        ),
        app="complaints",
        keys={"kind": "pdf", **keys},
        opens=tuple(f"complaints:{page}" for page in opens),
    )
