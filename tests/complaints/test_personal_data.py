"""Personal data planted at every way in is found nowhere that it must not be.

One person's telephone, identity number, account and name go in by the officer's form, by the public
form, by a company's system, in the words of every act that asks for words, in the names of files,
in purposes, reasons and titles. Then everything that leaves the encrypted columns is searched: the
rows as they lie in the database, letters, calls and jobs, the trail, the logs, the files on the
disk, exports, and every page of people without the right to see a complainant.
"""

import html
import io
import json
import logging
import zipfile
from datetime import timedelta
from email import message_from_bytes

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import reverse

from complaints import services
from complaints.models import Case
from complaints.services import incidents, public, retention
from core import clock, outbox
from core.errors import Refused
from core.models import AuditEvent, Letter, StoredFile
from tests.browser.pages import walk
from tests.complaints.test_api_cases import CASES, order
from tests.factories.accounts import member, organisation
from tests.factories.clients import Caller, issued
from tests.factories.complaints import at, played, received
from tests.factories.hotline import endpoint
from tests.workbooks.attachments import png

pytestmark = pytest.mark.django_db
MONDAY = at("2018-03-05 09:00")
NAME, PHONE, CARD, ACCOUNT = "钱多多", "13977712345", "440106198001011239", "0309998887776"
STREET = "芳草路77号"
CANARIES = (NAME, PHONE, CARD, ACCOUNT, STREET, "139-7771-2345", "139 7771 2345")
SAID = f"联系人：{NAME}，电话139-7771-2345，身份证{CARD}，户号{ACCOUNT}，家住{STREET}"
WITHOUT_RIGHT = (
    ("SERC-NF", "regulator_viewer"),
    ("CSG-GD-ZQ", "company_viewer"),
    ("NEA-ROOT", "audit_administrator"),
)


@pytest.fixture(autouse=True)
def monday(catalogues):
    with clock.standing_at(MONDAY):
        yield


def by_officer(client, officer):
    """A complaint taken on the telephone."""
    client.force_login(officer)
    form = {
        "owner": organisation("SERC-NF").pk,
        "source": "12398",
        "received_at": "2018-03-05T08:55",
        "channel": "phone",
        "nature": "complaint",
        "industry": "power",
        "organisation": "CSG-GD-ZQ",
        "complainant_name": NAME,
        "complainant_phone": PHONE,
        "account_no": ACCOUNT,
        "address": STREET,
        "content": SAID,
    }
    assert client.post(reverse("complaints:new"), form).status_code == 302
    return Case.objects.latest("pk")


def by_anybody(client):
    """The same by the public form, and words added later."""
    client.logout()
    form = {
        "ticket": public.new_ticket(),
        "nature": "complaint",
        "content": SAID,
        "region": "441200",
        "respondent": "肇庆供电局",
        "address": STREET,
        "account_no": ACCOUNT,
        "name": NAME,
        "phone": PHONE,
        "consent": "on",
        "files": photo(),
    }
    assert client.post(reverse("complaints:public_new"), form).status_code == 200
    case = Case.objects.latest("pk")
    code = public.code_of(form["ticket"])
    client.post(reverse("complaints:public_track"), {"number": case.number, "code": code})
    client.post(reverse("complaints:public_supplement"), {"text": SAID})
    assert not found_in(text_of(client.get(reverse("complaints:public_case"))))
    client.post(reverse("complaints:public_leave"))
    return case


def photo():
    """A file that somebody named after the person in it."""
    return SimpleUploadedFile(f"{NAME}{PHONE}.PNG", png())


def by_machine():
    """Orders of a company's system, and what it tells of them; one is refused with its words."""
    made = issued("CSG-GD")
    endpoint(client=made.client)
    company, station = Caller(made), Caller(issued("CSG-GD-ZQ"))
    given = {
        "content": SAID,
        "complainant": {"name": NAME, "phone": PHONE},
        "account_no": ACCOUNT,
        "address": STREET,
    }
    # The machine's clock is that of the orders.
    assert company.post(CASES, order("GD-1", **given)).status_code == 201
    assert company.post(CASES, order("GD-2", **given, nature=NAME)).status_code == 422
    batch = json.dumps(order("GD-3", **given)).encode()
    sent = company.post(f"{CASES}batch/", batch, kind="application/x-ndjson")
    assert sent.status_code == 200, sent.content
    said = {"text": SAID, "by": NAME}
    handed = {"kind": "dispatched", "organisation": "CSG-GD-ZQ", **said}
    for caller, told in ((company, handed), (station, {"kind": "accepted", **said})):
        answer = caller.post(f"{CASES}GD-1/events/", told)
        assert answer.status_code == 201, answer.content
    return Case.objects.get(number="GD-1")


