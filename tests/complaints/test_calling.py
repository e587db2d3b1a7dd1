"""What companies' systems are told of: signed calls, each once, without a word about a person."""

import json
from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.services import webhooks as endpoints
from complaints.models import HotlineMessage
from core import clock, outbox, webhooks
from core.api.idempotency import machine_now
from core.models import AuditEvent, Letter
from tests.core.receiver import receiving
from tests.factories.accounts import organisation
from tests.factories.complaints import at, played, received
from tests.factories.hotline import endpoint

pytestmark = pytest.mark.django_db
MONDAY = at("2018-03-05 09:00")
SECRET_WORDS = ("赵某某", "13800001234", "0301234567890", "光明路8号", "频繁停电")


@pytest.fixture(autouse=True)
def at_home(settings):
    settings.WEBHOOKS = {**settings.WEBHOOKS, "https_only": False, "networks": ["127.0.0.0/8"]}
    with clock.standing_at(MONDAY):
        yield


@pytest.fixture
def as_(client):
    def sign_in(person):
        client.force_login(person)
        return client

    return sign_in


def handed_over(people, *, to="CSG-GD-ZQ", **fields):
    """A 12398 complaint that the office has just handed to a unit."""
    case = received(received_at=MONDAY, **fields)
    return played(
        case,
        ("accept", people.officer, {}),
        ("transfer", people.officer, {"organisation": organisation(to)}),
        start=MONDAY,
    )


def told():
    rows = HotlineMessage.objects.order_by("organisation", "sequence")
    return [(m.organisation.code, m.sequence, m.kind, m.number) for m in rows]


def dead(people, **fields):
    """A transfer that nobody took however often it was tried."""
    case = handed_over(people, **fields)
    now = MONDAY
    for _attempt in range(20):
        outbox.run_due(now=now)
        now += timedelta(hours=6)
    return case, HotlineMessage.objects.latest("pk")


def test_a_company_is_called_about_what_others_do_to_its_cases(people):
    endpoint("CSG-GD")
    case = handed_over(people)
    case = played(
        case,
        ("urge", people.officer, {}),
        ("take", people.handler, {}),
        (
            "supervise",
            people.officer,
            {"due_on": at("2018-03-09 09:00").date(), "text": "限期答复"},
        ),
        ("answer_supervision", people.handler, {"text": "已安排"}),
        ("reply", people.handler, {"text": "已改造"}),
        ("rework", people.officer, {"text": "请补充"}),
        ("reply", people.handler, {"text": "已改造完毕"}),
        ("verify", people.officer, {"outcome": "substantiated", "text": "属实"}),
        ("inform", people.officer, {"text": "已告知"}),
        ("close", people.officer, {}),
        start=MONDAY + timedelta(minutes=10),
    )
    assert told() == [
        ("CSG-GD", 1, "case.transferred", case.number),
        ("CSG-GD", 2, "case.urged", case.number),
        ("CSG-GD", 3, "case.supervised", case.number),
        ("CSG-GD", 4, "case.returned", case.number),
        ("CSG-GD", 5, "case.closed", case.number),
    ]


def test_a_call_is_signed_with_both_secrets_and_names_no_person(people):
    with receiving() as server:
        made = endpoint("CSG-GD", url=server.url)
        first = made.secret
        made = endpoints.renew_secret(made, by=None, now=MONDAY)
        case = handed_over(people)
        outbox.run_due(now=MONDAY + timedelta(minutes=5))
        _path, headers, body = server.calls[0]
        assert len(server.calls) == 1
    assert json.loads(body) == {
        "type": "case.transferred",
        "timestamp": "2018-03-05T09:01:00+08:00",
        "data": {
            "number": case.number,
            "source": "12398",
            "state": "dispatched",
            "at": "2018-03-05T09:01:00+08:00",
            "sequence": 1,
        },
    }
    for secret in (first, made.secret):
        assert webhooks.is_genuine(
            [secret],
            message_id=headers["webhook-id"],
            timestamp=headers["webhook-timestamp"],
            signatures=headers["webhook-signature"],
            body=body,
            now=machine_now(),
        )
    message = HotlineMessage.objects.standing().get()
    assert (message.state, message.external_id) == ("delivered", headers["webhook-id"])
    letter = Letter.objects.get(channel="webhook")
    everything = f"{letter.subject}{letter.body}{letter.payload}{body.decode()}"
    assert [word for word in SECRET_WORDS if word in everything] == []


