"""Cases against a simple model: random histories of acts by random people.

The model knows the hand-written tables (states, who, clocks) and nothing of the code: it says for
each attempt whether it may be done, and what the case must look like afterwards.
"""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from complaints import services
from complaints.models import Case
from complaints.workflow import DONE
from core.errors import Refused
from tests.complaints.test_tables import CLOCKS, OTHERWISE, TABLES, WHO
from tests.factories import accounts
from tests.factories.complaints import at, received

pytestmark = pytest.mark.django_db

DECIDE, APPROVE, HANDLE = "case.decide", "case.approve", "case.handle"
SUPERVISE, REGISTER = "case.supervise", "case.register"
# A company of each kind with its office: office, company, unit that handles, another unit.
HOUSES = {
    "south": ("SERC-NF", "CSG-GD", "CSG-GD-ZQ", "CSG-GD-FS"),
    "state": ("SERC-HUN", "SGCC-HN", "SGCC-HN-CS", "SGCC-HN-ZZ"),
    "local": ("SERC-NF", "GXSL", "GXSL-DB", "GXSL-MS"),
}
# Who: role, place in the house, rights.
PEOPLE = {
    "officer": ("regulator_officer", 0, {DECIDE, SUPERVISE, REGISTER}),
    "lead": ("regulator_lead", 0, {DECIDE, SUPERVISE, APPROVE}),
    "desk": ("company_filer", 1, {DECIDE, HANDLE, REGISTER}),
    "boss": ("company_lead", 1, {DECIDE, HANDLE, APPROVE}),
    "handler": ("company_filer", 2, {DECIDE, HANDLE, REGISTER}),
    "chief": ("company_lead", 2, {DECIDE, HANDLE, APPROVE}),
    "stranger": ("company_filer", 3, {DECIDE, HANDLE, REGISTER}),
}
# Procedure → house, source, nature and year of a case that follows it.
KINDS = {
    "12398-2011/1": ("south", "12398", "complaint", 2012),
    "12398-2017/1": ("south", "12398", "complaint", 2018),
    "12398-2025/1": ("south", "12398", "complaint", 2025),
    "12398-2025-report/1": ("south", "12398", "report", 2025),
    "12398-2025-appeal/1": ("south", "letter", "appeal", 2025),
    "12398-answer/1": ("south", "12398", "enquiry", 2018),
    "95598-csg-complaint/1": ("south", "95598", "complaint", 2018),
    "95598-csg-report/1": ("south", "95598", "report", 2018),
    "95598-csg-enquiry/1": ("south", "95598", "enquiry", 2018),
    "95598-csg-suggestion/1": ("south", "95598", "suggestion", 2018),
    "95598-csg-service/1": ("south", "95598", "service_request", 2018),
    "95598-csg-fault/1": ("south", "95598", "fault", 2018),
    "95598-sgcc-complaint/1": ("state", "95598", "complaint", 2018),
    "95598-sgcc-complaint/2": ("state", "95598", "complaint", 2022),
    "95598-sgcc-report/1": ("state", "95598", "report", 2018),
    "95598-sgcc-enquiry/1": ("state", "95598", "query", 2018),
    "95598-sgcc-suggestion/1": ("state", "95598", "opinion", 2018),
    "95598-sgcc-service/1": ("state", "95598", "service_request", 2018),
    "95598-sgcc-fault/1": ("state", "95598", "fault", 2018),
    "95598-sgcc-fault/2": ("state", "95598", "fault", 2022),
    "95598-order/1": ("local", "95598", "complaint", 2018),
    "95598-fault/1": ("local", "95598", "fault", 2018),
    "12345-order/1": ("south", "12345", "complaint", 2018),
    "grid-order/1": ("south", "grid", "service_request", 2018),
}
CHANNELS = {"12398": "phone", "95598": "phone_95598", "12345": "phone_12345"}
# One of each shape goes far; the others, which differ in their clocks, a few steps.
FAR = {"12398-2017/1", "12398-2025/1", "95598-csg-complaint/1", "95598-csg-fault/1"}
# Only what somebody accuses another of needs a finding before it is closed.
NEEDS_FINDING = ("complaint", "report", "appeal")
GROUNDS = {"report": "no_facts"}
FINISHING = {"refuse": "refused", "pass_on": "passed_on", "withdraw": "withdrawn"}


def table_of(name):
    code = name.partition("/")[0]
    return {
        state: dict(pair.split(":") for pair in line.split())
        for state, line in TABLES[code].items()
    }


