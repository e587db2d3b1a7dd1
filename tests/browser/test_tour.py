"""Every page, every role, a desk and a phone: readable, within the window, from our own server."""

import os
import re
from pathlib import Path

import pytest
from django.test import Client

from tests.browser.pages import crawl, shape, view_of
from tests.browser.server import weight
from tests.browser.world import plant

pytestmark = pytest.mark.browser

FIRST_VIEW = 200_000
REPEAT_VIEW = 30_000


@pytest.fixture
def staff(transactional_db, catalogues, kickoff_eve):
    """One person of each role, on the eve of the first deadline."""
    return plant()


def distinct(person, dead, known):
    """What a person can reach, by path: the shape of the page. Which views it were is added to
    those that are ``known`` of the house; with SWEEP=full nothing is taken as known."""
    client = Client()
    if person is None:
        return {path: shape(page) for path, page in crawl(client, dead=dead)}
    client.force_login(person)
    house = known.setdefault(person.home, set())
    before = () if os.environ.get("SWEEP") == "full" else frozenset(house)
    found = {}
    for path, page in crawl(client, dead=dead, person=person, known=before):
        found[path] = shape(page)
        house.add(view_of(path))
    return found


def picture(visitor, name):
    """With PICTURES=folder every visited page is also kept as a picture of each width."""
    if folder := os.environ.get("PICTURES"):
        Path(folder).mkdir(parents=True, exist_ok=True)
        for width in visitor.widths():
            path = Path(folder) / f"{name}-{width}.png"
            visitor.page.screenshot(path=str(path), full_page=True)


@pytest.mark.timeout(900)
def test_every_page_is_sound_at_both_widths_for_every_role(visit, staff):
    seen, faults, known = set(), [], {}
    for role, person in [("stranger", None), *staff.items()]:
        new = {}
        for path, form in distinct(person, faults, known).items():
            # The desk of every role once, for the menu around it.
            if form not in seen or path == "/":
                seen.add(form)
                new[path] = form
        visitor = visit(person)
        for path in new:
            name = re.sub(r"\W+", "-", path.strip("/")) or "desk"
            faults += look(visitor, path, f"{role} {path}", f"{name}-{role}")
        visitor.close()
    assert not faults, "\n".join(faults)


def look(visitor, path, label, name):
    """Faults of one page as the person sees it."""
    visitor.wrong.clear()
    status = visitor.open(path)
    faults = [] if status == 200 else [f"{label}: answered {status}"]
    faults += visitor.faults(label, turn_back=False)
    if visitor.paper_overflow() > 0:
        faults.append(f"{label}: wider than a sheet of A4 when printed")
    picture(visitor, name)
    return faults


def test_the_first_view_is_light_and_the_next_lighter(visit, staff):
    visitor = visit(staff["regulator_officer"])
    first = weight(visitor, "/")
    repeat = weight(visitor, "/")
    assert first <= FIRST_VIEW
    assert repeat <= REPEAT_VIEW
