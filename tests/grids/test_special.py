"""Special groups at their pages: consent, masking, purposes, helpers, checks, visits."""

import io
import re
import zipfile
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.http import QueryDict
from django.test import Client
from django.urls import reverse

from accounts.permissions import ROLES
from core import clock
from core.models import AuditEvent, Letter, StoredFile
from grids import special_invariants
from grids.models import HelpPair, HolidayVisit, SafetyCheck, SpecialHousehold
from grids.queries.special import Filters
from grids.services import handing, special, special_care, special_clock
from tests.factories import accounts, clients
from tests.factories.special import ADDRESS, NOW, TODAY, Ground
from tests.reading import text_of
from tests.repository import sweep

pytestmark = pytest.mark.usefixtures("catalogues", "kickoff_eve")
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360000002000001e221bc330000000049454e44ae426082"
)
PURPOSE = {"purpose": "service", "words": "上门更换漏电保护器"}


class World(Ground):
    """The ground, and a browser for everybody of it."""

    def __init__(self):
        super().__init__()
        self.clients = {}
        self.users = {
            "manager": self.manager.user,
            "second": self.second.user,
            "officer": self.officer.user,
            "lead": self.lead,
            "viewer": accounts.member("CSG-GD-ZQ-SH", "company_viewer"),
            "office": accounts.member("SERC-NF", "regulator_lead"),
        }

    def get(self, who, page, *args, **asked):
        return self.client(who).get(reverse(f"grids:{page}", args=args), asked)

    def post(self, who, page, *args, **said):
        return self.client(who).post(reverse(f"grids:{page}", args=args), said)

    def act(self, who, one, move, **said):
        return self.post(who, "special_act", one.pk, move, **said)

    def client(self, who):
        if who not in self.clients:
            self.clients[who] = Client()
            self.clients[who].force_login(self.users[who])
        return self.clients[who]

    def said(self, **other):
        given = {
            "kind": "lonely",
            "name": "张水生",
            "phone": "13800001234",
            "address": ADDRESS,
            "account_no": "0310001234567",
            "grid": self.grid.pk,
            "given_by": "self",
            "given_on": "2011-11-24",
            "form": "written",
        }
        return {**given, **other}


@pytest.fixture
def world():
    return World()


def moved(answer):
    assert answer.status_code == 302, text_of(answer)[:3000]


def refused(answer, *words):
    assert answer.status_code in (409, 422)
    for word in words:
        assert word in text_of(answer), word


@pytest.mark.clause("S2-5.8a")
def test_a_household_is_entered_with_consent_and_seen_masked_by_few(world):
    enter = world.said()
    refused(world.post("manager", "special_new", **{**enter, "given_by": ""}), "必填")
    child = {**enter, "kind": "left_child", "name": "令狐小满"}
    refused(world.post("manager", "special_new", **child), "留守儿童须由监护人同意")
    child |= {"given_by": "guardian", "guardian": "令狐平", "guardian_phone": "13800005678"}
    moved(world.post("manager", "special_new", **child))
    scan = io.BytesIO(PNG)
    scan.name = "张水生同意书.png"
    moved(world.post("manager", "special_new", **enter, shared="on", scan=scan))
    young, old = SpecialHousehold.objects.order_by("pk")
    assert (young.shared, old.shared, old.source) == (False, True, "company")
    assert old.government_grid == world.government
    # The same again, from another desk.
    refused(world.post("lead", "special_new", **enter), f"已在台账中（{old.number}）")
    for who in ("manager", "lead"):
        page = text_of(world.get(who, "special")) + text_of(
            world.get(who, "special_household", old.pk)
        )
        assert "张*" in page
        assert "东城街道***" in page
        assert "令狐*" in page
        for clear in ("张水生", "水生", "令狐小满", "138", "1234567", "光明路"):
            assert clear not in page, clear
    # The manager of the grid beside, a reader of the company and the office see nothing.
    assert world.get("second", "special_household", old.pk).status_code == 404
    assert old.number not in text_of(world.get("second", "special"))
    assert world.get("viewer", "special").status_code == 403
    assert world.get("office", "special_household", old.pk).status_code == 403
    # The officer sees who agreed to be shared, and may not open it.
    assert old.number in text_of(world.get("officer", "special"))
    assert young.number not in text_of(world.get("officer", "special"))
    assert world.get("officer", "special_household", young.pk).status_code == 404
    assert world.post("officer", "special_reveal", old.pk, **PURPOSE).status_code == 403
    moved(
        world.act("manager", old, "unshare", given_by="self", given_on="2011-11-24", form="written")
    )
    assert world.get("officer", "special_household", old.pk).status_code == 404
    # An officer enters one of the own grid, who has to agree to be shared.
    other = world.said(name="区桂兰", address="广东省四会市东城街道光明路19号")
    refused(world.post("officer", "special_new", **other), "须同意向政府网格共享")
    elsewhere = {**other, "shared": "on", "grid": world.other.pk}
    refused(world.post("officer", "special_new", **elsewhere))
    moved(world.post("officer", "special_new", **other, shared="on"))
    # Nor does a refusal tell the officer who else is in the ledger.
    again = world.post("officer", "special_new", **enter, shared="on")
    refused(again, "请联系供电单位")
    assert old.number not in text_of(again)
    third = SpecialHousehold.objects.latest("pk")
    assert (third.source, third.organisation) == ("government", world.grid.organisation)
    answer = world.act("officer", third, "end", reason="moved", ended_on="2011-11-24")
    assert answer.status_code == 409