def clocks_of(name):
    """Clock → (starts, stops, voids, pausable, cap)."""
    rules = {}
    for code, line in CLOCKS[name].items():
        _length, starts, stops, voids, pausable, cap = (one.strip() for one in line.split("|"))
        rules[code] = (
            starts.split(),
            stops.split(),
            voids.split(),
            pausable == "yes",
            int(cap or 0),
        )
    return rules


def received_as(kind):
    """A case that follows the procedure. A report is about another unit than the one it goes to."""
    house, source, nature, year = KINDS[kind]
    office, company, unit, other = HOUSES[house]
    by_office = source in ("12398", "letter")
    case = received(
        source=source,
        owner=office if by_office else company,
        channel=CHANNELS.get(source, source),
        nature=nature,
        category="",
        organisation=other if nature == "report" else unit,
        received_at=at(f"{year}-03-05 09:00"),
    )
    assert f"{case.procedure.code}/{case.procedure.version}" == kind
    return case


class CaseMachine(RuleBasedStateMachine):
    people: dict = {}
    kind = ""
    unit = None

    def __init__(self):
        super().__init__()
        self.code = self.kind.partition("/")[0]
        self.table, self.rules = table_of(self.kind), clocks_of(self.kind)
        self.known = {act for acts in self.table.values() for act in acts}
        case = received_as(self.kind)
        self.nature, self.house = case.nature, HOUSES[KINDS[self.kind][0]]
        self.pk, self.now = case.pk, case.received_at
        self.owner = case.owner.code
        self.state, self.holder, self.answers_for_it = "registered", self.owner, self.owner
        self.returns, self.urged, self.reopened, self.outcome = 0, 0, 0, ""
        self.arbitrated = self.watched = self.appealed = False
        self.closed = False
        self.clocks, self.given, self.acts = {}, {}, 1
        self.strike("received")

    # --- What the model says ------------------------------------------------------------------

    def may(self, act, who):
        _role, home, rights = PEOPLE[who]
        home = self.house[home]
        side, right = OTHERWISE.get((self.code, act), WHO[act]).split()
        if act == "answer_supervision" and self.holder.startswith("SERC"):
            # The case came back: the office answers for itself, and decides there as everywhere.
            right = DECIDE
        if right not in rights:
            return False
        if side == "regulator":
            return home.startswith("SERC")
        place = self.owner if side == "owner" else self.holder
        return place.startswith(home)

    def fits(self, act, clock):  # noqa: C901 (one arm for each act)
        """What single acts ask for beyond state and person."""
        state = self.clocks.get(clock)
        _starts, _stops, _voids, pausable, cap = self.rules.get(clock, ([], [], [], False, 0))
        match act:
            case "transfer" | "dispatch":
                # Twice returned it is for whoever leads to decide, where the procedure knows that.
                return self.returns < 2 or "arbitrate" not in self.known
            case "return_slip":
                return not self.arbitrated
            case "arbitrate":
                return self.returns > 0
            case "refuse" | "pass_on":
                return not self.watched
            case "close":
                finding = self.nature in NEEDS_FINDING and "verify" in self.known
                return not self.watched and (bool(self.outcome) or not finding)
            case "supervise":
                return not self.watched
            case "answer_supervision":
                return self.watched
            case "appeal":
                # Archived without having been closed, it was never decided on.
                return not self.appealed and (self.state == "closed" or self.closed)
            case "pause":
                return pausable and state == "running"
            case "resume":
                return pausable and state == "paused"
            case "extend":
                return state == "running" and self.given.get(clock, 0) + 3 <= cap
        return True

    def strike(self, what):
        for code, (starts, stops, voids, _pausable, _cap) in self.rules.items():
            ticking = self.clocks.get(code) in ("running", "paused")
            if ticking and what in voids:
                self.clocks[code], ticking = "void", False
            if ticking and what in stops:
                self.clocks[code], ticking = "met", False
            if not ticking and what in starts:
                self.clocks[code] = "running"
                self.given[code] = 0
        if self.state in DONE:
            for code, state in self.clocks.items():
                lives_on = code == "visit" and self.state not in ("withdrawn", "archived")
                if state in ("running", "paused") and not lives_on:
                    self.clocks[code] = "void"

    def after(self, act, clock):  # noqa: C901 (one arm for each act)
        target = self.table[self.state][act]
        self.state = self.state if target == "=" else target
        match act:
            case "transfer" | "dispatch" | "arbitrate":
                self.holder = self.unit.code
                self.arbitrated = self.arbitrated or act == "arbitrate"
            case "take":
                self.answers_for_it = self.holder
            case "return_slip":
                self.holder = self.answers_for_it = self.owner
                self.returns += 1
            case "verify":
                self.outcome = "partly"
            case "close":
                self.outcome, self.closed = self.outcome or "answered", True
            case "urge":
                self.urged += 1
            case "supervise" | "answer_supervision":
                self.watched = act == "supervise"
            case "appeal":
                self.appealed = True
            case "pause" | "resume":
                self.clocks[clock] = "paused" if act == "pause" else "running"
            case "extend":
                self.given[clock] += 3
            case "reopen":
                self.outcome, self.reopened = "", self.reopened + 1
                if self.state == "accepted":
                    self.holder = self.answers_for_it = self.owner
        self.outcome = FINISHING.get(act, self.outcome)
        self.strike(act)

    # --- What is tried ------------------------------------------------------------------------

    def answers(self, act, clock):
        asked = {
            "refuse": {"ground": GROUNDS.get(self.nature, "court"), "text": "不予受理"},
            "return_slip": {"reason": "not_ours", "text": "不属于本单位"},
            "verify": {"outcome": "partly", "text": "部分属实"},
            "visit": {"reached": True, "satisfaction": "fairly"},
            "supervise": {"due_on": (self.now + timedelta(days=9)).date(), "text": "限期"},
            "pause": {"clock": clock, "reason": "material"},
            "resume": {"clock": clock},
            "extend": {
                "clock": clock,
                "value": 3,
                "ground": "other",
                "document_number": "南电监〔2018〕1号",
            },
        }
        if act in ("transfer", "dispatch", "arbitrate"):
            return {"organisation": self.unit, "text": "请办理"}
        return asked.get(act, {"text": "情况说明"})

    def attempt(self, act, who, clock):
        # Within the shortest of all clocks: what is late is another test's matter.
        self.now += timedelta(seconds=1)
        allowed = (
            act in self.table.get(self.state, {}) and self.may(act, who) and self.fits(act, clock)
        )
        case = Case.objects.get(pk=self.pk)

        def run():
            person, answers = self.people[who], self.answers(act, clock)
            services.act(case, act, by=person, now=self.now, **answers)

        if not allowed:
            with pytest.raises(Refused):
                run()
            return
        run()
        self.after(act, clock)
        self.acts += 1

    @rule(data=st.data(), who=st.sampled_from(sorted(PEOPLE)))
    def somebody_does_what_the_state_allows(self, data, who):
        act = data.draw(st.sampled_from(sorted(self.table.get(self.state) or {"archive": ""})))
        self.attempt(act, who, data.draw(st.sampled_from(sorted(self.rules))))

    @rule(data=st.data())
    def the_right_person_does_it(self, data):
        acts = sorted(self.table.get(self.state) or {"archive": ""})
        act = data.draw(st.sampled_from(acts))
        able = [who for who in sorted(PEOPLE) if self.may(act, who)] or ["officer"]
        who = data.draw(st.sampled_from(able))
        self.attempt(act, who, data.draw(st.sampled_from(sorted(self.rules))))

    @rule(act=st.sampled_from(sorted(WHO)), who=st.sampled_from(sorted(PEOPLE)))
    def somebody_tries_anything(self, act, who):
        self.attempt(act, who, sorted(self.rules)[0])

    # --- What must be true --------------------------------------------------------------------

    @invariant()
    def the_case_is_what_the_model_says(self):
        case = Case.objects.select_related("holder", "answerable").get(pk=self.pk)
        assert case.state == self.state
        assert (case.holder.code, case.answerable.code) == (self.holder, self.answers_for_it)
        assert (case.return_count, case.urge_count) == (self.returns, self.urged)
        assert case.reopen_count == self.reopened
        assert case.outcome == self.outcome
        assert (case.closed_at is not None) == (case.state in DONE)
        latest = {clock.code: clock for clock in case.clocks.order_by("round")}
        assert {code: clock.state for code, clock in latest.items()} == self.clocks
        running = [clock.due_at for clock in latest.values() if clock.state == "running"]
        assert case.due_at == min(running, default=None)

    @invariant()
    def every_act_left_one_line(self):
        case = Case.objects.get(pk=self.pk)
        assert [event.sequence for event in case.events.all()] == list(range(1, self.acts + 1))


def test_every_procedure_is_played():
    # Claims have acts of their own: tests/complaints/test_claims.py plays them.
    assert set(KINDS) == set(CLOCKS) - {"grid-claim/1"}


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_random_histories_follow_the_model(catalogues, kind):
    house = HOUSES[KINDS[kind][0]]
    CaseMachine.kind, CaseMachine.unit = kind, accounts.organisation(house[2])
    CaseMachine.people = {
        who: accounts.member(house[home], role) for who, (role, home, _rights) in PEOPLE.items()
    }
    examples, steps = (4, 20) if kind in FAR else (1, 16)
    run_state_machine_as_test(
        CaseMachine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
