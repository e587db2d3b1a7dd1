"""Machine clients: registered on a page, told their token once, let in by it and nothing else."""

import json
import re
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
import time_machine
from django.db import connections
from django.test import Client
from django.urls import reverse

from accounts import services, tasks, work
from accounts.models import ApiClient, User
from accounts.services.clients import digest
from complaints.models import Case
from core import clock
from core.errors import Refused
from core.models import AuditEvent, SeenMessage
from tests.factories import complaints as cases
from tests.factories.accounts import member, organisation
from tests.factories.clients import Caller, issued, signed

pytestmark = pytest.mark.django_db
WHO = "/api/v1/client/"


@pytest.fixture
def boss(catalogues, client):
    user = member("CSG-GD", "security_administrator")
    client.force_login(user)
    return client


def form(**changes):
    today = clock.today()
    return {
        "organisation": organisation("CSG-GD-ZQ").pk,
        "name": "95598业务支持系统",
        "scopes": ["cases.read", "cases.write"],
        "addresses": "10.1.0.0/16\n192.0.2.7",
        "per_minute": 600,
        "expires_on": (today + timedelta(days=365)).isoformat(),
        **changes,
    }


def settings_form(**changes):
    return {k: v for k, v in form(**changes).items() if k not in ("organisation", "name")}


def told(answer, mark="psp_"):
    found = re.findall(rf'<code class="token">({mark}[^<]+)</code>', answer.content.decode())
    return found[0] if found else ""


def test_a_client_is_registered_on_a_page_and_its_token_is_told_once(boss):
    answer = boss.post(reverse("accounts:new_client"), form())
    token = told(answer)
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store"
    made = ApiClient.objects.get()
    page = boss.get(reverse("accounts:client", args=[made.pk])).content.decode()
    secret = token.split("_", 2)[2]
    assert secret not in page
    assert "10.1.0.0/16" in page
    assert "尚未使用" in page
    # Neither the row nor the trail holds the token.
    assert made.token_digest == digest(secret)
    assert secret not in json.dumps([str(vars(e)) for e in AuditEvent.objects.all()])
    event = AuditEvent.objects.get(kind="client.create")
    assert event.details["scopes"] == ["cases.read", "cases.write"]
    assert event.organisation == "CSG-GD-ZQ"


def test_what_is_wrong_with_a_client_stands_on_the_form(boss):
    wrong = form(addresses="10.0.0.300", scopes=["cases.personal"], expires_on="2099-01-01")
    answer = boss.post(reverse("accounts:new_client"), wrong)
    page = answer.content.decode()
    assert answer.status_code == 409
    for reason in ("来源地址“10.0.0.300”不正确。", "须说明用途", "有效期最长两年。"):
        assert reason in page
    assert ApiClient.objects.count() == 0
    boss.post(reverse("accounts:new_client"), form())
    again = boss.post(reverse("accounts:new_client"), form())
    assert (again.status_code, "该单位已有同名客户端。" in again.content.decode()) == (409, True)
    assert boss.post(reverse("accounts:new_client"), form(scopes=[])).status_code == 422


def test_only_who_looks_after_clients_sees_them(boss, catalogues):
    theirs = issued("CSG-GD-ZQ").client
    foreign = issued("CSG-YN").client
    page = boss.get(reverse("accounts:clients")).content.decode()
    assert (theirs.name in page, foreign.name in page) == (True, False)
    assert boss.get(reverse("accounts:client", args=[foreign.pk])).status_code == 404
    other = Client()
    other.force_login(member("CSG-GD", "company_lead"))
    assert other.get(reverse("accounts:clients")).status_code == 403
    # Whoever may open the door may still not reach into another company.
    with pytest.raises(Exception, match="无权对该单位"):
        services.suspend_client(
            client=foreign,
            reason="试",
            by=User.objects.get(pk=boss.session["_auth_user_id"]),
            now=clock.now(),
        )