def test_the_former_secret_ends(people):
    made = endpoint("CSG-GD")
    first = made.secret
    made = endpoints.renew_secret(made, by=None, now=MONDAY)
    assert made.secrets(now=MONDAY + timedelta(hours=71)) == [made.secret, first]
    assert made.secrets(now=MONDAY + timedelta(hours=72)) == [made.secret]


def test_only_those_who_have_a_case_hear_of_it(people):
    endpoint("CSG-GD-FS")
    endpoint("CSG-GD", kinds=["case.closed"])
    handed_over(people)
    assert told() == []
    endpoint("CSG-GD-ZQ")
    endpoint("CSG")
    handed_over(people, number="N-7")
    assert [(code, number) for code, _n, _kind, number in told()] == [
        ("CSG", "N-7"),
        ("CSG-GD-ZQ", "N-7"),
    ]


def test_of_a_report_those_whom_it_is_about_hear_nothing(people):
    endpoint("CSG-GD-ZQ")
    endpoint("CSG-GD-FS")
    handed_over(people, to="CSG-GD-FS", nature="report", organisation="CSG-GD-ZQ", number="R-1")
    assert [(code, number) for code, _n, _kind, number in told()] == [("CSG-GD-FS", "R-1")]


def test_a_system_does_not_hear_what_it_did_itself(people):
    from complaints import services

    case = received(source="12398", received_at=at("2026-03-02 09:00"), now=at("2026-03-02 09:00"))
    with clock.standing_at(at("2026-03-02 10:00")):
        endpoint("CSG-GD")
        zhaoqing = {"organisation": organisation("CSG-GD-ZQ")}
        case = played(case, ("transfer", people.officer, zhaoqing), start=clock.now())
        for step, (what, answers) in enumerate(
            [
                ("take", {}),
                ("verify", {"outcome": "substantiated", "text": "属实"}),
                ("inform", {"text": "已告知"}),
                ("close", {}),
            ]
        ):
            case = services.act(
                case,
                what,
                by=None,
                machine=organisation("CSG-GD"),
                now=clock.now() + timedelta(minutes=step + 1),
                **answers,
            )
    assert case.state == "closed"
    assert [kind for _code, _n, kind, _number in told()] == ["case.transferred"]


def test_a_closed_address_is_not_called(people):
    with receiving() as server:
        made = endpoint("CSG-GD", url=server.url)
        handed_over(people)
        endpoints.close_endpoint(made, reason="系统下线", by=None, now=MONDAY)
        outbox.run_due(now=MONDAY + timedelta(minutes=5))
        assert server.calls == []
    assert HotlineMessage.objects.standing().get().state == "dropped"
    handed_over(people)
    assert len(told()) == 1


def test_what_nobody_takes_waits_on_the_page_and_is_sent_again_with_a_reason(as_, people):
    with receiving() as server:
        endpoint("CSG-GD", url=server.url)
        server.answers = [503] * 20
        case, message = dead(people)
        assert len(server.calls) == 16
        client = as_(people.officer)
        shown = client.get(reverse("complaints:sync")).content.decode()
        assert "对方系统答复 503。" in shown
        assert f">{case.number}<" in shown
        page = reverse("complaints:sync_message", args=[message.pk])
        url = reverse("complaints:sync_replay", args=[message.pk])
        assert url in client.get(page).content.decode()
        assert client.post(url, {"reason": ""}).status_code == 422
        assert client.post(url, {"reason": "对方系统已恢复"}).status_code == 302
        assert client.post(url, {"reason": "再来一次"}).status_code == 409
        server.answers = []
        outbox.run_due(now=clock.now())
        first, last = server.calls[0][1], server.calls[-1][1]
        assert first["webhook-id"] == last["webhook-id"]
    message = HotlineMessage.objects.standing().get()
    message.refresh_from_db()
    assert (message.state, message.attempts, message.letter.attempts) == ("delivered", 16, 1)
    trace = AuditEvent.objects.get(kind="letter.release")
    assert (trace.reason, trace.actor_id) == ("对方系统已恢复", people.officer.pk)


