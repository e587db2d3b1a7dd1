"""Registers through their pages: every definition on the one mechanism."""

import io
import os
import zipfile
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.html import strip_tags
from openpyxl.utils import get_column_letter

from core.clock import standing_at
from core.models import Letter
from core.sheets import reader
from grids import register_taking as taking
from grids.models import Register, RegisterEntry
from grids.queries import registers as queries
from grids.services import registers as services
from tests.factories import accounts
from tests.factories import grids as make
from tests.factories.accounts import organisation
from tests.factories.grids import ENTERPRISE, STATION
from tests.factories.registers import NOW, Ground, register
from tests.reading import text_of as page_of
from tests.reporting.test_return_forms import in_process

pytestmark = pytest.mark.django_db
HEAD = 3
PEOPLE = {
    "lead": (ENTERPRISE, "company_lead"),
    "filer": (ENTERPRISE, "company_filer"),
    "office": ("SERC-NF", "regulator_officer"),
    "elsewhere": ("CSG-YN", "company_filer"),
}


class World:
    """Ground with people on every side, each with a browser."""

    def __init__(self):
        self.ground = Ground()
        self.users = {name: accounts.member(*given) for name, given in PEOPLE.items()}
        self.users["manager"] = self.ground.member.user
        self.users["officer"] = make.officer().user
        self.clients = {name: Client() for name in self.users}
        for name, user in self.users.items():
            self.clients[name].force_login(user)

    def get(self, name, door, *args, **params):
        return self.clients[name].get(reverse(f"grids:{door}", args=args), params)

    def post(self, name, door, *args, **data):
        return self.clients[name].post(reverse(f"grids:{door}", args=args), data)

    def act(self, name, entry, move, **data):
        return self.post(name, "register_act", entry.pk, move, **data)

    def enter(self, code, /, who="filer", **other):
        """An entry through the page; the answer where it was not taken."""
        answer = self.post(who, "register_new", code, **self.ground.said(code, **other))
        if answer.status_code != 302:
            return answer
        return RegisterEntry.objects.order_by("pk").last()


@pytest.fixture
def world(catalogues):
    with standing_at(NOW):
        yield World()


def text_of(answer):
    return " ".join(strip_tags(page_of(answer)).split())


def moved(answer):
    assert answer.status_code == 302, text_of(answer)[-1200:]


def test_every_register_is_kept_by_the_one_mechanism(world):
    """Each definition: workbook with its mistakes at their cells, readers, review, and an alert
    from the day after its day on; page, list and export of one of each chapter, with SWEEP=full of
    every one."""
    found = list(Register.objects.order_by("position"))
    codes = [one.code for one in found]
    assert len(codes) == len(set(codes)) >= 40
    chapters = {one.definition.options.group: one.code for one in reversed(found)}
    whole = os.environ.get("SWEEP") == "full"
    paged = set(codes) if whole else set(chapters.values())
    made = {code: walk(world, code, paged=code in paged) for code in codes}
    page = text_of(world.get("filer", "registers"))
    assert all(one.title in page for one in found)
    stats = world.get("elsewhere", "registers").context["stats"]
    assert [one.value for one in stats[1:]] == [0, 0, 0]
    alerted(world, made)


def walk(world, code, *, paged):
    told, ground = register(code).definition, world.ground
    first = next(column for column in told.form.columns if column.required)
    wrong = ground.row(code, **{first.key: ""})
    book = ground.workbook(code, [ground.row(code), wrong])
    outcome = take(world, code, book)
    heads = dict(world.read)[HEAD]
    assert heads == [column.heading for column in told.workbook.columns], code
    letter = get_column_letter(heads.index(first.heading) + 1)
    (problem,) = outcome.problems
    assert (problem.cell, problem.column, outcome.count) == (f"{letter}5", first.label, 0), code
    assert problem.remedy, code
    made = world.enter(code) if paged else ground.entry(code, by=world.users["filer"])
    assert isinstance(made, RegisterEntry), (code, text_of(made)[-900:])
    read(world, code, made)
    if paged:
        assert made.state == ("asked" if told.options.approval else "standing"), code
        listed(world, code, made)
    services.strike(made, note="登记有误", by=world.users["filer"], now=NOW)
    outcome = take(world, code, book, last=4)
    assert (outcome.count, outcome.problems) == (1, []), code
    again = RegisterEntry.objects.filter(code=code).order_by("pk").last()
    assert again.everything == made.everything, code
    if told.options.approval:
        services.approve(again, by=world.users["lead"], now=NOW)
        again.refresh_from_db()
    if told.options.review_months:
        services.review(again, note="现场核对无误", by=world.users["filer"], now=NOW)
        again.refresh_from_db()
        assert again.review_due_on > NOW.date(), code
    return ground.parents.setdefault(code, again)


