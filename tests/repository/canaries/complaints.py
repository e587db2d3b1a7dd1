"""Secrets of cases: complaints of two provinces, a report, a note of the office, a name."""

from dataclasses import replace

from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import Organisation
from complaints import services
from complaints.models import Case, CaseLink
from complaints.services import attaching, incidents, meetings
from tests.factories import complaints as cases
from tests.repository.sweep import Secret
from tests.workbooks.attachments import png

DOORS = (
    "case",
    "act",
    "note",
    "reveal",
    "merge",
    "undo",
    "attach",
    "slip",
    "api_case",
    "api_events",
)
PAGES = tuple(f"complaints:{page}" for page in DOORS)
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
    label = world.text()
    scan = attached(complaint, label, world.person("SERC-NF", "regulator_officer").user)
    report, told = received(world, "CSG-GD", "SERC-NF", nature="report")
    _named, _text = received(world, "GXSL", "SERC-NF", complainant_name=name)
    elsewhere, other = received(world, "CSG-YN", "SERC-YN")
    open_pair = proposal(world, "CSG-GD")
    event = incident(world, open_pair[0])
    secret_pair = proposal(world, "CSG-GD", confidential=True)
    return [
        event,
        meeting(world, issued=False),
        meeting(world, issued=True),
        linked("a proposal between two hotlines", *open_pair, {*here, "CSG-GD"}),
        linked("a proposal that would name a complainant", *secret_pair, {*here}),
        secret("a complaint in Guangdong", complaint, text, {*here, "CSG-GD"}),
        secret("a note of the office", complaint, note, {*here}, opens=()),
        secret("a letter at the office", complaint, label, {*here}, opens=(), file_pk=scan.pk),
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


def proposal(world, company, **fields):
    """Two cases of one caller, proposed as one event, and a reason that only this pair has."""
    case, _said = received(world, company, "SERC-NF", **fields)
    other = cases.received(
        owner=company,
        source="95598",
        received_at=RECEIVED,
        now=NOW,
        channel="phone_95598",
        category="",
        organisation=company,
    )
    text = world.text()
    kinds = {"kind": "joint", "state": "proposed", "score": 9.5, "reasons": [[text, 9.5]]}
    return CaseLink.objects.create(a=case, b=other, at=NOW, **kinds), text


def linked(name, link, text, homes):
    doors = ("complaints:compare", "complaints:answer_link", "complaints:take_back")
    found = secret(name, link.a, text, homes, opens=doors)
    return replace(found, keys={"link_pk": link.pk})


def meeting(world, *, issued):
    """A joint meeting with Guangdong's company; it learns of it when the minutes are issued."""
    text, officer = world.text(), world.person("SERC-NF", "regulator_officer").user
    office, company = (Organisation.objects.get(code=code) for code in ("SERC-NF", "CSG-GD"))
    day = NOW.date()
    made = meetings.prepare(
        host=office,
        title="联席会商",
        held_on=day,
        period=(day, day),
        parties=[company],
        agenda=text,
        by=officer,
        now=NOW,
    )
    task = meetings.decide(made, text="核查", organisation=company, due_on=day, by=officer, now=NOW)
    if issued:
        meetings.issue(made, minutes="纪要", by=officer, now=NOW)
    homes = {"SERC-NF", "NEA-ROOT"} | ({"CSG-GD"} if issued else set())
    doors = tuple(f"complaints:{name}" for name in ("meeting", "meeting_decide", "meeting_issue"))
    case = Case.objects.first()
    name = "an issued joint meeting" if issued else "a joint meeting that is being prepared"
    found = secret(name, case, text, homes, opens=(*doors, "complaints:task_finish"))
    return replace(found, keys={"meeting_pk": made.pk, "task_pk": task.pk})


def incident(world, link):
    """An event of two cases in Guangdong, under a name that only it has."""
    text, officer = world.text(), world.person("SERC-NF", "regulator_officer").user
    made = incidents.open_incident(
        [link.a, link.b],
        title=text,
        matter="outage",
        leading=link.b.owner,
        by=officer,
        now=NOW,
    )
    names = ("incident", "incident_add", "incident_case", "incident_lead", "incident_close")
    doors = tuple(f"complaints:{name}" for name in names)
    homes = {"SERC-NF", "NEA-ROOT", "CSG-GD"}
    found = secret("an event in Guangdong", link.a, text, homes, opens=doors)
    return replace(found, keys={"incident_pk": made.pk, "pk": link.a.pk})


def attached(case, label, by):
    """A scan that stays with the office."""
    received = attaching.check([SimpleUploadedFile("a.png", png())])
    (made,) = attaching.attach(
        case, received, kind="scan", audiences=["regulator"], label=label, by=by, now=NOW
    )
    return made


def secret(name, case, text, homes, *, opens=PAGES, file_pk=1):
    """``homes``: where people with case.view may read it."""
    keys = {"pk": case.pk, "number": case.number, "what": "accept", "kind": "nature"}
    keys |= {"link_pk": 1, "file_pk": file_pk}
    return Secret(
        name,
        text,
        lambda person: person.home in homes and person.may("case.view"),
        app="complaints",
        keys=keys,
        opens=opens,
    )
