"""Secrets of the line to companies' systems: what a company was told of, and a day that differs."""

from complaints import services
from complaints.models import HotlineMessage
from complaints.services import reconciling
from tests.factories import complaints as cases
from tests.factories import hotline
from tests.factories.accounts import organisation
from tests.repository.sweep import Secret

RECEIVED = cases.at("2011-11-21 09:00")
HOMES = {"SERC-NF", "NEA-ROOT", "CSG-GD"}


def plant(world):
    hotline.endpoint("CSG-GD")
    number = world.text()
    case = cases.received(received_at=RECEIVED, number=number)
    officer = world.person("SERC-NF", "regulator_officer").user
    case = services.act(case, "accept", by=officer, now=RECEIVED)
    zhaoqing = organisation("CSG-GD-ZQ")
    services.act(case, "transfer", by=officer, now=RECEIVED, organisation=zhaoqing)
    message = HotlineMessage.objects.get(number=number)
    missing = world.text()
    day = reconciling.reconcile(
        organisation("CSG-GD"),
        RECEIVED.date(),
        units={},
        lines=[reconciling.Line("CSG-GD", missing, "CSG-GD", "closed", "0" * 64)],
        now=RECEIVED,
    )
    return [
        secret("a call to Guangdong's system", message, number, ("sync_message", "sync_replay")),
        secret("a day of Guangdong's system", day, missing, ("reconciliation",)),
    ]


def secret(name, thing, text, opens):
    return Secret(
        name,
        text,
        lambda person: person.home in HOMES and person.may("case.view"),
        app="complaints",
        keys={"pk": thing.pk},
        opens=tuple(f"complaints:{page}" for page in opens),
    )
