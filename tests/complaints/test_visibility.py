"""Who sees which case, and what of it."""

import pytest

from accounts.models import User
from complaints import privacy, scope, services
from complaints.models import Case, CaseClock
from complaints.queries import duplicates, timeline
from core import masking
from core.errors import Refused
from core.models import AuditEvent
from tests.factories.accounts import member, organisation
from tests.factories.complaints import at, handler, played, received, regulator_officer

pytestmark = pytest.mark.django_db
MONDAY = at("2018-03-05 09:00")


def seen_by(person):
    return set(Case.objects.visible_to(person).values_list("number", flat=True))


def test_regulators_see_their_territory_and_the_national_one_all(people):
    received(number="GD", received_at=MONDAY)
    received(number="YN", owner="SERC-YN", received_at=MONDAY, organisation="CSG-YN-KM")
    received(number="BJ", owner="SERC-HB", received_at=MONDAY, organisation="", region="110000")
    # The South bureau gets copies of what is Yunnan's.
    assert seen_by(people.officer) == {"GD", "YN"}
    assert seen_by(regulator_officer("SERC-YN")) == {"YN"}
    assert seen_by(regulator_officer("SERC-HB")) == {"BJ"}
    assert seen_by(regulator_officer("NEA-ROOT")) == {"GD", "YN", "BJ"}


def test_a_case_without_a_company_is_seen_by_its_region(people):
    received(number="HN", owner="NEA-ROOT", received_at=MONDAY, organisation="", region="460000")
    assert seen_by(people.officer) == {"HN"}
    assert seen_by(people.handler) == set()


def test_companies_see_what_they_hold_or_are_named_in_and_nobody_elses(people):
    received(number="ZQ", received_at=MONDAY, organisation="CSG-GD-ZQ")
    received(number="SH", received_at=MONDAY, organisation="CSG-GD-ZQ-SH")
    received(number="FS", received_at=MONDAY, organisation="CSG-GD-FS")
    assert seen_by(people.handler) == {"ZQ", "SH"}
    assert seen_by(people.stranger) == {"FS"}
    assert seen_by(people.desk) == {"ZQ", "SH", "FS"}
    assert seen_by(handler("CSG-GX")) == set()


@pytest.mark.parametrize("role", ["system_administrator", "audit_administrator", "grid_officer"])
def test_roles_without_the_right_see_nothing(people, role):
    received(received_at=MONDAY)
    home = "GOV-441284" if role == "grid_officer" else "NEA-ROOT"
    assert seen_by(member(home, role)) == set()


def test_a_report_stays_out_of_sight_of_those_whom_it_is_about(people):
    received(number="R", received_at=MONDAY, nature="report", organisation="CSG-GD-ZQ")
    received(number="C", received_at=MONDAY, organisation="CSG-GD-ZQ")
    received(number="N", received_at=MONDAY, nature="report", organisation="")
    below = handler("CSG-GD-ZQ-SH-01")
    for person in (people.handler, people.chief, below, people.desk):
        assert "R" not in seen_by(person)
    assert seen_by(people.handler) == {"C"}
    assert seen_by(people.officer) == {"R", "C", "N"}


def test_a_report_that_a_company_looks_into_is_seen_there_without_the_reporter(people):
    case = received(number="R", received_at=MONDAY, nature="report", organisation="CSG-GD-ZQ")
    case = played(
        case,
        ("accept", people.officer, {"text": "举报人在该单位工作"}),
        ("transfer", people.officer, {"organisation": organisation("CSG-GD"), "text": "请核查"}),
        start=MONDAY,
    )
    assert seen_by(people.desk) == {"R"}
    assert seen_by(people.handler) == seen_by(people.chief) == set()
    assert seen_by(handler("CSG-GD-ZQ-SH-01")) == set()
    shown = privacy.masked(case, people.desk)
    assert set(shown.values()) <= {masking.HIDDEN, ""}
    assert "只由首接单位掌握" in privacy.reveal_refusal(case, people.desk)
    assert [event.kind for event in timeline(case, people.desk)] == ["transfer", "received"]
    assert [e.kind for e in timeline(case, people.officer)] == ["transfer", "accept", "received"]