def in_purposes_reasons_and_titles(client, case, people):
    """What people type beside the acts: why they look, what files and events are called."""
    client.force_login(people.officer)
    reveal = reverse("complaints:reveal", args=[case.pk])
    assert client.post(reveal, {"purpose": SAID}).status_code == 200
    full = reverse("complaints:export_in_full") + "?view=all"
    assert client.post(full, {"purpose": f"联系{PHONE}"}).status_code == 200
    sent = {"files": photo(), "kind": "photo", "label": SAID[:70], "audiences": ["regulator"]}
    attach = reverse("complaints:attach", args=[case.pk])
    assert client.post(attach, sent).status_code == 302
    retention.hold(case, reason=SAID, by=people.lead, now=MONDAY)
    event = incidents.open_incident(
        list(Case.objects.exclude(nature="report")[:2]),
        title=SAID,
        matter="outage",
        leading=organisation("SERC-NF"),
        by=people.lead,
        now=MONDAY,
    )
    incidents.close(event, conclusion=SAID, by=people.lead, now=MONDAY)


def appealed(people):
    """Since 2025: answered, and appealed against, with the time stopped and prolonged before."""
    start = at("2025-03-03 09:00")
    who = {"complainant_name": NAME, "complainant_phone": PHONE, "account_no": ACCOUNT}
    case = received(received_at=start, address=STREET, content=SAID, **who)
    officer, handler, boss = people.officer, people.handler, people.lead
    played(
        case,
        ("transfer", officer, {"organisation": organisation("CSG-GD-ZQ"), "text": SAID}),
        ("take", handler, {"text": SAID}),
        start=start,
    )
    running = case.clocks.filter(state="running").values_list("code", flat=True)
    rules = case.procedure.definition["clocks"]
    stop = next(one["code"] for one in rules if one.get("pausable") and one["code"] in running)
    paused = {"clock": stop, "reason": "material", "text": SAID}
    longer = {"clock": stop, "value": 1, "ground": "complex", "document_number": "1号"}
    played(
        case,
        ("pause", boss, paused),
        ("resume", boss, {"clock": stop, "text": SAID}),
        ("extend", boss, {**longer, "text": SAID}),
        ("verify", handler, {"outcome": "unsubstantiated", "text": SAID}),
        ("inform", handler, {"text": SAID}),
        ("close", handler, {"text": SAID}),
        ("appeal", officer, {"text": SAID}),
        start=start + timedelta(hours=1),
    )
    return case


def handled(case, people):
    """Every act that asks for words, each with the canaries in them."""
    officer, handler = people.officer, people.handler
    steps = (
        ("accept", officer, {"text": SAID}),
        ("transfer", officer, {"organisation": organisation("CSG-GD-ZQ"), "text": SAID}),
        ("supervise", officer, {"due_on": (MONDAY + timedelta(days=3)).date(), "text": SAID}),
        ("take", handler, {"text": SAID}),
        ("urge", officer, {"text": SAID}),
        ("contact", handler, {"text": SAID}),
        ("answer_supervision", handler, {"text": SAID}),
        ("reply", handler, {"text": SAID}),
        ("verify", officer, {"outcome": "partly", "text": SAID}),
        ("inform", officer, {"text": SAID}),
        ("visit", officer, {"reached": True, "satisfaction": "content", "text": SAID}),
        ("close", officer, {"text": SAID}),
    )
    for minute, (what, person, answers) in enumerate(steps):
        services.act(case, what, by=person, now=MONDAY + timedelta(minutes=minute), **answers)
    audiences = ["regulator", "company", "complainant"]
    now = MONDAY + timedelta(hours=1)
    services.note(case, text=SAID, audiences=audiences, by=officer, now=now)


def found_in(text):
    """Canaries in a text, whatever entities it is written in."""
    plain = html.unescape(text)
    return {canary for canary in CANARIES if canary in plain or canary in text}


