"""The ledger against a model of its own: random histories of all moves by random people."""

import io
import os
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from accounts import services as account_services
from campaign.models import RectificationExtension, RectificationItem
from campaign.services import rectification
from campaign.services import rectification_checks as checks
from campaign.services import rectification_moves as moves
from core import clock, sla
from core.errors import Refused
from core.models import AuditEvent
from tests.factories import accounts

pytestmark = pytest.mark.django_db

START = clock.at(date(2011, 12, 1), 9)
CAP = 60  # days in the catalogue
# More of them by hand: LEDGER_EXAMPLES=200.
EXAMPLES = int(os.environ.get("LEDGER_EXAMPLES", "4"))
ACTORS = {
    "filer": ("company_filer", "CSG-GD-ZQ"),
    "above": ("company_lead", "CSG-GD"),
    "stranger": ("company_filer", "CSG-GX"),
    "officer": ("regulator_officer", "SERC-NF"),
    "boss": ("regulator_lead", "SERC-NF"),
    "elsewhere": ("regulator_officer", "SERC-YN"),
}
WHO = st.sampled_from([*sorted(ACTORS), "both"])
# Written by hand: who works for the unit, who for the office, and who approves extensions.
UNIT, OFFICE, APPROVERS = {"filer", "above", "both"}, {"officer", "boss", "both"}, {"boss"}
# Works in the unit itself, so that nobody there checks what the unit did.
INSIDE = {"filer", "both"}


