"""Addresses of companies' systems, as the security administrator looks after them."""

import re
from datetime import timedelta

import pytest
from django.db.models import F, TextField
from django.db.models.functions import Cast
from django.urls import reverse

from accounts.models import WebhookEndpoint
from core import clock, outbox
from core.models import AuditEvent, Letter
from tests.core.receiver import receiving
from tests.factories import hotline
from tests.factories.accounts import member
from tests.factories.clients import issued

pytestmark = pytest.mark.django_db
URL = "https://hotline.example/hook?key=abc"


@pytest.fixture
def boss(catalogues, client):
    client.force_login(member("CSG-GD", "security_administrator"))
    return client


@pytest.fixture
def system(boss):
    return issued("CSG-GD").client


def page_of(system):
    return reverse("accounts:endpoints", args=[system.pk])


def told(answer):
    return re.findall(r'<code class="token">(whsec_[^<]+)</code>', answer.content.decode())


def do(boss, endpoint, what, **data):
    return boss.post(reverse(f"accounts:endpoint_{what}", args=[endpoint.pk]), data)


def test_an_address_is_registered_and_its_secret_is_told_once(boss, system):
    assert "还没有推送地址" in boss.get(page_of(system)).content.decode()
    form = {"name": "95598系统", "url": URL, "kinds": ["case.urged"]}
    answer = boss.post(page_of(system), form)
    made = WebhookEndpoint.objects.get()
    assert told(answer) == [made.secret]
    assert answer["Cache-Control"] == "no-store"
    shown = boss.get(page_of(system)).content.decode()
    assert made.secret not in shown
    for words in (URL, "催办", "尚未推送"):
        assert words in shown
    trail = "".join(str(vars(event)) for event in AuditEvent.objects.all())
    assert made.secret not in trail
    assert "hotline.example" not in trail
    # At rest neither secret nor address can be read.
    plain = [Cast(F(name), TextField()) for name in ("secret", "url")]
    (stored,) = WebhookEndpoint.objects.order_by().annotate(s=plain[0], u=plain[1]).values("s", "u")
    assert all(text.startswith("enc:") for text in stored.values())


@pytest.mark.parametrize(
    ("changes", "status", "words"),
    [
        ({"url": "http://hotline.example/"}, 409, "https://"),
        ({"url": "https://10.0.0.8/"}, 409, "内部网络"),
        ({"url": "https://169.254.169.254/"}, 409, "内部网络"),
        ({"name": " "}, 422, ""),
        ({"kinds": ["case.danced"]}, 422, ""),
    ],
)
def test_what_cannot_be_called_is_refused_on_the_form(boss, system, changes, status, words):
    answer = boss.post(page_of(system), {"name": "系统", "url": URL, **changes})
    assert answer.status_code == status
    assert words in answer.content.decode()
    assert not WebhookEndpoint.objects.exists()


def test_a_new_secret_is_told_and_the_former_one_counts_for_three_days(boss, system):
    made = hotline.endpoint(client=system)
    answer = do(boss, made, "secret")
    renewed = WebhookEndpoint.objects.get()
    assert told(answer) == [renewed.secret]
    assert renewed.former_secret == made.secret != renewed.secret
    now = clock.now()
    assert len(renewed.secrets(now=now + timedelta(hours=71))) == 2
    assert len(renewed.secrets(now=now + timedelta(hours=73))) == 1
    assert "新旧密钥同时签名" in boss.get(page_of(system)).content.decode()


def test_an_address_is_closed_with_a_reason(boss, system):
    made = hotline.endpoint(client=system)
    assert do(boss, made, "close").status_code == 409
    assert do(boss, made, "close", reason="系统更换").status_code == 302
    for what in ("close", "ping", "secret"):
        assert do(boss, made, what, reason="x").status_code == 409
    assert AuditEvent.objects.get(kind="webhook.close").reason == "系统更换"


def test_the_line_is_tried_from_the_page(boss, system, settings):
    settings.WEBHOOKS = {**settings.WEBHOOKS, "https_only": False, "networks": ["127.0.0.0/8"]}
    with receiving() as server:
        made = hotline.endpoint(client=system, url=server.url)
        assert do(boss, made, "ping").status_code == 302
        outbox.run_due(now=clock.now())
        assert b'"type": "ping"' in server.calls[0][2]
    assert Letter.objects.get(channel="webhook").state == "sent"
    assert "ping" in boss.get(page_of(system)).content.decode()


def test_a_client_has_at_most_five_open_addresses(boss, system):
    for _number in range(5):
        hotline.endpoint(client=system)
    assert boss.post(page_of(system), {"name": "系统", "url": URL}).status_code == 409


def test_others_do_not_reach_them(client, system):
    made = hotline.endpoint(client=system)
    client.force_login(member("CSG-YN", "security_administrator"))
    assert client.get(page_of(system)).status_code == 404
    assert do(client, made, "ping").status_code == 404
    client.force_login(member("CSG-GD", "company_lead"))
    assert client.get(page_of(system)).status_code == 403