def test_a_client_is_changed_suspended_and_given_a_new_token(boss):
    made = issued("CSG-GD-ZQ")
    caller, page = Caller(made), reverse("accounts:client", args=[made.client.pk])
    assert caller.get(WHO).status_code == 200
    fields = settings_form(scopes=["cases.act"])
    assert boss.post(page, {**fields, "addresses": ""}).status_code == 302
    assert caller.get(WHO).json()["scopes"] == ["cases.act"]
    assert boss.post(page, {**fields, "addresses": ""}).status_code == 409, "nothing changed"
    fresh = told(boss.post(reverse("accounts:client_token", args=[made.client.pk])))
    assert caller.get(WHO).status_code == 401
    assert Caller(token=fresh).get(WHO).status_code == 200
    suspend = reverse("accounts:client_suspend", args=[made.client.pk])
    assert boss.post(suspend, {"reason": ""}).status_code == 409
    assert boss.post(suspend, {"reason": "系统下线"}).status_code == 302
    assert Caller(token=fresh).get(WHO).status_code == 401
    assert boss.post(suspend, {"reason": "再来"}).status_code == 409
    assert boss.post(reverse("accounts:client_token", args=[made.client.pk])).status_code == 409
    boss.post(reverse("accounts:client_reinstate", args=[made.client.pk]), {"reason": "恢复"})
    assert Caller(token=fresh).get(WHO).status_code == 200
    kinds = set(AuditEvent.objects.values_list("kind", flat=True))
    assert kinds >= {f"client.{a}" for a in ("change", "rotate", "suspend", "reinstate")}


def test_a_client_that_begins_to_sign_is_told_its_secret_once(boss):
    made = issued("CSG-GD-ZQ")
    fields = settings_form(signed="on")
    page = reverse("accounts:client", args=[made.client.pk])
    secret = told(boss.post(page, {**fields, "addresses": ""}), "whsec_")
    assert Caller(made).get(WHO).status_code == 401
    assert Caller(made, secret=secret).get(WHO).status_code == 200
    row = ApiClient.objects.filter(pk=made.client.pk).extra(select={"raw": "secret"}).get()
    assert row.raw.startswith("enc:")
    fresh = told(boss.post(reverse("accounts:client_secret", args=[made.client.pk])), "whsec_")
    assert Caller(made, secret=secret).get(WHO).status_code == 401
    assert Caller(made, secret=fresh).get(WHO).status_code == 200


def test_the_desk_tells_a_month_before_a_client_runs_out(catalogues):
    boss, now = member("CSG-GD", "security_administrator"), clock.now()
    made = issued("CSG-GD", expires_on=clock.today() + timedelta(days=40)).client
    assert work.items(boss, now=now) == []
    later = work.items(boss, now=now + timedelta(days=10))
    assert [str(item.title) for item in later] == [f"接口客户端即将到期：{made.name}"]
    assert work.items(member("CSG-YN", "security_administrator"), now=now) == []


# --- Who is let in --------------------------------------------------------------------------------


def problem(answer):
    assert answer["Content-Type"] == "application/problem+json", answer.content
    found = answer.json()
    assert found["status"] == answer.status_code
    assert set(found) == {"type", "title", "status", "detail", "errors"}
    return found


def test_the_door_opens_for_a_token_and_says_whose_it_is(catalogues):
    made = issued("CSG-GD", scopes=["cases.read"])
    answer = Caller(made).get(WHO)
    assert answer.status_code == 200
    body = answer.json()
    assert (body["organisation"], body["name"]) == ("CSG-GD", made.client.name)
    assert body["scopes"] == ["cases.read"]
    assert ApiClient.objects.get().usage.last_used_at is not None


def wrong_tokens(made):
    key_id = made.client.key_id
    return ["", "psp_", "psp_x", f"psp_{key_id}_", f"psp_{key_id}_{'A' * 43}", made.token + "x"]