@pytest.mark.clause("S2-5.8a")
def test_particulars_are_opened_with_a_purpose_that_is_on_the_record(world):
    scan = io.BytesIO(PNG)
    scan.name = "张水生.png"
    one = world.household(scan=special.receive(scan), account_no="0310001234567")
    trail = AuditEvent.objects.filter(kind="personal.reveal")
    for wrong in ({}, {**PURPOSE, "words": "看看"}, {**PURPOSE, "purpose": "curious"}):
        answer = world.post("manager", "special_reveal", one.pk, **wrong)
        refused(answer)
        assert "张水生" not in text_of(answer)
    assert not trail.exists()
    said = {**PURPOSE, "words": "给张水生送药，电话13800001234"}
    answer = world.post("manager", "special_reveal", one.pk, **said)
    assert answer["Cache-Control"] == "private, no-store"
    for clear in ("张水生", "13800001234", "0310001234567", "3栋201室"):
        assert clear in text_of(answer), clear
    event = trail.get()
    assert (event.actor_id, event.target_id) == (world.manager.user.pk, str(one.pk))
    assert event.reason == "上门服务：给张**送药，电话138****1234"
    assert "张水生" not in text_of(world.get("manager", "special_household", one.pk))
    # The signed form on the same terms, and not by the common door for files.
    consent, stored = one.consents.get(), StoredFile.objects.get(purpose="consent")
    refused(world.post("manager", "special_scan", consent.pk))
    assert world.client("manager").get(stored.get_absolute_url()).status_code == 404
    opened = world.post("manager", "special_scan", consent.pk, **PURPOSE)
    assert b"".join(opened.streaming_content) == PNG
    assert f"{one.number}.png" in opened["Content-Disposition"]
    assert trail.count() == 2
    assert world.post("second", "special_scan", consent.pk, **PURPOSE).status_code == 404
    # Taken away: masked, and on the record with its purpose.
    refused(world.post("manager", "special_export", purpose="visit", words=""))
    sheet = world.post("manager", "special_export", purpose="visit", words="春节慰问排班")
    assert "张*" in inside(sheet)
    assert "张水生" not in inside(sheet)
    taken = AuditEvent.objects.get(kind="special.export")
    assert (taken.reason, taken.details["count"]) == ("节日慰问：春节慰问排班", 1)


@pytest.mark.clause("S2-5.8a")
def test_a_withdrawn_consent_takes_the_person_away_and_keeps_the_count(world):
    scan = io.BytesIO(PNG)
    scan.name = "a.png"
    one = world.household(shared=True, scan=special.receive(scan))
    left = world.household(name="区桂兰", phone="", now=NOW)
    special_care.help(
        one, helper=world.manager, role="main", valid_from=TODAY, task="找张水生", by=None, now=NOW
    )
    one.checks.update(hazard_number="YH441284201111240001")
    moved(world.act("officer", one, "withdraw", withdrawn_by="self", withdrawn_on="2011-11-24"))
    assert set(one.checks.values_list("hazard_number", flat=True)) == {""}
    one.refresh_from_db()
    assert (one.state, one.name, one.address, one.identity) == ("withdrawn", None, None, "")
    assert not StoredFile.objects.filter(purpose="consent").exists()
    assert one.pairs.get().valid_until == TODAY
    assert not one.checks.filter(state="planned").exists()
    assert (one.pairs.get().task, one.shared) == ("", False)
    refused(world.post("manager", "special_reveal", one.pk, **PURPOSE), "已经清除")
    with pytest.raises(IntegrityError), transaction.atomic():
        SpecialHousehold.objects.filter(pk=one.pk).update(name="张水生")
    lines = world.get("lead", "special_counts").context["tables"][0][2]
    assert (lines[0].numbers["standing"], lines[0].numbers["left"]) == (1, 1)
    # Whoever left is kept by name for ninety days, not longer.
    moved(world.act("manager", left, "end", reason="moved", ended_on="2011-11-24"))
    special_clock.tick(now=NOW + timedelta(days=90))
    left.refresh_from_db()
    assert left.name == "区桂兰"
    special_clock.tick(now=NOW + timedelta(days=91))
    left.refresh_from_db()
    assert (left.name, left.state) == (None, "ended")
    kinds = set(AuditEvent.objects.filter(target_id=str(left.pk)).values_list("kind", flat=True))
    assert {"special.end", "special.blank"} <= kinds
    # What is proved of the ledger would see a word that stayed, and somebody who never agreed.
    assert special_invariants.gone_is_gone() + special_invariants.consented() == []
    left.events.filter(move="end").update(text="区桂兰迁出")
    kept = world.household(name="冼秀莲")
    kept.consents.update(ended_at=NOW)
    (gone,), (alone,) = special_invariants.gone_is_gone(), special_invariants.consented()
    assert left.number in gone
    assert kept.number in alone


