"""What every test stands on: no network, a clock that stands still where asked, honest clauses."""

import gc
import json
import os
from datetime import datetime
from pathlib import Path
from uuid import uuid4

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import BaseCommand
from django.core.signals import request_started
from django.db import connection
from django.test import client

from core import clock
from tests import emptying, eras, planning, prepared, servers, statements
from tests.factories import memory

# Why tests that touch the database do not run on this leg, each reason once.
_left_out: dict[str, int] = {}


def pytest_collection_modifyitems(config, items):
    """What touches no database says the same on every leg: it runs on the embedded one only, and so
    does what is marked so, with its reason."""
    if settings.EMBEDDED:
        return
    out = {item for item in items if not touches_the_database(item)}
    out |= set(without_statements_of_their_own(items))
    for item in items:
        if reason := reason_to_leave_out(item):
            out.add(item)
            _left_out[reason] = _left_out.get(reason, 0) + 1
    config.hook.pytest_deselected(items=[item for item in items if item in out])
    items[:] = [item for item in items if item not in out]


def pytest_configure(config):
    if path := os.environ.get("STATEMENTS_TO"):
        url = os.environ.get("PLANS_AT")
        planner = planning.Planner(url) if url else None
        config.pluginmanager.register(statements.Recorder(Path(path), planner))


def pytest_collection_finish():
    """What was read lives to the end: looking at it again and again took a tenth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 50, 50)


def without_statements_of_their_own(items):
    """Tests that the embedded legs ran just before and that add nothing here (``statements``)."""
    path = Path(os.environ.get("STATEMENTS_FROM", "-"))
    if not path.exists() or os.environ.get("SWEEP") == "full":
        return
    chosen = json.loads(path.read_text())
    spared = set(chosen["ran"]) - set(chosen["needed"])
    for item in items:
        if item.nodeid in spared:
            told = "run no statement that others do not run (SWEEP=full runs them)"
            _left_out[told] = _left_out.get(told, 0) + 1
            yield item


def reason_to_leave_out(item):
    """What the mark ``embedded_only`` says; nothing when the whole sweep is asked for."""
    mark = item.get_closest_marker("embedded_only")
    if mark is None or os.environ.get("SWEEP") == "full":
        return ""
    return f"{item.name}: {mark.args[0]}"


def pytest_terminal_summary(terminalreporter):
    for reason, number in _left_out.items():
        terminalreporter.write_line(f"left to the embedded leg: {number} × {reason}")


def touches_the_database(item):
    asked = set(getattr(item, "fixturenames", ()))
    marked = item.get_closest_marker("django_db") or item.get_closest_marker("services")
    return bool(marked or asked & {"db", "transactional_db", "live_server"})


@pytest.fixture(scope="session")
def django_db_keepdb():
    """An embedded database that the runner prepared is copied and taken as it is."""
    return settings.EMBEDDED and prepared.folder() is not None


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_keepdb):
    if django_db_keepdb:
        prepared.lay_out(settings.DATABASES["default"]["TEST"]["NAME"])


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """PostgreSQL ends a session a moment after its connection was closed, and drops no database
    before: where threads end the last test, that moment is waited for."""
    if connection.vendor == "postgresql":
        connection.ops.sql_flush = emptying.sparing(connection.ops.sql_flush)
    yield
    if connection.vendor == "postgresql":
        with django_db_blocker.unblock():
            left = "a test left a session with the database open; its last words:"
            assert servers.wait_until(lambda: not _others(), 20), f"{left} {_others()}"


def _others():
    """What other sessions with the same database asked last."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT query FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        return [query for (query,) in cursor.fetchall()]


@pytest.fixture(autouse=True, scope="session")
def contexts_of_pages_only():
    """Django's client keeps a copy of the context for each template that a page includes, down to
    every icon: a thirtieth of the suite. What a test looks at is that of the page itself."""
    real = client.store_rendered_templates

    def store(kept, signal, sender, template, context, **kwargs):
        # What is included or extended stands on the context of what was rendered.
        if context.template is template:
            real(kept, signal, sender, template, context, **kwargs)

    client.store_rendered_templates = store
    yield
    client.store_rendered_templates = real


@pytest.fixture(autouse=True, scope="session")
def no_write_unnoticed():
    with memory.listening():
        yield


@pytest.fixture(autouse=True)
def unknown_ground():
    memory.stand_on(None)
    yield
    memory.stand_on(None)
    memory.forget_patches()


@pytest.fixture(autouse=True)
def own_cache():
    eras.begin()


@pytest.fixture
def kickoff_eve():
    """Hold the clock at the morning of 2011-11-24, one day before the reports are due."""
    instant = datetime(2011, 11, 24, 9, 30, tzinfo=clock.ZONE)
    with clock.standing_at(instant):
        yield instant


@pytest.fixture(autouse=True)
def own_anchor(settings):
    """Each test's audit trail begins anew, so its anchor outside the database must as well."""
    settings.AUDIT_ANCHOR = settings.PORTAL_DATA / f"anchor-{uuid4().hex}.log"


@pytest.fixture(autouse=True)
def clause_is_exercised(request):
    """A test that claims a clause must have gone through a page, the API or a command."""
    if not request.node.get_closest_marker("clause"):
        yield
        return
    touched = []

    def on_request(**_kwargs):
        touched.append("request")

    real = BaseCommand.execute

    def execute(self, *args, **options):
        touched.append("command")
        return real(self, *args, **options)

    # Not by monkeypatch: worlds that a test stands on are played anew after a patch of its own.
    BaseCommand.execute = execute
    request_started.connect(on_request)
    yield
    request_started.disconnect(on_request)
    BaseCommand.execute = real
    assert touched, "marked with a clause, but no page, API or command was used"


@pytest.fixture
def catalogues(db):
    """Regions, organisations, territory, calendars and templates, as on the eve of the campaign.

    Loaded by the real loaders once and copied afterwards, so that asking is cheap. The traces of
    the loading (audit events, letters) are left out. To be asked for before a test makes
    organisations of its own.
    """
    untouched = not any(apps.get_model(name).objects.exists() for name in TOUCHED)
    if not memory.is_kept("catalogues"):
        memory.keep("catalogues", prepared.rows() or load_catalogues())
    memory.write("catalogues")
    memory.stand_on("catalogues" if untouched else None)


TOUCHED = ("accounts.User", "core.AuditEvent", "core.Letter")


def _models():
    traces = {"AuditEvent", "AuditChain", "AuditAnchor", "Letter", "Job"}
    for app in ("core", "accounts", "grids", "complaints", "campaign", "reporting"):
        for model in apps.get_app_config(app).get_models(include_auto_created=True):
            if model.__name__ not in traces:
                yield model


def load_catalogues():
    """Load them and give their rows, without the traces of the loading."""
    from config.management.commands.load_catalogues import load_all

    load_all(now=datetime(2011, 10, 25, 9, 0, tzinfo=clock.ZONE))
    for name in ("AuditEvent", "AuditChain", "Letter"):
        model = apps.get_model("core", name)
        model._base_manager.all()._raw_delete(model._base_manager.db)
    return memory.rows_of(_models())