class LedgerMachine(RuleBasedStateMachine):
    """The model knows the state, whose hands the work went through, and the days."""

    item_pk = 0
    people: dict = {}
    pristine: dict = {}

    def __init__(self):
        super().__init__()
        RectificationExtension.objects.all().delete()
        item = RectificationItem.objects.get(pk=self.item_pk)
        item.entries.exclude(act="opened").delete()
        RectificationItem.objects.filter(pk=self.item_pk).update(**self.pristine)
        self.now, self.state, self.moves = START, "open", 0
        self.due = self.first = date(2011, 12, 20)
        self.asked = self.planner = self.person = self.reporter = None
        self.evidence, self.looked, self.reopened = False, False, 0
        self.before = self.traces()

    def traces(self):
        rows = AuditEvent.objects.filter(target_model="campaign.rectificationitem")
        return rows.filter(target_id=str(self.item_pk)).count()

    @property
    def item(self):
        return RectificationItem.objects.get(pk=self.item_pk)

    def attempt(self, allowed, service, who, **said):
        """Refused exactly when the model says so, and then nothing is changed."""
        self.now += timedelta(minutes=1)
        call = {"item": self.item, "by": self.people[who], "now": self.now, **said}
        if not allowed:
            with pytest.raises(Refused):
                service(**call)
            return False
        service(**call)
        self.moves += 1
        return True

    def second(self, who):
        """Nobody checks what they did themselves or what their own unit did."""
        return who not in INSIDE | {self.planner, self.person, self.reporter}

    @property
    def today(self):
        return self.now.astimezone(clock.ZONE).date()

    def again(self):
        self.state, self.evidence, self.looked = "working", False, False
        self.reporter = None

    @rule(days=st.integers(1, 25))
    def time_passes(self, days):
        self.now += timedelta(days=days)

    @rule(who=WHO, person=st.sampled_from(["filer", "both", "stranger"]))
    def plan(self, who, person):
        unit = accounts.organisation("CSG-GD-ZQ")
        allowed = self.state in ("open", "working") and who in UNIT and person != "stranger"
        said = {"measure": "加装公示牌", "responsible_unit": unit}
        said["responsible_person"] = self.people[person]
        if self.attempt(allowed, moves.plan, who, **said):
            self.state, self.planner, self.person = "working", who, person

    @rule(who=WHO, percent=st.sampled_from([30, 100]), shown=st.booleans())
    def progress(self, who, percent, shown):
        allowed = self.state == "working" and who in UNIT and percent < 100
        said = {"text": "已完成一半", "percent": percent, "uploads": files(shown)}
        if self.attempt(allowed, moves.progress, who, **said):
            self.evidence = self.evidence or shown

    @rule(who=WHO, shown=st.booleans())
    def report(self, who, shown):
        allowed = self.state == "working" and who in UNIT and (shown or self.evidence)
        if self.attempt(allowed, moves.report_done, who, text="已完成", uploads=files(shown)):
            self.state, self.reporter = "reported", who

    @rule(who=WHO, days=st.integers(-5, 70))
    def ask_extension(self, who, days):
        day = self.due + timedelta(days=days)
        fits = self.due < day <= self.first + timedelta(days=CAP) and day >= self.today
        allowed = self.state in ("open", "working") and who in UNIT and fits and not self.asked
        if self.attempt(allowed, moves.ask_extension, who, due_on=day, reason="材料未到货"):
            self.asked = day

    @precondition(lambda self: self.asked)
    @rule(who=WHO, grant=st.booleans(), read=st.booleans())
    def decide_extension(self, who, grant, read):
        """What was read is decided on, and nothing else."""
        fits = not grant or (self.asked > self.due and self.asked >= self.today)
        fits = fits and (not grant or self.asked <= self.first + timedelta(days=CAP))
        allowed = self.state in ("open", "working") and who in APPROVERS and fits and read
        waiting = self.item.extensions.get(granted__isnull=True).pk
        said = {"asked": waiting + (not read), "grant": grant, "opinion": "情况属实"}
        if self.attempt(allowed and self.second(who), moves.decide_extension, who, **said):
            self.due, self.asked = (self.asked if grant else self.due), None

    @rule(who=WHO, text=st.sampled_from(["", "现场核对照片"]))
    def verify(self, who, text):
        allowed = self.state == "reported" and who in OFFICE and self.second(who) and text
        if self.attempt(allowed, checks.verify, who, text=text):
            self.state = "verified"

    @rule(who=WHO, later=st.sampled_from([None, 10]))
    def send_back(self, who, later):
        day = self.today + timedelta(days=later) if later else None
        allowed = self.state in ("reported", "verified") and who in OFFICE
        if self.attempt(allowed, checks.send_back, who, text="照片不清", due_on=day):
            self.again()
            self.due = day or self.due

    @rule(who=WHO)
    def close(self, who):
        allowed = self.state == "verified" and who in OFFICE and self.second(who)
        if self.attempt(allowed, checks.close, who, text=""):
            self.state = "closed"

    @precondition(lambda self: self.state == "closed")
    @rule(who=WHO, kept=st.booleans())
    def look_back(self, who, kept):
        allowed = who in OFFICE and self.second(who) and not self.looked
        day = self.today + timedelta(days=15)
        if self.attempt(allowed, checks.look_back, who, kept=kept, text="复查", due_on=day):
            self.looked = True
            if not kept:
                self.begin_again(day)
                self.moves += 1

    @precondition(lambda self: self.state == "closed")
    @rule(who=WHO)
    def reopen(self, who):
        day = self.today + timedelta(days=20)
        if self.attempt(who in OFFICE, checks.reopen, who, text="问题反弹", due_on=day):
            self.begin_again(day)

    def begin_again(self, day):
        self.again()
        self.due = self.first = day
        self.reopened += 1

    @precondition(lambda self: self.moves > 6)
    @rule(who=WHO)
    def withdraw(self, who):
        unfinished = self.state in ("open", "working", "reported", "verified")
        if self.attempt(unfinished and who in OFFICE, checks.withdraw, who, text="重复列入"):
            self.state = "withdrawn"

    @rule(who=WHO, service=st.sampled_from([checks.comment, checks.urge]))
    def guide(self, who, service):
        unfinished = self.state in ("open", "working", "reported", "verified")
        self.attempt(unfinished and who in OFFICE, service, who, text="请抓紧")

    @invariant()
    def the_row_says_what_the_model_says(self):
        item = self.item
        assert item.state == self.state
        assert item.due_at == sla.day_end(self.due)
        assert item.reopen_count == self.reopened
        assert (item.closed_at is not None) == (self.state == "closed")
        assert (item.look_back_due_at is not None) == (self.state == "closed")
        late = self.state in ("open", "working") and sla.day_end(self.due) < self.now
        overdue = RectificationItem.objects.overdue(now=self.now)
        assert overdue.filter(pk=item.pk).exists() == late
        if item.verified_by_id:
            assert item.verified_by_id not in (item.reported_by_id, self.people["both"].pk)

    @invariant()
    def every_move_left_exactly_one_trace_and_one_line(self):
        assert self.traces() - self.before == self.moves
        assert self.item.entries.count() == self.moves + 1


def files(shown):
    content = io.BytesIO(b"%PDF-1.4\n%%EOF\n")
    content.name = "evidence.pdf"
    return [content] if shown else []


def test_random_histories_of_an_item_follow_the_model(catalogues):
    unit = accounts.organisation("CSG-GD-ZQ")
    item = rectification.open_item(
        campaign=None,
        source_kind="inspection",
        source_ref="3号",
        unit=unit,
        problem="未公示抢修时限",
        due_on=date(2011, 12, 20),
        by=None,
        now=START,
    )
    people = {who: accounts.member(where, role) for who, (role, where) in ACTORS.items()}
    both = accounts.member("SERC-NF", "regulator_officer", name="兼职某")
    account_services.appoint(
        user=both,
        organisation=unit,
        role="company_filer",
        starts_on=date(2005, 1, 3),
        by=None,
        now=accounts.LONG_AGO,
    )
    LedgerMachine.people = {**people, "both": type(both).objects.get(pk=both.pk)}
    LedgerMachine.item_pk = item.pk
    LedgerMachine.pristine = {
        field.attname: getattr(item, field.attname)
        for field in RectificationItem._meta.concrete_fields
        if not field.primary_key
    }
    run_state_machine_as_test(
        LedgerMachine,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=18,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