def test_nobody_becomes_a_minor_in_the_ledger_without_a_guardian(world):
    one = world.household(now=NOW)
    said = {"kind": "left_child", "seen": one.version}
    refused(world.post("manager", "special_edit", one.pk, **said), "留守儿童须由监护人同意")
    one.refresh_from_db()
    assert (one.kind, one.version) == ("lonely", 1)
    moved(world.post("manager", "special_edit", one.pk, **{**said, "kind": "disabled"}))


@pytest.mark.clause("S2-5.8b")
def test_a_household_has_one_main_helper_at_a_time(world):
    one = world.household(name="区桂兰")
    helper = {"helper": world.manager.pk, "role": "main", "valid_from": "2011-11-24"}
    moved(world.act("manager", one, "help", **helper, task="每周一次电话"))
    told = Letter.objects.get(kind="special.help")
    assert one.number in told.subject
    assert "区桂兰" not in told.subject + told.body
    again = {**helper, "helper": world.second.pk, "valid_from": "2012-03-01"}
    refused(world.act("manager", one, "help", **again), "已有主要帮扶人")
    # The database itself refuses it.
    row = {"household": one, "created_at": NOW, "helper": world.second}
    with pytest.raises(IntegrityError), transaction.atomic():
        HelpPair.objects.create(**row, role="main", valid_from=date(2012, 3, 1))
    HelpPair.objects.create(**row, role="second", valid_from=TODAY)
    first = one.pairs.get(role="main")
    over = {"pair": first.pk, "to": world.second.pk, "reason": "岗位调整"}
    refused(world.act("manager", one, "hand_over", **over, valid_from="2011-11-24"), "晚于开始日期")
    moved(world.act("manager", one, "hand_over", **over, valid_from="2011-12-01"))
    pairs = one.pairs.filter(role="main").order_by("valid_from")
    assert [(p.helper, p.valid_from.day, p.valid_until) for p in pairs] == [
        (world.manager, 24, date(2011, 11, 30)),
        (world.second, 1, None),
    ]
    # From then on the household is in sight of its helper, who keeps another grid.
    with clock.standing_at(NOW + timedelta(days=10)):
        page = text_of(world.get("second", "special_household", one.pk))
        assert "区*" in page
        # With the grid the main helper goes to the next manager.
        other = world.household(name="张水生", grid=world.other)
        later = NOW + timedelta(days=10)
        special_care.help(
            other, helper=world.second, role="main", valid_from=TODAY, by=None, now=later
        )
        asked = handing.propose(
            world.other,
            successor=world.manager,
            effective_at=later + timedelta(minutes=1),
            reason="轮岗",
            by=None,
            now=later,
        )
        handing.accept(asked, by=world.manager.user, now=later + timedelta(minutes=2))
    now_main = other.pairs.get(role="main", valid_until__isnull=True)
    assert (now_main.helper, now_main.valid_from) == (world.manager, date(2011, 12, 4))
    asked.refresh_from_db()
    assert ["结对帮扶", 1] in [list(each) for each in asked.open_work]


