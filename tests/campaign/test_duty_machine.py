"""A duty against a model of its own: random histories of moves by random people."""

from datetime import timedelta

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

from campaign import services
from campaign.models import Duty
from core import sla
from core.errors import Refused
from core.models import AuditEvent
from core.workdays import calendar
from tests.factories import accounts
from tests.factories import campaign as factory

pytestmark = pytest.mark.django_db

ACTORS = {
    "lead": ("company_lead", "CSG-GD"),
    "filer": ("company_filer", "CSG-GD"),
    "stranger": ("company_lead", "CSG-GX"),
    "officer": ("regulator_officer", "SERC-NF"),
    "boss": ("regulator_lead", "SERC-NF"),
}


class DutyMachine(RuleBasedStateMachine):
    """The model knows the state, who may do what, and when the first submission came."""

    duty_pk = 0
    people: dict = {}
    start = factory.LAUNCH

    def __init__(self):
        super().__init__()
        Duty.objects.filter(pk=self.duty_pk).update(**self.pristine)
        self.before = self.traces()
        Duty.objects.get(pk=self.duty_pk).extensions.all().delete()
        type(
            Duty.objects.get(pk=self.duty_pk)
        ).exemption.related.related_model.objects.all().delete()
        self.now = self.start
        self.state, self.returns, self.moves = "open", 0, 0
        self.due = Duty.objects.get(pk=self.duty_pk).due_at
        self.first = None

    def traces(self):
        key = str(self.duty_pk)
        return AuditEvent.objects.filter(target_model="campaign.duty", target_id=key).count()

    @property
    def duty(self):
        return Duty.objects.get(pk=self.duty_pk)

    def attempt(self, allowed, act):
        """Run an act and see that it is refused exactly when the model says so."""
        if allowed:
            act()
            self.moves += 1
            return True
        with pytest.raises(Refused):
            act()
        return False

    @rule(days=st.integers(0, 12))
    def time_passes(self, days):
        self.now += timedelta(days=days, hours=7)

    @rule(who=st.sampled_from(sorted(ACTORS)))
    def submit(self, who):
        allowed = self.state in ("open", "returned") and who == "lead"
        by = self.people[who]
        if self.attempt(allowed, lambda: services.submit_duty(duty=self.duty, by=by, now=self.now)):
            self.state = "submitted"
            self.first = self.first or (self.now, self.due)

    @rule(who=st.sampled_from(sorted(ACTORS)))
    def give_back(self, who):
        allowed = self.state == "submitted" and who == "officer"
        due = sla.due(self.now, sla.Allowance(3, "working_days"), calendar=calendar())
        if self.attempt(
            allowed,
            lambda: services.return_duty(
                duty=self.duty, new_due=due, by=self.people[who], now=self.now
            ),
        ):
            self.state, self.due, self.returns = "returned", due.due_at, self.returns + 1

    @rule(who=st.sampled_from(sorted(ACTORS)))
    def accept(self, who):
        allowed = self.state == "submitted" and who == "officer"
        if self.attempt(
            allowed,
            lambda: services.accept_duty(duty=self.duty, by=self.people[who], now=self.now),
        ):
            self.state = "accepted"

    @rule(who=st.sampled_from(sorted(ACTORS)), days=st.integers(-3, 20))
    def extend(self, who, days):
        day = (self.due.astimezone(factory.ZONE) + timedelta(days=days)).date()
        later = sla.day_end(day) > self.due and sla.day_end(day) > self.now
        allowed = self.state in ("open", "returned") and who == "boss" and later
        if self.attempt(
            allowed,
            lambda: services.extend(
                duty=self.duty,
                due_on=day,
                reason="台风",
                document_number="1号",
                by=self.people[who],
                now=self.now,
            ),
        ):
            self.due = sla.day_end(day)

    @precondition(lambda self: self.returns > 0)
    @rule(who=st.sampled_from(sorted(ACTORS)))
    def exempt(self, who):
        allowed = self.state in ("open", "returned") and who == "boss"
        if self.attempt(
            allowed,
            lambda: services.exempt(
                duty=self.duty,
                reason="并入",
                document_number="2号",
                by=self.people[who],
                now=self.now,
            ),
        ):
            self.state = "exempted"

    @invariant()
    def the_row_says_what_the_model_says(self):
        duty = self.duty
        assert duty.state == self.state
        assert duty.due_at == self.due
        assert duty.return_count == self.returns
        if self.first:
            assert (duty.first_submitted_at, duty.due_at_submission) == self.first
        late = self.first[0] > self.first[1] if self.first else self.due < self.now
        expected = late and self.state not in ("exempted", "withdrawn")
        assert duty.is_late_at(self.now) == expected
        assert Duty.objects.with_late(now=self.now).get(pk=duty.pk).is_late == expected
        assert Duty.objects.late(now=self.now).filter(pk=duty.pk).exists() == expected

    @invariant()
    def every_move_left_exactly_one_trace(self):
        assert self.traces() - self.before == self.moves


def test_random_histories_of_a_duty_follow_the_model(catalogues):
    campaign = factory.launched_campaign(executors=["CSG-GD"])
    duty = factory.duty(campaign)
    DutyMachine.duty_pk = duty.pk
    DutyMachine.pristine = {
        field.attname: getattr(duty, field.attname)
        for field in Duty._meta.concrete_fields
        if not field.primary_key
    }
    DutyMachine.people = {
        who: accounts.member(where, role) for who, (role, where) in ACTORS.items()
    }
    run_state_machine_as_test(
        DutyMachine,
        settings=settings(
            max_examples=25,
            stateful_step_count=14,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
