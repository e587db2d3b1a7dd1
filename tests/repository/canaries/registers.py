"""Secrets of registers: what an entry says of a party pairing, and a contact in a closed ledger."""

from grids.services import registers as services
from grids.services.registers import Place
from tests.factories.accounts import organisation
from tests.factories.grids import START
from tests.factories.registers import examples, register
from tests.repository.sweep import Secret

OFFICES = {"SERC-NF", "NEA-ROOT"}
PAGES = ("register_entry", "register_edit", "register_act")


def plant(world):
    text = world.text()
    code = "party-pairing"
    entry = services.enter(
        register=register(code),
        place=Place(organisation("CSG-GD")),
        values=examples(code, plan=text),
        by=None,
        now=START,
    )
    keys = {"pk": entry.pk, "code": code, "move": "strike"}
    opens = tuple(f"grids:{page}" for page in PAGES)
    return [Secret("entry of a register", text, _may_read, app="grids", keys=keys, opens=opens)]


def _may_read(person):
    return person.home in {"CSG-GD", *OFFICES} and person.may("register.view")