@pytest.mark.clause("S2-5.8c")
def test_safety_checks_are_planned_done_and_repeated_by_their_result(world):
    one = world.household()
    assert one.checks.get().due_on == date(2011, 12, 24)
    items = ("wiring", "breaker", "socket", "heating", "lamp", "charging")
    fit = {f"item_{code}": "fit" for code in items}
    with clock.standing_at(NOW + timedelta(days=31)):
        special_clock.tick(now=clock.now())
        special_clock.tick(now=clock.now())
        letters = Letter.objects.filter(kind="special.checks", recipient_id=world.manager.user.pk)
        told = letters.get()
        assert "1户" in told.subject
        assert "张" not in told.subject + told.body
        assert "特殊群体：安全检查超期" in text_of(world.client("manager").get("/"))
        listed = text_of(world.get("manager", "special", view="checks"))
        assert one.number in listed
        refused(world.act("manager", one, "check", done_on="2011-12-25"), "请填写")
        moved(world.act("manager", one, "check", done_on="2011-12-25", absent="on"))
        assert one.checks.filter(state="planned").count() == 1
        refused(world.act("manager", one, "check", done_on="2011-12-25", **fit), "已经登记")
        bad = {**fit, "item_breaker": "bad", "done_on": "2011-12-24"}
        refused(world.act("manager", one, "check", **bad), "写明问题和处理")
        bad |= {"finding": "张水生家漏保失灵，已更换", "hazard_number": "YH-000007"}
        moved(world.act("manager", one, "check", **bad))
        assert "YH-000007" in text_of(world.get("lead", "special_household", one.pk))
        done = one.checks.get(state="done")
        assert (done.verdict, done.finding) == ("found", "张**家漏保失灵，已更换")
        assert one.checks.get(state="planned").due_on == date(2012, 1, 23)
        assert one.number in text_of(world.get("lead", "special", view="found"))
    with clock.standing_at(NOW + timedelta(days=60)):
        moved(world.act("manager", one, "check", done_on="2012-01-20", **fit))
    assert one.checks.get(state="planned").due_on == date(2012, 7, 18)
    assert SafetyCheck.objects.filter(state="done").count() == 2


@pytest.mark.clause("S2-5.8d")
def test_visits_are_planned_by_the_holidays_of_the_calendar(world):
    one, two = world.household(), world.household(name="区桂兰", grid=world.other)
    asked = {"holiday": "春节", "year": "2012"}
    unknown = world.post("manager", "special_plan_visits", holiday="中元节", year="2012")
    assert unknown.status_code == 409
    moved(world.post("manager", "special_plan_visits", **asked))
    moved(world.post("manager", "special_plan_visits", **asked))
    visit = HolidayVisit.objects.get()
    assert (visit.household, visit.due_on) == (one, date(2012, 1, 28))
    moved(world.post("lead", "special_plan_visits", **asked))
    assert two.visits.count() == 1
    with clock.standing_at(NOW + timedelta(days=55)):  # the 18th of January
        special_clock.tick(now=clock.now())
        assert "2户" in Letter.objects.filter(kind="special.visits")[0].subject
        said = {"planned": visit.pk, "outcome": "visited", "goods": "米油", "text": "张水生身体好"}
        refused(world.act("manager", one, "visit", **said, visited_on="2012-01-19"), "今天")
        moved(world.act("manager", one, "visit", **said, visited_on="2012-01-18"))
        again = world.act("manager", one, "visit", **said, visited_on="2012-01-18")
        assert again.status_code == 422
        visit.refresh_from_db()
        assert (visit.outcome, visit.note) == ("visited", "张**身体好")
        rows = world.get("lead", "special_visits").context["rows"]
        (row,) = [each for each in rows if each["holiday"].name == "春节"]
        assert (row["planned"], row["done"]) == (1, 1)
        assert one.number in text_of(world.client("lead").get(row["done_url"]))
        assert two.number not in text_of(world.client("lead").get(row["done_url"]))
        # Every figure opens a list that counts the same.
        tables = world.get("lead", "special_counts").context["tables"]
        for _caption, _head, lines in tables:
            for line in lines:
                for _label, count, url in line.cells:
                    filters = Filters.of(QueryDict(url.partition("?")[2]))
                    assert filters.narrow(world.lead, on=clock.today()).count() == count
        assert world.get("lead", "special", view="left").context["total"] == 0
        planned = AuditEvent.objects.filter(kind="special.plan_visit")
        assert [one.details["count"] for one in planned] == [1, 1]


# --- Nothing comes out ----------------------------------------------------------------------------

HOMES = {"regulator": "SERC-NF", "company": "CSG-GD-ZQ-SH", "system": "NEA-ROOT"}
# Beside all pages of special groups: where something of them might turn up.
ELSEWHERE = {"desk", "file", "core:search", "core:notices"}