def test_a_report_at_the_companys_own_hotline_is_hidden_from_the_unit(people):
    case = received(
        number="R",
        source="95598",
        owner="CSG-GD",
        received_at=MONDAY,
        nature="report",
        channel="phone_95598",
        category="",
        organisation="CSG-GD-ZQ",
    )
    assert seen_by(people.desk) == {"R"}
    assert seen_by(people.handler) == set()
    with pytest.raises(Refused, match="被举报单位"):
        services.act(
            case, "dispatch", by=people.desk, now=MONDAY, organisation=organisation("CSG-GD-ZQ")
        )


@pytest.mark.parametrize("secret", ["anonymous", "confidential"])
def test_who_asked_for_secrecy_is_hidden_from_the_company(people, secret):
    case = received(received_at=MONDAY, **{secret: True})
    assert set(privacy.masked(case, people.handler).values()) <= {masking.HIDDEN, ""}
    assert privacy.masked(case, people.officer)["complainant_phone"] == "138****1234"
    with pytest.raises(Refused):
        services.reveal(case, purpose="联系诉求人核实", by=people.handler, now=MONDAY)
    assert not AuditEvent.objects.filter(kind="personal.reveal").exists()


def test_a_named_company_reads_masked_and_a_holding_one_may_reveal(people):
    case = received(received_at=MONDAY)
    assert privacy.masked(case, people.handler)["complainant_name"] == "赵**"
    with pytest.raises(Refused, match="只向首接单位"):
        services.reveal(case, purpose="联系诉求人核实", by=people.handler, now=MONDAY)
    case = played(
        case,
        ("accept", people.officer, {}),
        ("transfer", people.officer, {"organisation": organisation("CSG-GD-ZQ")}),
        start=MONDAY,
    )
    found = services.reveal(case, purpose="联系诉求人核实", by=people.handler, now=MONDAY)
    assert found["complainant_phone"] == "13800001234"
    viewer = member("CSG-GD-ZQ", "company_viewer")
    with pytest.raises(Refused, match="没有查看诉求人信息的权限"):
        services.reveal(case, purpose="联系诉求人核实", by=viewer, now=MONDAY)


def test_hints_of_duplicates_give_no_secret_away(people):
    received(number="open", received_at=MONDAY)
    received(number="secret", received_at=MONDAY, confidential=True)
    received(number="report", received_at=MONDAY, nature="report", organisation="")

    def hinted(person):
        found = duplicates(person, phone="13800001234", now=MONDAY)
        return {case.number for case in found}

    assert hinted(people.officer) == {"open", "secret", "report"}
    assert hinted(people.handler) == {"open"}
    assert hinted(people.stranger) == set()


def test_clocks_are_seen_with_their_case(people):
    received(received_at=MONDAY)
    assert CaseClock.objects.visible_to(people.handler).count() == 1
    assert CaseClock.objects.visible_to(people.stranger).count() == 0


def test_nothing_personal_is_plain_in_the_database_the_trail_or_the_letters(people):
    from django.apps import apps
    from django.db import connection

    said = "我是赵某某，电话13800001234"
    case = received(received_at=MONDAY, content=said)
    case = played(
        case,
        ("accept", people.officer, {"text": said}),
        ("transfer", people.officer, {"organisation": organisation("CSG-GD-ZQ"), "text": said}),
        ("urge", people.officer, {"text": said}),
        start=MONDAY,
    )
    services.note(case, text=said, audiences=["regulator"], by=people.officer, now=MONDAY)
    canaries = ("赵某某", "13800001234", "0301234567890", "光明路8号")
    with connection.cursor() as cursor:
        for model in apps.get_models():
            cursor.execute(f'SELECT * FROM "{model._meta.db_table}"')
            for row in cursor.fetchall():
                for canary in canaries:
                    assert canary not in str(row), model


def test_few_units_are_named_one_by_one_and_many_read_by_the_database(people, monkeypatch):
    received(number="ZQ", organisation="CSG-GD-ZQ", received_at=MONDAY)
    received(number="FS", organisation="CSG-GD-FS", received_at=MONDAY)
    for most in (500, 1):
        monkeypatch.setattr(scope, "MOST_NAMED", most)
        # As another request would read the person.
        anew = User.objects.get(pk=people.handler.pk)
        seen = Case.objects.visible_to(anew)
        assert ("accounts_organisation" in str(seen.order_by().query)) == (most == 1)
        assert seen_by(anew) == {"ZQ"}