def rows_as_they_lie():
    """Everything in the database without any key, by table."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608 (names from the database itself)
            yield table, "\n".join(map(str, cursor.fetchall()))


def text_of(response):
    content = b"".join(response.streaming_content) if response.streaming else response.content
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return "\n".join(
                archive.read(name).decode("utf-8", "ignore") for name in archive.namelist()
            )
    return content.decode("utf-8", "ignore")


def on_the_disk():
    """Files in the portal's folder that show a canary, the letters of a portal without a mail
    server among them."""
    leaks, seen = [], 0
    for path in settings.PORTAL_DATA.rglob("*"):
        if path.is_file() and "sqlite" not in path.name:
            content, seen = path.read_bytes(), seen + 1
            text = content.decode("utf-8", "ignore")
            if path.suffix == ".eml":
                parts = message_from_bytes(content).walk()
                bodies = [part.get_payload(decode=True) or b"" for part in parts]
                text += "".join(body.decode("utf-8", "ignore") for body in bodies)
            leaks += [(path.name, hits)] if (hits := found_in(f"{path.name}{text}")) else []
    assert seen > 2
    return leaks


def test_planted_personal_data_comes_out_nowhere(client, people, caplog, settings):
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.DEBUG, logger="django_structlog")
    settings.EMAIL_BACKEND = "core.mail.FolderBackend"
    case = by_officer(client, people.officer)
    cases = [case, by_anybody(client), by_machine(), appealed(people)]
    handled(case, people)
    in_purposes_reasons_and_titles(client, case, people)
    calls = Letter.objects.filter(channel="webhook")
    assert calls.exists()
    letters = [f"{one.subject}{one.body}{one.payload}{one.to}" for one in Letter.objects.all()]
    # The company's system is not there to be called.
    calls.update(not_before=MONDAY + timedelta(days=3650))
    outbox.run_due(now=MONDAY + timedelta(hours=2))
    assert StoredFile.objects.count() == 2
    assert list(settings.EMAIL_FILE_PATH.glob("*.eml"))
    traces = [f"{one.details}{one.reason}{one.place}" for one in AuditEvent.objects.all()]
    leaks = {
        "rows": {table: hits for table, rows in rows_as_they_lie() if (hits := found_in(rows))},
        "letters": found_in("".join(letters)),
        "trail": found_in("".join(traces)),
        "disk": on_the_disk(),
        "pages": pages_that_leak(client, cases),
        "log": found_in(caplog.text),
    }
    assert not any(leaks.values()), leaks
    assert len(caplog.records) > 5


def test_a_number_of_a_document_is_no_place_for_a_telephone(client, people):
    case = played(
        by_officer(client, people.officer),
        ("accept", people.officer, {}),
        ("transfer", people.officer, {"organisation": organisation("CSG-GD-ZQ")}),
        start=MONDAY,
    )
    order = {"due_on": (MONDAY + timedelta(days=3)).date(), "text": SAID}
    with pytest.raises(Refused, match="个人信息，请删除"):
        services.act(
            case,
            "supervise",
            by=people.officer,
            now=MONDAY,
            **order,
            document_number=f"督办{PHONE}",
        )


def pages_that_leak(client, cases):
    """Pages and exports that show a canary to somebody without the right."""
    leaks = []
    names = ("complaints:", "core:notices", "audit", "desk")
    paths = [
        path
        for path, name in walk()
        if name.startswith(names) and "public" not in name and "/api/" not in path
    ]
    paths += [reverse("complaints:case", args=[case.pk]) for case in cases]
    paths += [f"{reverse('complaints:list')}?view=all&text={word}" for word in (NAME, PHONE)]
    paths += [f"{reverse('core:search')}?q={word}" for word in (NAME, PHONE, ACCOUNT)]
    paths += [reverse("complaints:export") + "?view=all"]
    opened = 0
    for home, role in WITHOUT_RIGHT:
        client.force_login(member(home, role))
        for path in dict.fromkeys(paths):
            answer = client.get(path)
            if answer.status_code == 200:
                opened += 1
                # What was asked for stands in the field of the search again.
                asked = path.partition("=")[2] if "?" in path else ""
                hits = {hit for hit in found_in(text_of(answer)) if hit not in asked}
                leaks += [(role, path, sorted(hits))] if hits else []
    assert opened > 30
    return leaks


def test_the_search_for_canaries_finds_one():
    assert found_in("<td>&#38065;&#22810;&#22810;</td>") == {NAME}
    assert found_in("139****2345") == set()
