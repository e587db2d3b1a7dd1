"""Lists and procedures on their pages: entries come and end, nothing that was used disappears."""

from datetime import date, timedelta
from xml.etree import ElementTree

import pytest
from django.urls import reverse

from complaints import drawing, procedure_definition, queries
from complaints.models import Procedure, Term
from core import clock
from core.models import AuditEvent
from tests.factories.accounts import member
from tests.factories.complaints import at, received

MONDAY = at("2018-03-05 09:00")
NEW = {
    "code": "charging",
    "label": "充电桩报装",
    "label_en": "Charging points",
    "valid_from": "2018-03-06",
    "sources": ["12398"],
}


@pytest.fixture(autouse=True)
def monday():
    with clock.standing_at(MONDAY):
        yield


@pytest.fixture
def admin(catalogues):
    return member("NEA-ROOT", "system_administrator")


def text(answer):
    return answer.content.decode()


def page(client, **query):
    return text(client.get(reverse("complaints:terms"), query))


def add(client, kind="category", **fields):
    return client.post(reverse("complaints:add_term", args=[kind]), {**NEW, **fields})


def end(client, term, day):
    return client.post(reverse("complaints:end_term", args=[term.pk]), {"on": day})


@pytest.mark.django_db
class TestTerms:
    def test_a_term_begins_on_a_day_and_is_offered_from_then_on(self, client, admin, people):
        client.force_login(admin)
        assert add(client).status_code == 302
        term = Term.objects.get(code="charging")
        assert (term.valid_from, term.sources) == (date(2018, 3, 6), ["12398"])
        trace = AuditEvent.objects.get(kind="term.add")
        assert (trace.actor_id, trace.details["code"]) == (admin.pk, "charging")
        assert "充电桩报装" not in page(client, kind="category")
        assert "充电桩报装" in page(client, kind="category", on="2018-03-06")
        assert "尚未启用" in page(client, kind="category", era="all")
        intake = reverse("complaints:new")
        client.force_login(people.officer)
        assert "充电桩报装" not in text(client.get(intake))
        with clock.standing_at(MONDAY + timedelta(days=1)):
            assert "充电桩报装" in text(client.get(intake))

    def test_a_term_ends_and_cases_of_its_time_keep_its_label(self, client, admin, people):
        case = received(received_at=MONDAY, category="metering")
        term = Term.objects.get(kind="category", code="metering")
        client.force_login(admin)
        early = end(client, term, "2018-03-04")
        assert (early.status_code, "不能早于今天" in text(early)) == (409, True)
        assert end(client, term, "2018-03-05").status_code == 302
        taken = add(client, code="metering", label="计量装置", valid_from="2018-03-05")
        assert (taken.status_code, "仍在使用" in text(taken)) == (409, True)
        assert add(client, code="metering", label="计量装置").status_code == 302
        labels = queries.Labels()
        assert labels.of("category", "metering", at=case.received_at) == "电表计量"
        later = MONDAY + timedelta(days=1)
        assert labels.of("category", "metering", at=later) == "计量装置"
        term.refresh_from_db()
        back = end(client, term, "")
        assert (back.status_code, "已有以后启用的条目" in text(back)) == (409, True)
        with clock.standing_at(later):
            over = end(client, term, "2018-04-01")
        assert (over.status_code, "已经停用" in text(over)) == (409, True)

    def test_what_rules_name_does_not_end(self, client, admin):
        client.force_login(admin)
        for kind, code in (("outcome", "partly"), ("nature", "report"), ("nature", "fault")):
            term = Term.objects.filter(kind=kind, code=code).latest("valid_from")
            answer = end(client, term, "2018-12-31")
            assert (answer.status_code, "不能停用" in text(answer)) == (409, True)

    @pytest.mark.parametrize(
        ("kind", "code"),
        [
            ("channel", "online"),
            ("industry", "power"),
            ("outcome", "withdrawn"),
            ("outcome", "answered"),
            ("area_type", "rural"),
            ("category", "supply_service"),
        ],
    )
    def test_what_the_portal_writes_by_itself_does_not_end(self, client, admin, kind, code):
        """Else nobody could send in a complaint any more, or a clock would run wrong."""
        client.force_login(admin)
        term = Term.objects.of(kind).on(MONDAY.date()).get(code=code)
        refused = end(client, term, "2018-03-05")
        assert (refused.status_code, term.label in text(refused)) == (409, True)
        term.refresh_from_db()
        assert term.valid_until is None

    def test_the_last_entry_to_choose_from_does_not_end(self, client, admin):
        client.force_login(admin)
        reasons = list(Term.objects.of("return_reason").on(MONDAY.date()))
        answers = [end(client, term, "2018-03-05").status_code for term in reasons]
        assert answers == [302] * (len(reasons) - 1) + [409]
        # Others are for some natures only: this one alone is for all.
        general = Term.objects.of("refusal_ground").on(MONDAY.date()).get(code="outside_mandate")
        assert end(client, general, "2018-03-05").status_code == 409

    def test_mistakes_come_back_with_what_was_typed(self, client, admin):
        client.force_login(admin)
        wrong = add(client, code="Bad Code")
        assert (wrong.status_code, "代码须以小写字母开头" in text(wrong)) == (409, True)
        assert "充电桩报装" in text(wrong)
        assert add(client, label="").status_code == 422
        assert add(client, kind="nonsense").status_code == 404
        assert end(client, Term.objects.first(), "not a day").status_code == 422

    def test_others_read_the_lists_and_change_nothing(self, client, admin, people):
        client.force_login(people.handler)
        shown = page(client, kind="nature")
        assert "投诉" in shown
        assert "增加条目" not in shown
        assert add(client).status_code == 403
        assert end(client, Term.objects.first(), "2018-12-31").status_code == 403