def test_every_token_that_does_not_count_gets_the_same_answer(catalogues):
    made = issued("CSG-GD")
    answers = {json.dumps(problem(Caller(token=t).get(WHO))) for t in wrong_tokens(made) if t}
    assert len(answers) == 1
    unknown = Caller(token="psp_000000000000_" + "A" * 43).get(WHO)
    assert unknown.status_code == 401
    assert unknown["WWW-Authenticate"] == "Bearer"
    assert json.dumps(problem(unknown)) in answers
    nobody = Caller().get(WHO)
    assert (nobody.status_code, problem(nobody)["title"]) == (401, "未提供有效的访问令牌")
    assert Caller().get(WHO, headers={"authorization": f"Basic {made.token}"}).status_code == 401


def test_a_session_of_a_person_opens_no_door_of_the_api(catalogues, client):
    client.force_login(member("CSG-GD", "company_lead"))
    assert client.get(WHO).status_code == 401


def test_an_expired_client_and_one_of_a_closed_organisation_are_out(catalogues):
    made = issued("CSG-GD-ZQ", expires_on=clock.today())
    assert Caller(made).get(WHO).status_code == 200
    with time_machine.travel(datetime.now(clock.ZONE) + timedelta(days=1), tick=False):
        assert Caller(made).get(WHO).status_code == 401
    type(made.client.organisation).objects.filter(code="CSG-GD-ZQ").update(closed_on=clock.today())
    assert Caller(made).get(WHO).status_code == 401


def test_a_client_calls_from_its_own_addresses_only(catalogues, settings):
    made = issued("CSG-GD", addresses=["10.1.0.0/16", "2001:db8::7", "192.0.2.7"])
    caller = Caller(made)
    truth = {"10.1.200.3": 200, "10.2.0.1": 403, "192.0.2.7": 200, "2001:db8::8": 403}
    truth |= {"::ffff:192.0.2.7": 200, "unix:": 403}
    assert {a: caller.get(WHO, REMOTE_ADDR=a).status_code for a in truth} == truth
    assert problem(caller.get(WHO, REMOTE_ADDR="10.2.0.1"))["detail"] == "不允许从该地址访问。"
    # What a client claims counts only behind a proxy of ours.
    claim = {"REMOTE_ADDR": "10.2.0.1", "HTTP_X_FORWARDED_FOR": "9.9.9.9, 10.1.0.9"}
    assert caller.get(WHO, **claim).status_code == 403
    settings.TRUSTED_PROXIES = 1
    assert caller.get(WHO, **claim).status_code == 200


def test_no_more_than_its_rate_in_a_minute_and_again_in_the_next(catalogues):
    caller = Caller(issued("CSG-GD", per_minute=3))
    with time_machine.travel("2026-03-02 09:00:10+08:00", tick=False) as machine:
        other = issued("CSG-GD", per_minute=3)
        caller = Caller(other)
        statuses = [caller.get(WHO).status_code for _ in range(5)]
        assert statuses == [200, 200, 200, 429, 429]
        answer = caller.get(WHO)
        assert (answer["Retry-After"], problem(answer)["title"]) == ("50", "请求过于频繁")
        machine.shift(50)
        assert caller.get(WHO).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_at_any_concurrency_no_request_over_the_rate_is_let_in(catalogues):
    made = issued("CSG-GD", per_minute=10)

    def ask(_number):
        try:
            return Caller(made).get(WHO).status_code
        finally:
            connections.close_all()

    # Not over the turn of a minute.
    if time.time() % 60 > 50:
        time.sleep(61 - time.time() % 60)
    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(ask, range(40)))
    assert (statuses.count(200), statuses.count(429)) == (10, 30)


# --- Signed clients -------------------------------------------------------------------------------


