"""Secrets of checks of service: what was found at a window."""

from reporting.models import ServiceCheck, ServiceStandard
from tests.factories.accounts import LONG_AGO, member, organisation
from tests.repository.sweep import Secret

PAGES = ("service_check", "service_check_withdraw")


def plant(world):
    text = world.text()
    check = ServiceCheck.objects.create(
        organisation=organisation("CSG-GD"),
        office=organisation("SERC-NF"),
        standard=ServiceStandard.objects.get(version=1),
        place="营业厅",
        manner="covert",
        checked_on=LONG_AGO.date(),
        points={"hours": 10},
        remarks=text,
        got=10,
        possible=10,
        up_to_standard=True,
        created_by=member("SERC-NF", "regulator_officer"),
        created_at=LONG_AGO,
    )

    def may_read(person):
        return person.home in {"CSG-GD", "SERC-NF", "NEA-ROOT"} and person.may("indicator.view")

    opens = tuple(f"reporting:{page}" for page in PAGES)
    keys = {"pk": check.pk}
    return [Secret("check of a window", text, may_read, app="reporting", keys=keys, opens=opens)]
