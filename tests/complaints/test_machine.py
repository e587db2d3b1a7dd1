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
# Who: role, home, rights.
PEOPLE = {
    "officer": ("regulator_officer", "SERC-NF", {DECIDE, SUPERVISE, REGISTER}),
    "lead": ("regulator_lead", "SERC-NF", {DECIDE, SUPERVISE, APPROVE}),
    "desk": ("company_filer", "CSG-GD", {DECIDE, HANDLE, REGISTER}),
    "boss": ("company_lead", "CSG-GD", {DECIDE, HANDLE, APPROVE}),
    "handler": ("company_filer", "CSG-GD-ZQ", {DECIDE, HANDLE, REGISTER}),
    "chief": ("company_lead", "CSG-GD-ZQ", {DECIDE, HANDLE, APPROVE}),
    "stranger": ("company_filer", "CSG-GD-FS", {DECIDE, HANDLE, REGISTER}),
}
# What a case is, and under which procedure.
KINDS = {
    "12398-2017/1": {"received_at": at("2018-03-05 09:00")},
    "12398-2025/1": {"received_at": at("2025-03-03 09:00")},
    "95598-csg-complaint/1": {
        "received_at": at("2018-03-05 09:00"),
        "source": "95598",
        "owner": "CSG-GD",
        "channel": "phone_95598",
        "category": "",
    },
}
UNIT = "CSG-GD-ZQ"
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


class CaseMachine(RuleBasedStateMachine):
    people: dict = {}
    kind = ""
    unit = None

    def __init__(self):
        super().__init__()
        self.code = self.kind.partition("/")[0]
        self.table, self.rules = table_of(self.kind), clocks_of(self.kind)
        case = received(**KINDS[self.kind])
        self.pk, self.now = case.pk, case.received_at
        self.owner = case.owner.code
        self.state, self.holder, self.answers_for_it = "registered", self.owner, self.owner
        self.returns, self.urged, self.reopened, self.outcome = 0, 0, 0, ""
        self.arbitrated = self.watched = self.appealed = False
        self.clocks, self.given, self.acts = {}, {}, 1
        self.strike("received")

    # --- What the model says ------------------------------------------------------------------

    def may(self, act, who):
        _role, home, rights = PEOPLE[who]
        side, right = OTHERWISE.get((self.code, act), WHO[act]).split()
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
                return self.returns < 2
            case "return_slip":
                return not self.arbitrated
            case "arbitrate":
                return self.returns > 0
            case "close":
                return bool(self.outcome) and not self.watched
            case "supervise":
                return not self.watched
            case "answer_supervision":
                return self.watched
            case "appeal":
                return not self.appealed
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
                self.holder = UNIT
                self.arbitrated = self.arbitrated or act == "arbitrate"
            case "take":
                self.answers_for_it = self.holder
            case "return_slip":
                self.holder = self.answers_for_it = self.owner
                self.returns += 1
            case "verify":
                self.outcome = "partly"
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
            "refuse": {"ground": "court", "text": "法院已受理"},
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
        self.now += timedelta(minutes=1)
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


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_random_histories_follow_the_model(catalogues, kind):
    CaseMachine.kind, CaseMachine.unit = kind, accounts.organisation(UNIT)
    CaseMachine.people = {
        who: accounts.member(home, role) for who, (role, home, _rights) in PEOPLE.items()
    }
    run_state_machine_as_test(
        CaseMachine,
        settings=settings(
            max_examples=6,
            stateful_step_count=22,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
