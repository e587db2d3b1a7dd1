"""Whether the portal works, told to machines: up, ready (with reasons), and figures to draw."""

from __future__ import annotations

import hmac
import logging
import shutil
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import redis
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Count, F, Min, Q, Sum
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from core import clock, policy
from core.models import AuditChain, Heartbeat, Job, Letter

MEGABYTE = 1024 * 1024
# The right of system administrators; a string, because core knows no app.
OPERATORS = "outbox.manage"
logger = logging.getLogger(__name__)
_noted: dict[str, frozenset[str]] = {"failed": frozenset()}


@policy.public
def healthz(request: HttpRequest) -> JsonResponse:
    """The process answers; nothing else is asked."""
    return JsonResponse({"ok": True})


@policy.public
def readyz(request: HttpRequest) -> JsonResponse:
    """Whether requests can be served: 200 or 503. What is wrong is told to operators alone, and
    written in the log; to anybody else it would describe the inside of the house."""
    reasons = {name: _asked(check) for name, check in CHECKS.items()}
    ready = not any(reasons.values())
    told: dict[str, Any] = {"ready": ready}
    _note({name: reason for name, reason in reasons.items() if reason})
    if may_see_reasons(request, database=not reasons["database"]):
        told["checks"] = {name: {"ok": not why, "reason": why} for name, why in reasons.items()}
    response = JsonResponse(told, status=200 if ready else 503)
    response["Cache-Control"] = "no-store"
    return response


def _asked(check: Callable[[], str]) -> str:
    try:
        return check()
    except DatabaseError:
        return _("数据库没有应答。")


def _note(failed: dict[str, str]) -> None:
    """Write in the log what went wrong and when it ended, not at every question."""
    names = frozenset(failed)
    if names == _noted["failed"]:
        return
    _noted["failed"] = names
    if failed:
        logger.warning("not_ready", extra={"failed": failed})
    else:
        logger.info("ready_again")


def may_see_reasons(request: HttpRequest, *, database: bool) -> bool:
    """Operators: administrators of the portal, who may read the metrics, and the machine itself."""
    if may_scrape(request):
        return True
    # Without a database nobody can be known.
    return database and request.user.is_authenticated and request.user.can(OPERATORS)


def _database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return ""


def _migrations() -> str:
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return _("有 {count} 个数据库迁移未执行。").format(count=len(waiting)) if waiting else ""


def _dispatcher() -> str:
    """A dispatcher, or a worker that a beat reaches through the broker, did a round lately."""
    limit = clock.now() - timedelta(seconds=settings.HEARTBEAT_LIMIT_SECONDS)
    carriers = Heartbeat.objects.filter(Q(name="dispatcher") | Q(name__startswith="worker:"))
    if carriers.filter(at__gte=limit).exists():
        return ""
    last = carriers.order_by("-at").values_list("at", flat=True).first()
    if last is None:
        return _("后台派发进程从未运行。")
    return _("后台派发进程已停止，最近一次运行于 {at}。").format(
        at=last.astimezone(clock.ZONE).isoformat(timespec="seconds")
    )


def _broker() -> str:
    if not settings.REDIS_URL:
        return ""
    # One REDIS_URL for both users: Celery spells a socket redis+socket://, the client unix://.
    url = settings.REDIS_URL.replace("redis+socket://", "unix://")
    client = redis.Redis.from_url(url, socket_timeout=2)
    try:
        client.ping()
    except redis.RedisError:
        return _("消息代理没有应答。")
    finally:
        client.close()
    return ""


def _disk() -> str:
    path = Path(settings.PORTAL_DATA)
    while not path.exists():
        path = path.parent
    free = shutil.disk_usage(path).free // MEGABYTE
    if free >= settings.DISK_RESERVE_MB:
        return ""
    return _("磁盘空间不足：剩余 {free} MB。").format(free=free)


CHECKS: dict[str, Callable[[], str]] = {
    "database": _database,
    "migrations": _migrations,
    "dispatcher": _dispatcher,
    "broker": _broker,
    "disk": _disk,
}


@policy.public
def metrics(request: HttpRequest) -> HttpResponse:
    """Figures for Prometheus, read from the database now. Not public: anybody else gets 404."""
    if not may_scrape(request):
        raise Http404
    registry = CollectorRegistry()
    registry.register(Figures(clock.now()))
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def may_scrape(request: HttpRequest) -> bool:
    """Whoever shows the token; without one set, only this machine, and not through a proxy."""
    if token := settings.METRICS_TOKEN:
        given = request.headers.get("Authorization", "")
        return hmac.compare_digest(given.encode(), f"Bearer {token}".encode())
    forwarded = "X-Forwarded-For" in request.headers or "Forwarded" in request.headers
    return not forwarded and request.META.get("REMOTE_ADDR") in {"127.0.0.1", "::1"}


class Figures(Collector):
    """What an operator watches. Counts only, never a name."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def collect(self) -> Iterator[Metric]:
        letters = GaugeMetricFamily(
            "portal_letters", "Letters of the outbox", labels=["channel", "state"]
        )
        counted = Letter.objects.order_by().values("channel", "state").annotate(n=Count("pk"))
        for row in counted:
            letters.add_metric([row["channel"], row["state"]], row["n"])
        yield letters
        oldest = Letter.objects.due(now=self.now).aggregate(at=Min("not_before"))["at"]
        wait = (self.now - oldest).total_seconds() if oldest else 0
        yield GaugeMetricFamily(
            "portal_letters_oldest_due_seconds", "How long the oldest due letter waits", value=wait
        )
        jobs = GaugeMetricFamily("portal_jobs", "Background jobs", labels=["state"])
        states = Job.objects.order_by().values_list("state").annotate(n=Count("pk"))
        for state, count in states:
            jobs.add_metric([state], count)
        yield jobs
        beats = GaugeMetricFamily(
            "portal_heartbeat_age_seconds", "Seconds since the last round", labels=["name"]
        )
        failed = GaugeMetricFamily(
            "portal_duty_failed", "1 when the last round of a duty failed", labels=["name"]
        )
        for beat in Heartbeat.objects.order_by("name"):
            beats.add_metric([beat.name], (self.now - beat.at).total_seconds())
            failed.add_metric([beat.name], int(bool(beat.error)))
        yield beats
        yield failed
        trail = AuditChain.objects.aggregate(n=Sum("length"), open=Sum(F("length") - F("anchored")))
        yield GaugeMetricFamily("portal_audit_events", "Events of the trail", value=trail["n"] or 0)
        yield GaugeMetricFamily(
            "portal_audit_events_not_anchored",
            "Events whose line in the anchor was not forced to the disk yet",
            value=trail["open"] or 0,
        )
