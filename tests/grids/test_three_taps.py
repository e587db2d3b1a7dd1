"""Whatever a grid manager does stands in front of them three taps from the home page."""

import re
from datetime import timedelta
from html.parser import HTMLParser
from types import SimpleNamespace
from urllib.parse import urljoin, urlsplit

import pytest
from django.test import Client
from django.urls import Resolver404, resolve

from core import clock
from grids import services
from grids.models import BusinessRequest
from grids.services import special_care
from grids.services.special import Agreed, Particulars
from tests.factories import accounts, business, claims, grids, hazards

pytestmark = pytest.mark.usefixtures("catalogues", "kickoff_eve")
TAPS = 3
# Where somebody only reads, or looks after the own account.
ASIDE = re.compile(
    r"^(file|core|accounts|account|mfa|workdays|reporting)\b|public|board|counts|import|map$|plans$"
    r"|export|quality|explained|locate|report$|people|terms|type|rules|card|government|proposals"
)
# Some of what has to be among it: each kind of work a manager has.
MUST = {
    *("complaints:claim_take", "complaints:claim_reply", "complaints:claim_new"),
    *("grids:hazard_new", "grids:hazard_accept", "grids:patrol"),
    *("grids:business_take", "grids:register_new", "grids:special_act", "grids:accept"),
}


class Taps(HTMLParser):
    """Where a page leads and with how many taps, and what its forms do."""

    def __init__(self, page):
        super().__init__()
        self.folds, self.links, self.forms, self.hidden = [], {}, set(), False
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        said = dict(attrs)
        if tag == "nav":
            # The rail is the menu of wide screens.
            self.hidden = said.get("class") == "rail"
        if tag == "details":
            self.folds.append("open" not in said)
        elif tag == "a" and said.get("href") and not self.hidden:
            taps = 1 + any(self.folds)
            path = said["href"].partition("#")[0]
            self.links[path] = min(taps, self.links.get(path, taps))
        elif tag == "form" and said.get("method", "").lower() == "post":
            self.forms.add(said.get("action") or "")

    def handle_endtag(self, tag):
        if tag == "nav":
            self.hidden = False
        if tag == "details":
            self.folds.pop()


@pytest.fixture
def manager():
    """A manager with something of every kind to do."""
    now = clock.now()
    grid, cell, member, officer = grids.grid(), grids.government(), grids.member(), grids.officer()
    services.pair(grid, cell, share=100, valid_from=grids.FIRST, by=None, now=grids.START)
    grids.area(grid=grid)
    grids.manager(grid, member)
    grids.manager(cell, officer, post=grids.Post.OFFICER)
    people = {"manager": member.user, "officer": officer.user, "member": member}
    lead = accounts.member(grids.ENTERPRISE, "company_lead")
    filer = accounts.member(grids.ENTERPRISE, "company_filer")
    world = SimpleNamespace(grid=grid, cell=cell, lead=lead, filer=filer, **people)
    claims.whistled(world, now=now)
    accepted = claims.whistled(world, now=now, content="另一件诉求")
    claims.lead(world, accepted, ("take", "11-24 09:30"))
    hazard = hazards.reported(world, now=now - timedelta(hours=2))
    hazards.graded(world, hazard, now=now - timedelta(hours=1), accepted=False)
    second = hazards.reported(world, now=now - timedelta(hours=2), content="另一处")
    hazards.graded(world, second, now=now - timedelta(hours=1))
    hazards.planned(world, "active", by=lead, now=now - timedelta(days=1))
    request = business.passed(now=now)
    BusinessRequest.objects.filter(pk=request.pk).update(organisation=grid.station, grid=cell)
    special_care.enter(
        kind="lonely",
        grid=grid,
        person=Particulars(name="张水生", address="光明路18号", phone="13800001234"),
        agreed=Agreed("self", now.date(), "written", False, None),
        by=member.user,
        now=now,
    )
    other, colleague = grids.grid("SH-02", "南街二网格", places=()), grids.member("王思齐")
    grids.manager(other, colleague)
    asked = {"reason": "调岗", "effective_at": now, "by": None, "now": now}
    services.propose(other, successor=member, **asked)
    return member.user


def test_whatever_a_manager_does_is_three_taps_from_home(manager):
    """One page of each view, the nearest; a form counts where its fold or button is in sight."""
    client = Client()
    client.force_login(manager)
    near, queue, opened = {}, [(0, "/")], set()
    while queue:
        queue.sort(reverse=True)
        taps, path = queue.pop()
        name = name_of(path)
        if name is None or name in opened or ASIDE.search(name) or path.endswith(".xlsx"):
            continue
        opened.add(name)
        answer = client.get(path)
        if answer.status_code != 200 or not answer["Content-Type"].startswith("text/html"):
            continue
        page = Taps(answer.content.decode())
        for form in page.forms:
            act = name_of(form or path)
            near[act] = min(near.get(act, taps), taps)
        queue += [(taps + more, urljoin(path, link)) for link, more in page.links.items()]
    assert {name for name, taps in near.items() if taps > TAPS} == set()
    assert near.keys() >= MUST


def name_of(path):
    try:
        return resolve(urlsplit(path).path).view_name
    except Resolver404:
        return None
