"""The dispatch board: what waits, where, until when, and acts on it from there."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from complaints import procedure_definition, waiting
from complaints.models import Case
from complaints.workflow import DONE
from core import clock
from tests.factories.accounts import member, organisation
from tests.factories.complaints import at, played, received

MONDAY = at("2023-03-06 09:00")
MEASURES = ["identity", "protection", "dead_line", "barrier", "watched", "tidied", "notified"]
FRAGMENT = {"headers": {"HX-Request": "true"}}


@pytest.fixture
def as_(client):
    def sign_in(person):
        client.force_login(person)
        return client

    return sign_in


@pytest.fixture(autouse=True)
def monday():
    with clock.standing_at(MONDAY + timedelta(minutes=30)):
        yield


def order(*, minutes=0, **fields):
    """An order of 95598 at the company's desk in Guangdong, so many minutes after nine."""
    fields = {"nature": "fault", "category": "", "area_type": "rural", **fields}
    given = {"source": "95598", "owner": "CSG-GD", "channel": "phone_95598", **fields}
    return received(received_at=MONDAY + timedelta(minutes=minutes), **given)


def board(client, query="", **more):
    return client.get(reverse("complaints:board") + query, **more)


def numbers(answer):
    """Numbers of the cases shown, in their order."""
    return re.findall(r'<a href="/cases/\d+/">([^<]+)</a> <span class="lamp', text(answer))


def text(answer):
    return answer.content.decode()


def ticked(*cases):
    return [f"{case.pk}:{case.state}" for case in cases]


def test_every_open_state_of_every_procedure_waits_for_exactly_one_thing():
    stages = {}
    for data in procedure_definition.files():
        rules = procedure_definition.parse(data["definition"])
        for state in set(rules.states) - set(DONE):
            stages[data["code"], state] = waiting.stage_of(rules, state).value
    fault = {state: stage for (code, state), stage in stages.items() if code == "95598-sgcc-fault"}
    assert fault == {
        "registered": "dispatch",
        "dispatched": "take",
        "handling": "work",
        "arrived": "work",
        "restored": "work",
        "replied": "check",
    }
    # The regulator's own work on an accepted case may be to hand it out.
    assert stages["12398-2011", "registered"] == "accept"
    assert stages["12398-2011", "accepted"] == "dispatch"
    assert stages["12398-2011", "replied"] == "check"