@pytest.mark.django_db
def test_procedures_are_read_with_their_clocks_and_followers(client, people):
    received(received_at=MONDAY)
    client.force_login(people.officer)
    found = Procedure.objects.get(code="12398-2017")
    listed = text(client.get(reverse("complaints:procedures")))
    assert found.name in listed
    # One that begins in 2025 is named in words as well, and so is the group it is for.
    coming = next(row for row in listed.split("<tr") if "12398-2025-appeal" in row)
    assert ("尚未启用" in coming, ">申诉<" in coming, ">appeal<" in coming) == (True, True, False)
    assert ">CSG<" not in listed
    shown = text(client.get(reverse("complaints:procedure", args=[found.pk])))
    # Domain facts 1.3: decided in seven working days, closed in sixty, thirty more at most.
    for words in ("受理决定", "您可见 1 件，其中在办 1 件", "转办企业", "<svg"):
        assert words in shown
    order = Procedure.objects.filter(code="95598-sgcc-fault").latest("version")
    shown = text(client.get(reverse("complaints:procedure", args=[order.pk])))
    for words in ("45分钟", "农村：90分钟", "3小时", "提前10分钟：承办人"):
        assert words in shown


def test_every_procedure_has_a_drawing_with_all_its_ways():
    for data in procedure_definition.files():
        rules = procedure_definition.parse(data["definition"])
        drawn = drawing.drawn(rules)
        assert [node.state for node in drawn.nodes if not node.over]
        assert {node.state for node in drawn.nodes} == set(rules.states)
        ways = {
            (source, move.target)
            for move in rules.moves.values()
            for source in move.sources
            if move.target
        }
        assert len(drawn.lines) == len(ways)
        tops = [node.y for node in drawn.nodes]
        assert tops == sorted(tops)
        assert all(drawn.height > node.y + node.height for node in drawn.nodes)


@pytest.mark.django_db
def test_the_drawing_is_well_formed(client, people):
    client.force_login(people.officer)
    found = Procedure.objects.get(code="12398-2017")
    shown = text(client.get(reverse("complaints:procedure", args=[found.pk])))
    inner = shown[shown.index("<svg width") :]
    picture = ElementTree.fromstring(inner[: inner.index("</svg>") + 6])
    assert len(picture.findall("rect")) == 12