def test_the_desk_names_calls_that_nobody_took(as_, people):
    endpoint("CSG-GD", url="http://127.0.0.1:9/hook")
    assert "接口消息未送达" not in as_(people.boss).get(reverse("desk")).content.decode()
    dead(people)
    for person in (people.boss, people.officer):
        assert "1 条接口消息未送达" in as_(person).get(reverse("desk")).content.decode()
    assert "接口消息未送达" not in as_(people.stranger).get(reverse("desk")).content.decode()


def test_nobody_has_to_see_to_calls_of_an_address_that_was_closed(as_, people):
    made = endpoint("CSG-GD", url="http://127.0.0.1:9/hook")
    case, message = dead(people)
    endpoints.close_endpoint(made, reason="系统下线", by=None, now=MONDAY)
    client = as_(people.boss)
    assert "接口消息未送达" not in client.get(reverse("desk")).content.decode()
    listed = client.get(reverse("complaints:sync"), {"state": "dropped"}).content.decode()
    assert f">{case.number}<" in listed
    page = client.get(reverse("complaints:sync_message", args=[message.pk])).content.decode()
    assert ("不再推送" in page, "补发" in page) == (True, False)


def test_all_dead_messages_of_a_filter_are_sent_again(as_, people):
    endpoint("CSG-GD", url="http://127.0.0.1:9/hook")
    dead(people)
    dead(people, number="N-9")
    client, url = as_(people.boss), reverse("complaints:sync_replay_all")
    listed = client.get(reverse("complaints:sync"), {"state": "dead"}).content.decode()
    assert url in listed
    assert client.post(url, {}).status_code == 409
    assert client.post(f"{url}?state=dead&number=N-9", {"reason": "恢复"}).status_code == 302
    assert list(HotlineMessage.objects.dead().values_list("number", flat=True)) != ["N-9"]
    assert HotlineMessage.objects.dead().count() == 1


def test_the_ledger_filters_and_shows_only_what_is_in_sight(as_, people):
    endpoint("CSG-GD")
    case = handed_over(people)
    client = as_(people.desk)
    page = reverse("complaints:sync")

    def found(**query):
        return f">{case.number}<" in client.get(page, query).content.decode()

    assert found()
    assert found(direction="out", state="waiting", kind="case.transferred", number=case.number)
    assert found(organisation="CSG-GD", since="2018-03-05", until="2018-03-05")
    assert not found(direction="in")
    assert not found(state="dead")
    assert not found(number="other")
    assert not found(organisation="佛山")
    assert not found(until="2018-03-04")
    assert found(since="no day", state="nonsense", kind="nonsense")
    message = HotlineMessage.objects.get()
    stranger = as_(people.stranger)
    assert stranger.get(reverse("complaints:sync_message", args=[message.pk])).status_code == 404
    assert "还没有接口消息" in stranger.get(page).content.decode()
    assert (
        stranger.post(
            reverse("complaints:sync_replay", args=[message.pk]), {"reason": "x"}
        ).status_code
        == 404
    )


def test_a_message_that_waits_or_arrived_is_not_sent_again(as_, people):
    endpoint("CSG-GD")
    handed_over(people)
    message = HotlineMessage.objects.get()
    url = reverse("complaints:sync_replay", args=[message.pk])
    assert as_(people.officer).post(url, {"reason": "急"}).status_code == 409


def test_the_ledger_asks_no_more_for_more_messages(as_, people, django_assert_max_num_queries):
    endpoint("CSG-GD")
    for number in range(8):
        handed_over(people, number=f"Q-{number}")
    client = as_(people.officer)
    with django_assert_max_num_queries(25):
        client.get(reverse("complaints:sync"))