@pytest.mark.django_db
class TestBoard:
    def test_the_nearest_clock_comes_first_and_every_number_opens_its_list(self, as_, people):
        first, late = order(number="Q1", minutes=20), order(number="Q2", minutes=-300)
        order(number="Q3", minutes=10, urgency="urgent", organisation="CSG-GD-FS")
        played(order(number="Q4"), *to(people.desk), start=MONDAY)
        assert late.due_at < first.due_at
        client = as_(people.desk)
        shown = board(client)
        assert numbers(shown) == ["Q2", "Q3", "Q1"]
        # A village: on site within 90 minutes. 04:00 + 90 min is over by four hours at 09:30.
        for words in ("已超 4小时0分", "剩余 1小时20分", "到达现场"):
            assert words in text(shown)
        stats = {
            label: (int(value), query.replace("&amp;", "&"))
            for query, label, value in re.findall(
                r'class="stat[^"]*" href="([^"]+)"[^>]*>\s*<span class="stat-label">(.+?)</span>'
                r'\s*<b class="stat-value">(\d+)</b>',
                text(shown),
                re.S,
            )
        }
        assert {label: value for label, (value, _query) in stats.items()} == {
            "待派发": 3,
            "已逾期": 1,
            "今日到期": 2,
            "紧急": 1,
        }
        for value, query in stats.values():
            assert len(numbers(board(client, query))) == value
        assert numbers(board(client, "?stage=take")) == ["Q4"]
        assert numbers(board(client, "?stage=dispatch&unit=CSG-GD-FS")) == ["Q3"]
        assert numbers(board(client, "?stage=nonsense&lamp=x&unit=%00&after=zzz")) == []

    def test_several_orders_are_handed_out_at_once_and_what_is_refused_says_why(self, as_, people):
        here = [order(number=f"Q{n}") for n in (1, 2)]
        report = order(number="Q3", nature="report")
        unit = organisation("CSG-GD-ZQ")
        client, url = as_(people.desk), reverse("complaints:several")
        sent = {"what": "hand_out", "picked": ticked(*here, report), "organisation": unit.pk}
        answer = client.post(url, {**sent, "back": "stage=dispatch"}, **FRAGMENT)
        assert answer.status_code == 409
        assert "<html" not in text(answer)
        assert "已办理2件" in text(answer)
        assert "举报不能交由被举报单位办理" in text(answer)
        assert re.search(rf'value="{report.pk}:registered" checked', text(answer))
        states = Case.objects.order_by("number").values_list("state", "holder__code")
        assert list(states) == [("dispatched", "CSG-GD-ZQ")] * 2 + [("registered", "CSG-GD")]
        # The same form once more, by a second tap: nobody gets anything twice.
        assert client.post(url, sent).status_code == 409
        assert [case.handovers.count() for case in here] == [1, 1]

    def test_without_a_unit_each_goes_to_whom_it_is_about(self, as_, people):
        one, two = order(organisation="CSG-GD-FS"), order(organisation="")
        client, url = as_(people.desk), reverse("complaints:several")
        answer = client.post(url, {"what": "hand_out", "picked": ticked(one, two)})
        assert "没有填写被反映单位" in text(answer)
        one.refresh_from_db()
        assert one.holder.code == "CSG-GD-FS"
        assert client.post(url, {"what": "hand_out"}).status_code == 422
        assert client.post(url, {"what": "close", "picked": ticked(one)}).status_code == 422

    def test_a_handler_goes_the_whole_way_with_one_thumb(self, as_, people):
        case = played(order(number="Q1"), *to(people.desk), start=MONDAY)
        client = as_(people.handler)
        shown = board(client)
        assert numbers(shown) == ["Q1"]
        assert reverse("complaints:step", args=[case.pk, "take"]) in text(shown)

        def tap(what, seen, **answers):
            sent = {"seen_state": seen, "back": "stage=work", **answers}
            return client.post(reverse("complaints:step", args=[case.pk, what]), sent, **FRAGMENT)

        assert tap("take", "dispatched").status_code == 200
        twice = tap("take", "dispatched")
        assert (twice.status_code, "不能接单" in text(twice)) == (409, True)
        assert tap("contact", "handling", text="已电话联系").status_code == 200
        assert tap("arrive", "handling").status_code == 200
        assert tap("arrive", "handling").status_code == 409
        unsafe = tap("restore", "arrived", safety=["identity"])
        assert (unsafe.status_code, "请在说明中写明原因" in text(unsafe)) == (409, True)
        # The panel stays open, and what was ticked stays ticked.
        assert f'id="step-{case.pk}-restore" open' in text(unsafe)
        assert re.search(r'value="identity"[^>]*checked', text(unsafe))
        assert tap("restore", "arrived", safety=MEASURES).status_code == 200
        empty = tap("reply", "restored")
        assert (empty.status_code, "confirm" in text(empty)) == (422, True)
        answer = tap("reply", "restored", text="熔断器已更换")
        assert "答复已登记" in text(answer)
        assert tap("dance", "replied").status_code == 404
        kinds = [event.kind for event in case.events.order_by("sequence")]
        assert kinds == [*("received", "dispatch", "take", "contact", "arrive", "restore", "reply")]
        assert client.post(reverse("complaints:step", args=[case.pk, "take"])).status_code == 409

    def test_without_scripts_a_step_leads_back_to_the_same_view(self, as_, people):
        case = played(order(), *to(people.desk), start=MONDAY)
        sent = {"seen_state": "dispatched", "back": "stage=take&unit=CSG-GD-ZQ&evil=1"}
        answer = as_(people.handler).post(reverse("complaints:step", args=[case.pk, "take"]), sent)
        assert answer["Location"] == reverse("complaints:board") + "?stage=take&unit=CSG-GD-ZQ"

    def test_nobody_acts_on_what_is_out_of_their_sight(self, as_, people):
        case = order()
        client = as_(people.stranger)
        assert numbers(board(client)) == []
        sent = {"what": "hand_out", "picked": ticked(case)}
        answer = client.post(reverse("complaints:several"), sent)
        assert (answer.status_code, "不在您的查看范围" in text(answer)) == (409, True)
        step = reverse("complaints:step", args=[case.pk, "take"])
        assert client.post(step).status_code == 404
        viewer = as_(member("CSG-GD", "company_viewer"))
        assert board(viewer).status_code == 403

    def test_the_office_urges_what_a_company_does_not_take(self, as_, people):
        unit = {"organisation": organisation("CSG-GD-ZQ")}
        case = played(
            received(received_at=MONDAY, number="R1"),
            ("accept", people.officer, {}),
            ("transfer", people.officer, unit),
            start=MONDAY,
        )
        client = as_(people.officer)
        assert numbers(board(client, "?stage=take")) == ["R1"]
        sent = {"what": "urge", "picked": ticked(case), "text": "请尽快接单"}
        assert client.post(reverse("complaints:several"), sent).status_code == 302
        case.refresh_from_db()
        assert case.urge_count == 1

    def test_the_board_asks_no_more_for_more_orders(
        self, as_, people, django_assert_max_num_queries
    ):
        for number in range(12):
            order(number=f"Q{number}")
        client = as_(people.desk)
        with django_assert_max_num_queries(28):
            board(client)


def to(desk, unit="CSG-GD-ZQ"):
    return [("dispatch", desk, {"organisation": organisation(unit)})]
