"""Every procedure against tables written by hand: what may follow, and who may do it.

The tables say, for each state, which act leads where. They are the requirement (domain facts 1.3,
3.1); the files of the catalogue have to agree with them for every procedure.
"""

import pytest

from complaints import procedure_definition
from complaints.workflow import DONE

# state: act → next state ("=" stays)
REGULATOR = {
    "registered": "accept:accepted refuse:refused pass_on:passed_on withdraw:withdrawn "
    "answer_supervision:=",
    "accepted": "pass_on:passed_on transfer:dispatched arbitrate:dispatched verify:verified "
    "withdraw:withdrawn pause:= resume:= extend:= answer_supervision:=",
    "dispatched": "take:handling return_slip:accepted withdraw:withdrawn urge:= supervise:= "
    "answer_supervision:= pause:= resume:= extend:=",
    "handling": "return_slip:accepted contact:= reply:replied withdraw:withdrawn urge:= "
    "supervise:= answer_supervision:= pause:= resume:= extend:=",
    "replied": "rework:handling verify:verified withdraw:withdrawn supervise:= "
    "answer_supervision:= pause:= resume:= extend:=",
    "verified": "inform:informed withdraw:withdrawn pause:= resume:= extend:= answer_supervision:=",
    "informed": "close:closed visit:= answer_supervision:= resume:=",
    "closed": "visit:= reopen:accepted archive:archived",
    "refused": "archive:archived",
    "passed_on": "archive:archived",
    "withdrawn": "archive:archived",
}
COMPANY = {
    "registered": "refuse:refused pass_on:passed_on transfer:dispatched arbitrate:dispatched "
    "withdraw:withdrawn answer_supervision:=",
    "dispatched": "take:handling return_slip:registered withdraw:withdrawn urge:= supervise:= "
    "answer_supervision:= pause:= resume:= extend:=",
    "handling": "return_slip:registered contact:= verify:verified withdraw:withdrawn urge:= "
    "supervise:= answer_supervision:= pause:= resume:= extend:=",
    "verified": "inform:informed withdraw:withdrawn urge:= supervise:= answer_supervision:= "
    "pause:= resume:= extend:=",
    "informed": "close:closed visit:= urge:= supervise:= answer_supervision:= resume:= extend:=",
    "closed": "visit:= reopen:handling appeal:= archive:archived",
    "archived": "appeal:=",
    "refused": "archive:archived",
    "passed_on": "archive:archived",
    "withdrawn": "archive:archived",
}
DECISION = {
    "registered": "accept:accepted refuse:refused pass_on:passed_on withdraw:withdrawn",
    "accepted": "pass_on:passed_on verify:verified withdraw:withdrawn pause:= resume:= extend:=",
    "verified": "inform:informed withdraw:withdrawn pause:= resume:= extend:=",
    "informed": "close:closed visit:= resume:=",
    "closed": "visit:= reopen:accepted archive:archived",
    "refused": "archive:archived",
    "passed_on": "archive:archived",
    "withdrawn": "archive:archived",
}
ORDER = {
    "registered": "dispatch:dispatched pass_on:passed_on arbitrate:dispatched reply:replied "
    "withdraw:withdrawn pause:= resume:= extend:= answer_supervision:=",
    "dispatched": "take:handling return_slip:registered withdraw:withdrawn urge:= supervise:= "
    "answer_supervision:= pause:= resume:= extend:=",
    "handling": "return_slip:registered contact:= reply:replied withdraw:withdrawn urge:= "
    "supervise:= answer_supervision:= pause:= resume:= extend:=",
    "replied": "rework:handling verify:verified visit:= close:closed withdraw:withdrawn "
    "supervise:= answer_supervision:= pause:= resume:= extend:=",
    "verified": "visit:= close:closed supervise:= answer_supervision:=",
    "closed": "visit:= reopen:handling archive:archived",
    "passed_on": "archive:archived",
    "withdrawn": "archive:archived",
}
REPAIR = {
    "registered": "dispatch:dispatched arbitrate:dispatched withdraw:withdrawn "
    "answer_supervision:=",
    "dispatched": "take:handling return_slip:registered withdraw:withdrawn urge:= supervise:= "
    "answer_supervision:=",
    "handling": "return_slip:registered contact:= arrive:arrived withdraw:withdrawn urge:= "
    "supervise:= answer_supervision:=",
    "arrived": "contact:= restore:restored reply:replied urge:= supervise:= "
    "answer_supervision:= pause:= resume:=",
    "restored": "reply:replied urge:= supervise:= answer_supervision:=",
    "replied": "rework:handling visit:= close:closed supervise:= answer_supervision:=",
    "closed": "visit:= reopen:handling archive:archived",
    "withdrawn": "archive:archived",
}
ANSWER = {
    "registered": "close:closed pass_on:passed_on transfer:dispatched withdraw:withdrawn",
    "dispatched": "take:handling return_slip:registered withdraw:withdrawn urge:=",
    "handling": "return_slip:registered contact:= reply:replied withdraw:withdrawn urge:=",
    "replied": "rework:handling close:closed withdraw:withdrawn",
    "closed": "visit:= archive:archived",
    "passed_on": "archive:archived",
    "withdrawn": "archive:archived",
}
# The company reports in, arrives and answers; the officer who whistled confirms or asks again.
CLAIM = {
    "dispatched": "take:handling pass_on:passed_on withdraw:withdrawn urge:= supervise:= "
    "answer_supervision:=",
    "handling": "contact:= arrive:arrived reply:replied pass_on:passed_on withdraw:withdrawn "
    "urge:= supervise:= answer_supervision:=",
    "arrived": "contact:= reply:replied pass_on:passed_on urge:= supervise:= answer_supervision:=",
    "replied": "rework:handling close:closed supervise:= answer_supervision:=",
    "closed": "reopen:handling archive:archived",
    "passed_on": "archive:archived",
    "withdrawn": "archive:archived",
}
TABLES = {
    "12398-2011": REGULATOR,
    "12398-2017": REGULATOR,
    "12398-2025": COMPANY,
    "12398-2025-report": DECISION,
    "12398-2025-appeal": DECISION,
    "12398-answer": ANSWER,
    "95598-sgcc-complaint": ORDER,
    "95598-sgcc-report": ORDER,
    "95598-sgcc-enquiry": ORDER,
    "95598-sgcc-suggestion": ORDER,
    "95598-sgcc-service": ORDER,
    "95598-sgcc-fault": REPAIR,
    "95598-csg-complaint": ORDER,
    "95598-csg-report": ORDER,
    "95598-csg-enquiry": ORDER,
    "95598-csg-suggestion": ORDER,
    "95598-csg-service": ORDER,
    "95598-csg-fault": REPAIR,
    "95598-fault": REPAIR,
    "95598-order": ORDER,
    "12345-order": ORDER,
    "grid-order": ORDER,
    "grid-claim": CLAIM,
}
# In whose name and with which right; the same in every procedure unless it is named below.
WHO = {
    "accept": "owner case.decide",
    "refuse": "owner case.decide",
    "pass_on": "owner case.decide",
    "dispatch": "owner case.decide",
    "transfer": "owner case.decide",
    "take": "holder case.handle",
    "return_slip": "holder case.handle",
    "arbitrate": "owner case.approve",
    "contact": "holder case.handle",
    "arrive": "holder case.handle",
    "restore": "holder case.handle",
    "reply": "holder case.handle",
    "rework": "owner case.decide",
    "verify": "owner case.decide",
    "inform": "owner case.decide",
    "close": "owner case.decide",
    "visit": "owner case.decide",
    "reopen": "owner case.decide",
    "appeal": "owner case.register",
    "withdraw": "owner case.decide",
    "urge": "owner case.decide",
    "supervise": "regulator case.supervise",
    "answer_supervision": "holder case.handle",
    "pause": "owner case.approve",
    "resume": "owner case.approve",
    "extend": "owner case.approve",
    "archive": "owner case.decide",
}
# Since 2025 the company verifies, informs and closes by itself.
OTHERWISE = {("12398-2025", act): "holder case.handle" for act in ("verify", "inform", "close")}
OTHERWISE |= {
    ("grid-claim", act): "holder claim.handle"
    for act in ("take", "contact", "arrive", "reply", "pass_on")
}
OTHERWISE |= {
    ("grid-claim", act): "government claim.send"
    for act in ("rework", "close", "reopen", "withdraw", "urge")
}
REPLY = "dispatch arbitrate rework reopen | reply | return_slip | yes | 5"
# Clock: length; acts that start, stop, void it; pausable; longest extension.
CLOCKS = {
    "12398-2011/1": {
        "company": "10 working_days | transfer arbitrate rework | reply | return_slip | yes | 10"
    },
    "12398-2017/1": {
        "decide": "7 calendar_days | received | accept refuse pass_on | | no |",
        "close": "60 calendar_days | accept reopen | close pass_on | | yes | 30",
        "company": "10 working_days | transfer arbitrate rework | reply | return_slip | yes | 10",
    },
    "12398-2025/1": {
        "company": "10 working_days | transfer arbitrate reopen | close | return_slip | yes | 10"
    },
    "12398-2025-report/1": {
        "decide": "7 calendar_days | received | accept refuse pass_on | | no |",
        "close": "60 calendar_days | accept reopen | close pass_on | | yes | 30",
    },
    "95598-sgcc-complaint/1": {
        "dispatch": "20 minutes | received return_slip | dispatch arbitrate reply pass_on | | no |",
        "contact": "1 working_days | dispatch arbitrate | contact reply | return_slip | no |",
        "reply": "7 working_days | " + REPLY,
        "visit": "1 working_days | reply | visit | rework reopen | no |",
    },
    "95598-sgcc-complaint/2": {
        "dispatch": "20 minutes | received return_slip | dispatch arbitrate reply pass_on | | no |",
        "contact": "24 hours | dispatch arbitrate | contact reply | return_slip | no |",
        "reply": "4 working_days | " + REPLY,
        "visit": "1 working_days | reply | visit | rework reopen | no |",
    },
    "95598-sgcc-report/1": {
        "dispatch": "20 minutes | received return_slip | dispatch arbitrate reply pass_on | | no |",
        "reply": "9 working_days | " + REPLY,
        "visit": "1 working_days | reply | visit | rework reopen | no |",
    },
    "95598-csg-complaint/1": {
        "reply": "5 working_days | " + REPLY,
        "visit": "1 working_days | reply | visit | rework reopen | no |",
    },
    "95598-sgcc-fault/2": {
        "dispatch": "2 minutes | received return_slip | dispatch arbitrate | | no |",
        "arrive": "45 minutes rural=90 minutes remote=120 minutes | received rework reopen | "
        "arrive | | no |",
        "restore": "3 hours rural=4 hours remote=4 hours | arrive | restore | reply | yes |",
        "visit": "1 working_days | reply | visit | rework reopen | no |",
    },
    "95598-csg-fault/1": {
        "arrive": "45 minutes rural=90 minutes remote=120 minutes | received rework reopen | "
        "arrive | | no |",
        "restore": "4 hours rural=5 hours remote=5 hours | arrive | restore | reply | yes |",
        "visit": "1 working_days | reply | visit | rework reopen | no |",
    },
    "95598-fault/1": {
        "arrive": "60 minutes rural=120 minutes remote=240 minutes | received rework reopen | "
        "arrive | | no |",
    },
    "95598-sgcc-service/1": {
        "dispatch": "20 minutes | received return_slip | dispatch arbitrate reply pass_on | | no |",
        "reply": "5 working_days reconnect=24 hours appliance_damage=24 hours meter_abnormal=4 "
        "working_days reading_data=6 working_days | " + REPLY,
    },
    # The rules of 2024 say nothing of other limits for appeals: those of 2017 go on.
    "12398-2025-appeal/1": {
        "decide": "7 calendar_days | received | accept refuse pass_on | | no |",
        "close": "60 calendar_days | accept reopen | close pass_on | | yes | 30",
    },
    # What the company has to answer, in ten working days (Order 27 art. 16); nothing lengthens it.
    "12398-answer/1": {"company": "10 working_days | transfer rework | reply | return_slip | no |"},
    "95598-sgcc-enquiry/1": {
        "dispatch": "20 minutes | received return_slip | dispatch arbitrate reply pass_on | | no |",
        "reply": "2 working_days | " + REPLY,
    },
    "95598-sgcc-suggestion/1": {
        "dispatch": "20 minutes | received return_slip | dispatch arbitrate reply pass_on | | no |",
        "reply": "9 working_days | " + REPLY,
    },
    # The promise of the time until power is back came in 2022.
    "95598-sgcc-fault/1": {
        "dispatch": "2 minutes | received return_slip | dispatch arbitrate | | no |",
        "arrive": "45 minutes rural=90 minutes remote=120 minutes | received rework reopen | "
        "arrive | | no |",
        "visit": "1 working_days | reply | visit | rework reopen | no |",
    },
    "95598-csg-report/1": {
        "reply": "9 working_days | " + REPLY,
        "visit": "1 working_days | reply | visit | rework reopen | no |",
    },
    "95598-csg-enquiry/1": {"reply": "2 working_days | " + REPLY},
    # 三项机制: measures are fed back in five working days.
    "95598-csg-suggestion/1": {"reply": "5 working_days | " + REPLY},
    # Power is back twelve hours after payment.
    "95598-csg-service/1": {"reply": "5 working_days reconnect=12 hours | " + REPLY},
    "95598-order/1": {"reply": "10 working_days | " + REPLY},
    "12345-order/1": {"reply": "7 calendar_days | " + REPLY},
    "grid-order/1": {"reply": "10 calendar_days | " + REPLY},
    # What holds where the rules of grids give no limit of their own.
    "grid-claim/1": {
        "report_in": "30 minutes | received | take pass_on | withdraw | no |",
        "arrive": "120 minutes | take | arrive | reply pass_on withdraw | no |",
        "handle": "5 working_days | received rework reopen | reply pass_on | withdraw | no |",
        "progress": "3 calendar_days | take contact rework reopen | contact reply pass_on | "
        "withdraw | no |",
        "gov_respond": "2 hours | received | take pass_on | withdraw | no |",
        "gov_finish": "7 calendar_days | received reopen | close pass_on | withdraw | no |",
        "gov_confirm": "2 calendar_days | reply | close rework | withdraw | no |",
    },
}
FILES = {f"{d['code']}/{d['version']}": d for d in procedure_definition.files()}


