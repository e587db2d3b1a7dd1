"""A rule that was entered after its day: which cases move, before and when it is applied."""

from datetime import date

import pytest
from django.urls import reverse

from complaints.models import Case, Procedure
from complaints.procedure_definition import digest
from core import clock
from core.models import AuditEvent
from tests.factories.accounts import organisation
from tests.factories.complaints import at, played, received

pytestmark = pytest.mark.django_db
MONDAY = at("2018-03-05 09:00")
THURSDAY = at("2018-03-08 10:00")


@pytest.fixture
def shorter(catalogues):
    """The rule of 2017 again, in force from Tuesday, with three working days to decide."""
    old = Procedure.objects.get(code="12398-2017")
    definition = {
        **old.definition,
        "clocks": [
            {**one, "allowance": {"value": 3, "unit": "working_days"}}
            if one["code"] == "decide"
            else one
            for one in old.definition["clocks"]
        ],
    }
    return lambda: Procedure.objects.create(
        code="12398-2018",
        name="较短的程序",
        name_en="A shorter procedure",
        basis="规定",
        sources=old.sources,
        natures=old.natures,
        valid_from=date(2018, 3, 6),
        valid_until=old.valid_until,
        definition=definition,
        digest=digest(definition),
    )


def text(answer):
    return answer.content.decode()


def test_cases_since_its_day_are_shown_with_their_deadlines_and_move_when_told(
    client, people, shorter
):
    received(number="A-1", received_at=MONDAY)
    case = received(number="A-2", received_at=at("2018-03-07 09:00"))
    taken = received(number="A-3", received_at=at("2018-03-07 09:00"))
    played(taken, ("accept", people.officer, {}), start=at("2018-03-07 10:00"))
    before = case.clocks.get(code="decide").due_at
    rule = shorter()
    url = reverse("complaints:effect", args=[rule.pk])
    client.force_login(people.lead)
    with clock.standing_at(THURSDAY):
        shown = text(client.get(url))
        assert ("A-1" in shown, "A-2" in shown, "A-3" in shown) == (False, True, True)
        # Three working days after Wednesday the 7th: Monday the 12th.
        assert "2018-03-12 23:59" in shown
        case.refresh_from_db()
        assert (case.procedure.code, case.clocks.get(code="decide").due_at) == (
            "12398-2017",
            before,
        )
        follow = reverse("complaints:follow", args=[rule.pk])
        assert client.post(follow, {"picked": "9" * 25}).status_code == 409
        sent = {"picked": [case.pk]}
        client.force_login(people.officer)
        assert client.post(follow, sent).status_code == 403
        client.force_login(people.boss)
        foreign = client.post(follow, sent)
        assert (foreign.status_code, "首接单位负责人批准" in text(foreign)) == (409, True)
        client.force_login(people.lead)
        assert client.post(follow, sent).status_code == 302
        assert client.post(follow, sent).status_code == 409
        assert "A-2" not in text(client.get(url))
    case = Case.objects.get(pk=case.pk)
    running = case.clocks.get(code="decide")
    assert (case.procedure, running.allowance["value"]) == (rule, 3)
    assert running.due_at == case.due_at == at("2018-03-12 23:59").replace(second=59)
    assert AuditEvent.objects.get(kind="case.rerule").details["new"] == "12398-2018/1"
    assert case.events.last().kind == "rerule"


def test_a_rule_that_knows_less_is_not_followed(client, people, shorter):
    case = received(number="A-2", received_at=at("2018-03-07 09:00"))
    rule = shorter()
    rule.definition["clocks"] = [
        one for one in rule.definition["clocks"] if one["code"] != "decide"
    ]
    rule.definition["ladder"] = [
        one for one in rule.definition["ladder"] if one["clock"] != "decide"
    ]
    Procedure.objects.filter(pk=rule.pk).update(
        definition=rule.definition, digest=digest(rule.definition)
    )
    client.force_login(people.lead)
    with clock.standing_at(THURSDAY):
        shown = text(client.get(reverse("complaints:effect", args=[rule.pk])))
        assert "只能按原程序办完" in shown
        follow = reverse("complaints:follow", args=[rule.pk])
        assert client.post(follow, {"picked": [case.pk]}).status_code == 409
    case.refresh_from_db()
    assert case.procedure.code == "12398-2017"


def other(moves=None, **clock):
    """The rule of 2017 again from Tuesday, with other moves (None: without it) or another clock."""
    old = Procedure.objects.get(code="12398-2017")
    moves = {**old.definition["moves"], **(moves or {})}
    clocks = [
        {**one, **clock} if one["code"] == "company" else one for one in old.definition["clocks"]
    ]
    moves = {act: move for act, move in moves.items() if move}
    definition = {**old.definition, "moves": moves, "clocks": clocks}
    return Procedure.objects.create(
        code="12398-2018",
        name="另一程序",
        name_en="Another procedure",
        basis="规定",
        sources=old.sources,
        natures=old.natures,
        valid_from=date(2018, 3, 6),
        valid_until=old.valid_until,
        definition=definition,
        digest=digest(definition),
    )


def refused(client, people, case, rule):
    """Why the case does not follow the rule, as its page and the answer say."""
    client.force_login(people.lead)
    with clock.standing_at(THURSDAY):
        shown = text(client.get(reverse("complaints:effect", args=[rule.pk])))
        follow = reverse("complaints:follow", args=[rule.pk])
        answer = client.post(follow, {"picked": [case.pk]})
    case.refresh_from_db()
    assert (answer.status_code, case.procedure.code) == (409, "12398-2017")
    return shown


def handed_over(people, *more):
    wednesday = at("2018-03-07 09:00")
    return played(
        received(number="A-2", received_at=wednesday),
        ("accept", people.officer, {}),
        ("transfer", people.officer, {"organisation": organisation("CSG-GD-ZQ")}),
        ("take", people.handler, {}),
        *more,
        start=wednesday,
    )


def test_a_rule_without_an_answer_is_not_followed_while_an_order_waits(client, people):
    order = {"due_on": date(2018, 3, 20), "text": "限期答复"}
    case = handed_over(people, ("supervise", people.lead, order))
    assert "请先反馈督办" in refused(client, people, case, other({"answer_supervision": None}))


def test_a_rule_by_which_time_would_stand_for_ever_is_not_followed(client, people):
    pause = {"clock": "company", "reason": "material", "text": ""}
    case = handed_over(people, ("pause", people.lead, pause))
    rule = other(pausable=False)
    assert "请先恢复计时" in refused(client, people, case, rule)


def test_a_rule_by_which_nobody_could_go_on_is_not_followed(client, people):
    """The office looked into it itself; by the other rule a company informs and closes."""
    wednesday = at("2018-03-07 09:00")
    case = played(
        received(number="A-2", received_at=wednesday),
        ("accept", people.officer, {}),
        ("verify", people.officer, {"outcome": "substantiated", "text": "属实"}),
        start=wednesday,
    )
    inform = {"from": ["verified"], "to": "informed", "side": "holder", "needs": "case.handle"}
    rule = other({"inform": inform})
    assert "不能继续办理" in refused(client, people, case, rule)