def inside(response):
    """What an answer says, also where it is packed into a workbook."""
    body = sweep.Sweep.body_of(response)
    if "spreadsheet" in response.headers.get("Content-Type", ""):
        with zipfile.ZipFile(io.BytesIO(response.content)) as book:
            body = "".join(book.read(one).decode("utf-8", "ignore") for one in book.namelist())
    return body


# The whole of it: three letters alone turn up by chance in what is encrypted.
CANARY = re.compile(r"QZX\d{4}KJV")


@pytest.mark.clause("S2-5.8a")
def test_no_role_gets_a_particular_out_of_any_page_export_log_letter_or_interface(world, caplog):
    """Twelve roles: the eleven of people, and a machine client."""
    names = ("name", "phone", "address", "account_no", "guardian", "guardian_phone", "needs")
    secrets = {name: f"QZX{place:04d}KJV" for place, name in enumerate(names)}
    file = io.BytesIO(PNG)
    file.name = f"{secrets['name']}.png"
    one = world.household(shared=True, scan=special.receive(file), **secrets)
    spoken = " ".join(secrets.values())
    run_through(world, one, spoken)
    people = {code: role_at(world, code) for code in ROLES}
    stored = StoredFile.objects.get(purpose="consent")
    keys = {"pk": one.pk, "move": "review", "uuid": stored.uuid}
    pages = [
        door
        for door in sweep.doors()
        if door.name in ELSEWHERE or door.name.startswith(("grids:special", "audit", "outbox"))
    ]
    asked = {"q": "QZX"}
    with caplog.at_level("INFO"):
        seen, closed = 0, set()
        for code, user in people.items():
            client = Client()
            client.force_login(user)
            for door in pages:
                # Behind a closed door nothing is rendered; each is seen closed once.
                shut = not door.policy.admits(user)
                if not door.arguments <= set(keys) or (shut and door.name in closed):
                    continue
                closed |= {door.name} if shut else set()
                # Who was written to, and has something to do about it.
                if door.name in ("desk", "core:notices") and not code.startswith("grid_"):
                    continue
                path = door.path(keys)
                seen += 1
                told = inside(client.get(path, asked))
                assert not [n for n, text in secrets.items() if text in told], (code, path)
            if user.can("special.reveal"):
                sheet = inside(client.post(reverse("grids:special_export"), PURPOSE))
                assert one.number in sheet
                assert not [n for n, text in secrets.items() if text in sheet], code
        machine = clients.issued("CSG-GD-ZQ-SH")
        for path in ("/api/v1/changes/", "/api/v1/hotline/cases/"):
            answer = Client(headers={"authorization": f"Bearer {machine.token}"}).get(path)
            assert not CANARY.search(sweep.Sweep.body_of(answer))
    assert seen > 60
    assert len({*people, "client"}) == 12
    assert not CANARY.search(caplog.text)
    # Not in the trail, not in a letter, not readable in any table.
    assert AuditEvent.objects.filter(kind="personal.reveal").count() == 1
    assert [row for row in raw_rows() if CANARY.search(row)] == []


def run_through(world, one, spoken):
    """Everything that may be done with a household, each time with its particulars in the words."""
    given = {"by": world.manager.user, "now": NOW}
    pair = special_care.help(
        one, helper=world.manager, role="main", valid_from=TODAY, task=spoken, **given
    )
    special_care.hand_over(
        pair, to=world.second, valid_from=date(2011, 12, 1), reason=spoken, **given
    )
    special_care.check(one, done_on=TODAY, results=None, finding=spoken, **given)
    lead = {"by": world.lead, "now": NOW}
    special_care.plan_visits(holiday="元旦", year=2012, **lead)
    visit = one.visits.get()
    said = {"goods": spoken, "text": spoken}
    special_care.visit(visit, visited_on=TODAY, outcome="visited", **said, **given)
    special.review(one, text=spoken, **given)
    special.reveal(one, purpose="service", words=spoken, **given)
    special_clock.tick(now=NOW + timedelta(days=200))


def role_at(world, code):
    """Somebody with the role who is as near to the household as the role can be."""
    known = {"grid_manager": world.manager.user, "grid_officer": world.officer.user}
    if code in known:
        return known[code]
    return accounts.member(HOMES[ROLES[code].side], code)


def raw_rows():
    """Every row of every table as the database has it."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if table.startswith(("grids_", "core_", "accounts_", "axes_", "django_session")):
                cursor.execute(f"SELECT * FROM {table}")  # noqa: S608
                for row in cursor.fetchall():
                    yield f"{table} {row}"