def test_every_procedure_has_its_table():
    assert {data["code"] for data in FILES.values()} == set(TABLES)
    assert set(FILES) == set(CLOCKS)


@pytest.mark.parametrize("name", sorted(FILES))
def test_what_may_follow_is_what_the_table_says(name):
    rules = procedure_definition.parse(FILES[name]["definition"])
    found: dict[str, dict[str, str]] = {}
    for act, move in rules.moves.items():
        for state in move.sources:
            found.setdefault(state, {})[act] = move.target or "="
    table = TABLES[FILES[name]["code"]]
    expected = {
        state: dict(pair.split(":") for pair in line.split()) for state, line in table.items()
    }
    assert found == expected
    assert set(rules.states) - set(found) <= set(DONE)


@pytest.mark.parametrize("name", sorted(FILES))
def test_an_order_that_waits_can_be_answered_wherever_the_case_goes(name):
    moves = procedure_definition.parse(FILES[name]["definition"]).moves
    seen, edge = set(), set(moves["supervise"].sources) if "supervise" in moves else set()
    while edge:
        seen |= edge
        # Nobody closes a case while an order waits.
        roads = [move for act, move in moves.items() if move.target and act != "close"]
        to = {move.target for move in roads for state in edge if state in move.sources}
        edge = to - seen - set(DONE)
    answered = moves["answer_supervision"].sources if seen else ()
    assert seen <= set(answered)