def take(world, code, book, *, last=5):
    """Enter a workbook up to one of its lines; what was read stands in ``world.read``."""

    def reading(request, source):
        raw = in_process(request, source)
        raw.rows = [row for row in raw.rows if row[0] <= last]
        world.read = raw.rows
        return raw

    unit, filer = organisation(STATION), world.users["filer"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reader, "run", reading)
        return taking.take(
            register(code), book, organisation=unit, by=filer, now=NOW, name=book.name
        )


def read(world, code, made):
    """Seen by those who read the register, and by nobody else."""
    reads = set(register(code).definition.options.reads)
    sides = {"office": {"regulator"}, "officer": {"government"}, "filer": {"company", "keeper"}}
    sides |= {"manager": {"company", "member"}, "elsewhere": set()}
    for name, side in sides.items():
        seen = RegisterEntry.objects.visible_to(world.users[name]).filter(pk=made.pk).exists()
        assert seen == bool(reads & side), (code, name)


def listed(world, code, made):
    answer = world.get("filer", "register_template", code)
    assert answer.content[:2] == b"PK", code
    rows = world.get("filer", "register", code, view="all").context["rows"]
    assert made.pk in [row.entry.pk for row in rows], code
    assert world.get("elsewhere", "register_entry", made.pk).status_code == 404, code
    out = world.get("filer", "register_export", code, view="all")
    with zipfile.ZipFile(io.BytesIO(out.content)) as book:
        text = b"".join(book.read(name) for name in book.namelist() if name.endswith(".xml"))
    assert made.number.encode() in text, code


def alerted(world, made):
    """Stale from the day after their day on: listed so, and people are written to once."""
    timed = {code for code, one in made.items() if one.review_due_on}
    assert len(timed) >= 24
    keys = [one.pk for one in made.values()]
    yesterday = NOW.date() - timedelta(days=1)
    RegisterEntry.objects.exclude(pk__in=keys).update(review_due_on=None)
    RegisterEntry.objects.filter(pk__in=keys, review_due_on__isnull=False).update(
        review_due_on=yesterday
    )
    for _again in range(2):
        services.tell_of_stale(now=NOW)
    manager = world.users["manager"]
    letters = Letter.objects.filter(kind="register.stale", channel="notice")
    urls = list(letters.filter(recipient_id=manager.pk).values_list("url", flat=True))
    assert sorted(urls) == sorted(queries.url(code, view="stale") for code in timed)
    desk = text_of(world.clients["filer"].get("/"))
    assert f"{len(timed)}本台账共{len(timed)}条超过复核期限" in desk
    rows = world.get("filer", "register", "knowledge", view="stale").context["rows"]
    assert [(row.entry.pk, row.word) for row in rows] == [(made["knowledge"].pk, "超过期限")]
    moved(world.act("filer", made["knowledge"], "review", note="仍然有效"))
    assert len(world.get("filer", "register", "knowledge", view="stale").context["rows"]) == 0
    RegisterEntry.objects.exclude(code="expert").update(review_due_on=None)
    assert "专业支撑岗位：1条超过复核期限" in text_of(world.clients["filer"].get("/"))


def test_a_workbook_comes_in_by_its_page_whole_or_not_at_all(world):
    """Through the limited child that reads uploads."""
    ground, code = world.ground, "online-group"
    good, wrong = ground.row(code), ground.row(code, name="另一个群", members="许多")
    said = {"organisation": organisation(STATION).pk}
    page = world.get("filer", "register_import", code)
    assert page.status_code == 200
    upload = ground.workbook(code, [good, wrong])
    refused = world.post("filer", "register_import", code, **said, upload=upload)
    assert refused.status_code == 422
    assert [(one.cell, one.column) for one in refused.context["problems"]] == [("F5", "成员人数")]
    assert "只填数字" in text_of(refused)
    assert not RegisterEntry.objects.exists()
    moved(
        world.post("filer", "register_import", code, **said, upload=ground.workbook(code, [good]))
    )
    assert RegisterEntry.objects.get().title == "东城社区用电服务群"
    office = world.post("office", "register_import", code)
    assert office.status_code == 403
