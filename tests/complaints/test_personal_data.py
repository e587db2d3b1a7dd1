"""Personal data planted at every way in is found nowhere that it must not be.

One person's telephone, identity number, account and name go in by the officer's form, by the public
form, and in the words of every act that asks for words. Then everything that leaves the encrypted
columns is searched: the rows as they lie in the database, letters and jobs, the trail, the logs,
exports, and every page of people without the right to see a complainant.
"""

import html
import importlib
import io
import logging
import zipfile
from datetime import timedelta

import pytest
from django.apps import apps
from django.core import mail
from django.db import connection
from django.urls import reverse

from complaints import services
from complaints.models import Case, Supervision
from complaints.services import public
from core import clock, outbox
from core.models import AuditEvent, Letter
from tests.browser.pages import walk
from tests.factories.accounts import member, organisation
from tests.factories.complaints import at

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
    }
    assert client.post(reverse("complaints:public_new"), form).status_code == 200
    case = Case.objects.latest("pk")
    code = public.code_of(form["ticket"])
    client.post(reverse("complaints:public_track"), {"number": case.number, "code": code})
    client.post(reverse("complaints:public_supplement"), {"text": SAID})
    assert not found_in(text_of(client.get(reverse("complaints:public_case"))))
    client.post(reverse("complaints:public_leave"))
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


def test_planted_personal_data_comes_out_nowhere(client, people, caplog):
    caplog.set_level(logging.DEBUG)
    case = by_officer(client, people.officer)
    other = by_anybody(client)
    handled(case, people)
    outbox.run_due(now=MONDAY + timedelta(hours=2))
    leaks = {table: hits for table, rows in rows_as_they_lie() if (hits := found_in(rows))}
    assert leaks == {}
    assert Letter.objects.exists()
    for letter in Letter.objects.all():
        assert not found_in(f"{letter.subject}{letter.body}{letter.payload}{letter.to}"), letter.key
    for message in mail.outbox:
        assert not found_in(message.subject + message.body)
    for trace in AuditEvent.objects.all():
        assert not found_in(f"{trace.details}{trace.reason}{trace.place}"), trace.kind
    assert len(caplog.records) > 5
    assert not found_in(caplog.text)
    assert pages_that_leak(client, [case, other]) == []


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


def test_words_of_supervision_written_before_are_encrypted_by_the_migration(client, people):
    case = by_officer(client, people.officer)
    for what, answers in (
        ("accept", {}),
        ("transfer", {"organisation": organisation("CSG-GD-ZQ")}),
        ("supervise", {"due_on": (MONDAY + timedelta(days=3)).date(), "text": "限期核查"}),
    ):
        services.act(case, what, by=people.officer, now=MONDAY, **answers)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE complaints_supervision SET text = %s, answer = %s", [SAID, SAID])
    assert found_in(dict(rows_as_they_lie())["complaints_supervision"])
    step = importlib.import_module("complaints.migrations.0013_encrypt_words_of_supervision")
    step.encrypt(apps, None)
    assert not found_in(dict(rows_as_they_lie())["complaints_supervision"])
    kept = Supervision.objects.get()
    assert (kept.text, kept.answer) == (SAID, SAID)


def test_the_search_for_canaries_finds_one():
    assert found_in("<td>&#38065;&#22810;&#22810;</td>") == {NAME}
    assert found_in("139****2345") == set()