@pytest.mark.parametrize("name", sorted(FILES))
def test_who_may_is_what_the_table_says(name):
    code = FILES[name]["code"]
    rules = procedure_definition.parse(FILES[name]["definition"])
    for act, move in rules.moves.items():
        assert f"{move.side} {move.needs}" == OTHERWISE.get((code, act), WHO[act]), act


@pytest.mark.parametrize("name", sorted(CLOCKS))
def test_the_clocks_are_what_the_table_says(name):
    rules = procedure_definition.parse(FILES[name]["definition"])
    assert {code: written(rule) for code, rule in rules.clocks.items()} == {
        code: [part.strip() for part in line.split("|")] for code, line in CLOCKS[name].items()
    }


def written(rule):
    special = [f"{is_}={value} {unit}" for _f, is_, value, unit in rule.allowance.special]
    length = " ".join([f"{rule.allowance.value} {rule.allowance.unit}", *special])
    acts = (rule.starts_on, rule.stops_on, rule.voids_on)
    longest = str(rule.cap[0]) if rule.cap else ""
    pausable = "yes" if rule.pausable else "no"
    return [length, *(" ".join(one) for one in acts), pausable, longest]


@pytest.mark.parametrize("name", sorted(FILES))
def test_every_clock_names_its_rule(name):
    rules = procedure_definition.parse(FILES[name]["definition"])
    for rule in rules.clocks.values():
        assert len(rule.basis) > 10
        assert rule.label
        assert rule.label_en
