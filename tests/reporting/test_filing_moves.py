"""Who may move a filing from where: written by hand from the requirement (S1-2.2.1a, S1-5.1.3)."""

import itertools

import pytest

from campaign.models import Duty
from reporting.models import Filing, FilingVersion
from reporting.workflow.filing import MOVES, State, refusal
from tests.factories import accounts

pytestmark = pytest.mark.django_db

# Yunnan's company reports to its own office, with a copy to the South bureau.
PERSONS = {
    "filer": ("CSG-YN", "company_filer"),
    "lead": ("CSG-YN", "company_lead"),
    "viewer": ("CSG-YN", "company_viewer"),
    "other filer": ("CSG-GD", "company_filer"),
    "other lead": ("CSG-GD", "company_lead"),
    "officer": ("SERC-YN", "regulator_officer"),
    "head of office": ("SERC-YN", "regulator_lead"),
    "reader": ("SERC-YN", "regulator_viewer"),
    "bureau officer": ("SERC-NF", "regulator_officer"),
    "national officer": ("NEA-ROOT", "regulator_officer"),
    "administrator": ("SERC-YN", "system_administrator"),
}
ALLOWED = {
    ("draft", "save"): {"filer"},
    ("draft", "request_certification"): {"filer"},
    ("draft", "withdraw_draft"): {"filer"},
    ("certifying", "recall"): {"filer"},
    ("certifying", "send_back"): {"lead"},
    ("certifying", "submit"): {"lead"},
    ("submitted", "receive"): {"officer"},
    ("received", "return"): {"officer"},
    ("received", "accept"): {"officer"},
    ("returned", "revise"): {"filer"},
}


@pytest.fixture
def persons(catalogues):
    return {name: accounts.member(*where) for name, where in PERSONS.items()}


def test_only_the_listed_people_may_make_the_listed_moves(persons):
    company, office = (accounts.organisation(code) for code in ("CSG-YN", "SERC-YN"))
    wrong = []
    for state, move, name in itertools.product(State.values, MOVES, PERSONS):
        filing = Filing(organisation=company, recipient=office, duty=Duty())
        version = FilingVersion(state=state, editors=[0])
        may = not refusal(move, filing, by=persons[name], version=version)
        if may != (name in ALLOWED.get((state, move.name), set())):
            wrong.append((state, move.name, name, may))
    assert not wrong


def test_a_state_that_forbids_a_move_is_named_in_the_reason(persons):
    company, office = (accounts.organisation(code) for code in ("CSG-YN", "SERC-YN"))
    filing = Filing(organisation=company, recipient=office)
    version = FilingVersion(state="accepted", editors=[])
    submit = next(move for move in MOVES if move.name == "submit")
    reason = refusal(submit, filing, by=persons["lead"], version=version)
    assert reason == "当前状态为“已通过”，不能“认证并报送”。"


def test_whoever_wrote_in_a_version_cannot_certify_it(catalogues):
    """A regulator's officer may both draft and certify, but not the same version."""
    bureau = accounts.organisation("SERC-NF")
    first, second = (accounts.member(bureau, "regulator_officer") for _each in range(2))
    filing = Filing(organisation=bureau, recipient=bureau)
    version = FilingVersion(state="certifying", editors=[first.pk])
    submit = next(move for move in MOVES if move.name == "submit")
    assert "另一人" in refusal(submit, filing, by=first, version=version)
    assert refusal(submit, filing, by=second, version=version) == ""


def test_whoever_filed_does_not_review(catalogues):
    bureau = accounts.organisation("SERC-NF")
    drafter, certifier, third = (accounts.member(bureau, "regulator_officer") for _each in range(3))
    filing = Filing(organisation=bureau, recipient=bureau)
    version = FilingVersion(state="received", editors=[drafter.pk], certified_by=certifier)
    accept = next(move for move in MOVES if move.name == "accept")
    assert refusal(accept, filing, by=drafter, version=version)
    assert refusal(accept, filing, by=certifier, version=version)
    assert refusal(accept, filing, by=third, version=version) == ""
