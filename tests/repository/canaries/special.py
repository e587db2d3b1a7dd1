"""Secrets of special groups: who lives there, which no page tells; that they are there, to few."""

from grids.services import special as services
from grids.services import special_care as care
from tests.factories.accounts import organisation
from tests.factories.grids import grid
from tests.factories.special import NOW, Agreed, Particulars
from tests.repository.sweep import Secret

PAGES = ("special_household", "special_edit", "special_reveal", "special_act")


def plant(world):
    texts = {name: world.text() for name in ("name", "phone", "address", "account_no", "needs")}
    company = organisation("CSG-GD")
    place = {"enterprise": company, "station": None, "places": ()}
    where = grid("QZ-09", "某某网格", region=organisation("CSG-GD-ZQ-SH").region, **place)
    made = care.enter(
        kind="lonely",
        grid=where,
        person=Particulars(**texts),
        agreed=Agreed("self", NOW.date(), "written"),
        by=None,
        now=NOW,
    )
    text = world.text()
    services.review(made, text=text, by=None, now=NOW)
    keys = {"pk": made.pk, "move": "review"}
    consent = {"pk": made.consents.get().pk}
    opens = tuple(f"grids:{page}" for page in PAGES)
    nobody = {f"{name} of a special household": value for name, value in texts.items()}
    return [
        Secret("review of a household", text, _may_read, app="grids", keys=keys, opens=opens),
        *(
            Secret(name, value, lambda p: False, app="grids", keys=consent)
            for name, value in nobody.items()
        ),
    ]


def _may_read(person):
    return person.home == "CSG-GD" and person.may("special.view")
