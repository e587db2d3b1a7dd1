"""Secrets of business passed on: what is said beside a request, and the customer in full."""

from datetime import date

from grids.business.adapting import Wishes
from grids.business_forms import FORMS
from grids.services.adapting import propose_type
from tests.factories.business import NOW, lead, passed
from tests.repository.sweep import Secret

PAGES = ("business", "business_explained", "business_reveal")
PAGES += tuple(f"business_{move.value}" for move in FORMS)
READERS = {"GOV-441284", "CSG-GD", "SERC-NF", "NEA-ROOT"}


def plant(world):
    note, name, address = world.text(), world.text(), world.text()
    request = passed(note=note, customer_name=name, address=address, external_number="QZ/1")
    keys = {"pk": request.pk, "number": request.number}
    opens = tuple(f"grids:{page}" for page in PAGES)

    def may_read(person):
        return person.home in READERS and person.may("business.view")

    def nobody(person):
        return False

    step = world.text()
    proposal = propose_type(
        base=request.type,
        company=request.organisation,
        wishes=Wishes({"connect": step}, {}),
        valid_from=date(2031, 1, 1),
        basis="某文件",
        by=lead(),
        now=NOW,
    )
    of_proposal = ("", "_decide", "_withdraw")

    def of_company(person):
        return person.home in READERS - {"GOV-441284"} and person.may("business.view")

    return [
        Secret(
            "a step of a unit's own",
            step,
            of_company,
            app="grids",
            keys={"pk": proposal.pk},
            opens=tuple(f"grids:business_proposal{act}" for act in of_proposal),
        ),
        Secret("note of a request", note, may_read, app="grids", keys=keys, opens=opens),
        Secret("customer of a request", name, nobody, app="grids", keys=keys),
        Secret("address of a customer", address, nobody, app="grids", keys=keys),
    ]
