"""Secrets of cases: complaints of two provinces, a report, a note of the office, a name."""

from complaints import services
from tests.factories import complaints as cases
from tests.repository.sweep import Secret

PAGES = tuple(f"complaints:{page}" for page in ("case", "act", "note", "reveal", "merge", "undo"))
RECEIVED = cases.at("2011-11-21 09:00")
NOW = cases.at("2011-11-22 09:00")


def plant(world):
    here = ("SERC-NF", "NEA-ROOT")
    complaint, text = received(world, "CSG-GD", "SERC-NF")
    note, name = world.text(), world.text()
    services.note(
        complaint,
        text=note,
        audiences=["regulator"],
        by=world.person("SERC-NF", "regulator_officer").user,
        now=NOW,
    )
    report, told = received(world, "CSG-GD", "SERC-NF", nature="report")
    _named, _text = received(world, "GXSL", "SERC-NF", complainant_name=name)
    elsewhere, other = received(world, "CSG-YN", "SERC-YN")
    return [
        secret("a complaint in Guangdong", complaint, text, {*here, "CSG-GD"}),
        secret("a note of the office", complaint, note, {*here}, opens=()),
        secret("a report on Guangdong's company", report, told, {*here}),
        secret("a complainant's name", _named, name, set(), opens=()),
        secret("a complaint in Yunnan", elsewhere, other, {*here, "SERC-YN", "CSG-YN"}),
    ]


def received(world, company, owner, **fields):
    """A case whose text says the secret."""
    text = world.text()
    said = {"organisation": company, "content": f"频繁停电 {text}", **fields}
    case = cases.received(owner=owner, received_at=RECEIVED, now=NOW, **said)
    return case, text


def secret(name, case, text, homes, *, opens=PAGES):
    """``homes``: where people with case.view may read it."""
    keys = {"pk": case.pk, "what": "accept", "link_pk": 1}
    return Secret(
        name,
        text,
        lambda person: person.home in homes and person.may("case.view"),
        app="complaints",
        keys=keys,
        opens=opens,
    )
