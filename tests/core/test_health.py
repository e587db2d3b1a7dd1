"""What machines ask: is it up, is it ready and if not why, and the figures."""

import importlib
from datetime import timedelta

import pytest
from django.core.exceptions import ImproperlyConfigured

from core import beats, clock, failpoints, health, outbox
from core.models import Heartbeat
from tests.factories import accounts

pytestmark = pytest.mark.django_db


def reasons(client):
    response = client.get("/readyz")
    checks = response.json()["checks"]
    return response.status_code, {name for name, check in checks.items() if not check["ok"]}


def test_the_process_answers_without_signing_in(client):
    assert client.get("/healthz").json() == {"ok": True}


@pytest.mark.parametrize("asker", ["stranger", "company_filer", "system_administrator"])
def test_only_operators_learn_why_the_portal_is_not_ready(client, settings, catalogues, asker):
    settings.REDIS_URL = ""
    settings.DISK_RESERVE_MB = 10**9
    if asker != "stranger":
        where = "NEA-ROOT" if asker == "system_administrator" else "CSG-GD"
        client.force_login(accounts.member(where, asker))
    response = client.get("/readyz", REMOTE_ADDR="203.0.113.1")
    assert response.status_code == 503
    if asker == "system_administrator":
        assert "磁盘空间不足" in response.json()["checks"]["disk"]["reason"]
    else:
        assert response.json() == {"ready": False}


def test_a_proxy_of_this_machine_is_not_the_machine(client):
    response = client.get("/readyz", headers={"X-Forwarded-For": "203.0.113.1"})
    assert set(response.json()) == {"ready"}


def test_the_log_tells_the_reasons_when_they_change(client, settings, caplog, monkeypatch):
    settings.REDIS_URL = ""
    settings.DISK_RESERVE_MB = 0
    monkeypatch.setitem(health._noted, "failed", frozenset())
    caplog.set_level("INFO", logger="core.health")
    for _ in range(3):
        client.get("/readyz", REMOTE_ADDR="203.0.113.1")
    beats.beat("dispatcher", now=clock.now())
    client.get("/readyz", REMOTE_ADDR="203.0.113.1")
    told = [record for record in caplog.records if record.name == "core.health"]
    assert [record.getMessage() for record in told] == ["not_ready", "ready_again"]
    assert "后台派发进程从未运行" in told[0].failed["dispatcher"]


def test_ready_needs_a_background_process_that_lives(client, settings):
    settings.REDIS_URL = ""
    settings.DISK_RESERVE_MB = 0
    assert reasons(client) == (503, {"dispatcher"})
    beats.beat("dispatcher", now=clock.now() - timedelta(seconds=100))
    assert reasons(client) == (200, set())
    Heartbeat.objects.update(at=clock.now() - timedelta(seconds=130))
    assert reasons(client) == (503, {"dispatcher"})


def test_a_worker_counts_as_a_background_process(client, settings):
    settings.REDIS_URL = ""
    settings.DISK_RESERVE_MB = 0
    beats.beat("worker:celery@one", now=clock.now())
    assert reasons(client) == (200, set())


def test_a_broker_that_is_away_and_a_full_disk_are_named(client, settings):
    settings.REDIS_URL = "redis+socket:///nowhere/redis.sock"
    settings.DISK_RESERVE_MB = 10**9
    beats.beat("dispatcher", now=clock.now())
    assert reasons(client) == (503, {"broker", "disk"})


def test_migrations_that_wait_are_named(client, settings, monkeypatch):
    monkeypatch.setattr("core.health.MigrationExecutor.migration_plan", lambda *_: ["one", "two"])
    checks = client.get("/readyz").json()["checks"]
    assert checks["migrations"] == {"ok": False, "reason": "有 2 个数据库迁移未执行。"}


def test_the_figures_are_those_of_the_tables(client):
    now = clock.now()
    for number in range(3):
        outbox.post(
            key=f"k{number}",
            channel="mail",
            kind="test",
            to="a@grid.example",
            now=now - timedelta(seconds=90),
        )
    text = client.get("/metrics").content.decode()
    assert 'portal_letters{channel="mail",state="queued"} 3.0' in text
    waiting = next(row for row in text.splitlines() if row.startswith("portal_letters_oldest"))
    assert 90 <= float(waiting.split()[1]) < 120


def test_the_figures_are_not_public(client, settings):
    assert client.get("/metrics", REMOTE_ADDR="10.1.2.3").status_code == 404
    assert client.get("/metrics", headers={"X-Forwarded-For": "127.0.0.1"}).status_code == 404
    settings.METRICS_TOKEN = "scrape-me"
    assert client.get("/metrics").status_code == 404
    wrong = {"Authorization": "Bearer scrape-you"}
    assert client.get("/metrics", headers=wrong).status_code == 404
    right = {"Authorization": "Bearer scrape-me"}
    assert client.get("/metrics", headers=right, REMOTE_ADDR="10.1.2.3").status_code == 200


def test_production_refuses_failpoints(settings, monkeypatch):
    monkeypatch.setenv(failpoints.VARIABLE, "outbox.sent=crash")
    settings.FAILPOINTS = False
    with pytest.raises(ImproperlyConfigured):
        failpoints.failpoint("anything")
    with pytest.raises(ImproperlyConfigured):
        failpoints.refuse_in_production()


def test_only_the_settings_of_the_tests_allow_failpoints():
    base = importlib.import_module("config.settings.base")
    assert not hasattr(base, "FAILPOINTS")
