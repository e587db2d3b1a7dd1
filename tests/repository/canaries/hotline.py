"""Secrets of the line to companies' systems: what a company was told of, and a day that differs."""

from complaints import services
from complaints.models import HotlineMessage
from complaints.services import reconciling, residents, service_lines
from tests.factories import complaints as cases
from tests.factories import hotline
from tests.factories.accounts import organisation
from tests.repository.sweep import Secret

RECEIVED = cases.at("2011-11-21 09:00")
HOMES = {"SERC-NF", "NEA-ROOT", "CSG-GD"}


def plant(world):
    hotline.endpoint("CSG-GD")
    number, said = world.text(), world.text()
    case = cases.received(received_at=RECEIVED, number=number, content=f"频繁停电 {said}")
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
    hours = world.text()
    line = service_lines.register(
        zhaoqing,
        number="0758-95598",
        channel="service",
        hours=hours,
        responsible=zhaoqing,
        opened_on=RECEIVED.date(),
        by=world.person("CSG-GD", "company_filer").user,
        now=RECEIVED,
    )
    basis = world.text()
    residents.enter(
        zhaoqing,
        count=1000,
        valid_from=RECEIVED.date(),
        basis=basis,
        by=world.person("CSG-GD", "company_filer").user,
        now=RECEIVED,
    )
    return [
        secret("how many residents Zhaoqing serves", basis, ()),
        secret("a hotline of Zhaoqing", hours, LINE, pk=line.pk),
        secret("a call to Guangdong's system", number, MESSAGE, pk=message.pk),
        secret("a day of Guangdong's system", missing, ("reconciliation",), pk=day.pk),
        secret("what was handed to Guangdong", said, TRANSFER, number=number, day="2011-11-21"),
    ]


MESSAGE = ("sync_message", "sync_replay")
LINE = ("hotline",)
TRANSFER = ("api_transfer_receive", "api_transfer_reply", "api_transfer_return")


def secret(name, text, opens, **keys):
    return Secret(
        name,
        text,
        lambda person: person.home in HOMES and person.may("case.view"),
        app="complaints",
        keys=keys,
        opens=tuple(f"complaints:{page}" for page in opens),
    )