def test_a_signed_client_is_let_in_by_its_signature_only(catalogues):
    made = issued("CSG-GD", signed=True)
    caller, now = Caller(made), int(time.time())
    assert caller.get(WHO).status_code == 200
    assert problem(Caller(token=made.token).get(WHO))["detail"].startswith("该客户端的请求须带")

    def asked(**changes):
        headers = {**caller.headers(), **changes}
        return problem(caller.get(WHO, headers=headers))["detail"]

    old = signed(made.secret, "msg_old", now - 301)
    early = signed(made.secret, "msg_early", now + 330)
    assert asked(**old) == asked(**early) == "webhook-timestamp 与当前时间相差超过5分钟。"
    assert asked(**{"webhook-signature": "v1,AAAA"}) == "签名不正确。"
    other = signed(made.secret, "msg_other", now, b"{}")
    assert asked(**other) == "签名不正确。"
    assert asked(**{"webhook-id": "x" * 101}).endswith("格式不正确。")
    assert asked(**{"webhook-timestamp": "soon"}).endswith("格式不正确。")


def test_several_signatures_may_stand_while_a_secret_changes(catalogues):
    made = issued("CSG-GD", signed=True)
    headers = Caller(made).headers()
    headers["webhook-signature"] = "v1,AAAA v2,BBBB " + headers["webhook-signature"]
    assert Caller(made).get(WHO, headers=headers).status_code == 200


def test_a_signed_message_counts_once(catalogues):
    made = issued("CSG-GD", signed=True)
    headers = Caller(made).headers()
    assert Caller(made).get(WHO, headers=headers).status_code == 200
    again = Caller(made).get(WHO, headers=headers)
    assert (again.status_code, "已使用过" in problem(again)["detail"]) == (401, True)
    # The id of one client says nothing about another's.
    other = issued("CSG-GD", signed=True)
    mixed = {
        **Caller(other).headers(),
        **signed(other.secret, headers["webhook-id"], int(time.time()), b""),
    }
    assert Caller(other).get(WHO, headers=mixed).status_code == 200
    SeenMessage.objects.update(at=clock.now() - timedelta(hours=2))
    tasks.messages_over(now=clock.now())
    assert SeenMessage.objects.count() == 0


# --- What a client sees ---------------------------------------------------------------------------


def test_a_client_sees_what_its_organisation_sees(catalogues):
    day = cases.at("2018-03-05 09:00")
    of = {
        "ours": cases.received(organisation="CSG-GD-ZQ", received_at=day),
        "report": cases.received(organisation="CSG-GD-ZQ", nature="report", received_at=day),
        "yunnan": cases.received(organisation="CSG-YN", owner="SERC-YN", received_at=day),
    }

    def seen(where):
        made = issued(where, scopes=["cases.read"]).client
        found = set(Case.objects.visible_to(made).values_list("pk", flat=True))
        return {name for name, case in of.items() if case.pk in found}

    assert seen("CSG-GD") == {"ours"}
    assert seen("CSG-YN") == {"yunnan"}
    assert seen("SERC-YN") == {"yunnan"}
    assert seen("SERC-NF") == {"ours", "report", "yunnan"}
    assert seen("GXSL") == set()


def test_a_client_without_scopes_is_refused_by_the_service(catalogues):
    with pytest.raises(Refused, match="请选择接口权限。"):
        issued("CSG-GD", scopes=[])
    with pytest.raises(Refused, match="请选择接口权限。"):
        issued("CSG-GD", scopes=["everything"])


def test_what_is_unknown_under_the_api_is_a_problem_too(catalogues):
    answer = Caller(issued("CSG-GD")).get("/api/v1/nothing/")
    assert (answer.status_code, problem(answer)["title"]) == (404, "没有找到")
    wrong = Caller(issued("CSG-GD")).client.put(WHO, headers=Caller(issued("CSG-GD")).headers())
    assert (wrong.status_code, problem(wrong)["title"]) == (405, "不支持的请求方法")
    large = Caller().post("/api/v1/client/", b"x", CONTENT_LENGTH=str(9 * 1024 * 1024))
    assert (large.status_code, problem(large)["title"]) == (413, "请求内容过大")
