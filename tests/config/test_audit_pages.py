"""The review of the audit trail: searched, taken away as a workbook, proved."""

import re
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from django.conf import settings

from accounts.models import Organisation
from config.audit_words import KINDS, VERBS
from core import anchor, audit, clock, outbox
from core.models import AuditChain, AuditEvent, Job
from tests.factories import accounts as people

NOW = datetime(2011, 11, 24, 9, 30, tzinfo=clock.ZONE)


@pytest.fixture
def national(catalogues):
    return Organisation.objects.get(kind="national_regulator")


@pytest.fixture
def companies(national):
    return list(Organisation.objects.filter(kind="provincial_company").order_by("code")[:2])


@pytest.fixture
def auditor(client, national):
    user = people.member(national, "audit_administrator")
    AuditEvent.objects.all()._raw_delete("default")
    AuditChain.objects.all().delete()
    client.force_login(user)
    return user


@pytest.fixture
def events(auditor, companies):
    for number, company in enumerate([*companies, companies[0]]):
        audit.record(
            "filing.return",
            company,
            by=auditor,
            now=NOW + timedelta(days=number),
            organisation=company,
            reason=f"缺附件{number}",
            parts=["表一"],
        )
    return companies


def found(client, query=""):
    response = client.get(f"/audit/?{query}")
    assert response.status_code == 200
    assert response.context["total"] == len(response.context["rows"])
    return [row["event"].reason for row in response.context["rows"]]


def test_events_are_found_by_organisation_actor_kind_object_and_day(client, auditor, events):
    one, two = events
    assert found(client) == ["缺附件2", "缺附件1", "缺附件0"]
    assert found(client, f"organisation={two.code}") == ["缺附件1"]
    assert found(client, f"actor={auditor.username}&kind=filing.return") == [
        "缺附件2",
        "缺附件1",
        "缺附件0",
    ]
    assert found(client, "actor=nobody") == []
    assert len(found(client, f"actor={auditor.name}&kind=return")) == 3
    assert found(client, "kind=accept") == []
    assert found(client, f"model=accounts.organisation&target={two.pk}") == ["缺附件1"]
    assert found(client, "since=2011-11-25&until=2011-11-25") == ["缺附件1"]
    assert found(client, "since=rubbish") == ["缺附件2", "缺附件1", "缺附件0"]


def test_an_act_is_called_as_on_the_page_where_it_is_done(client, auditor):
    for kind in ("report.submit", "filing.submit", "filing.receive", "filing.accept"):
        audit.record(kind, None, by=auditor, now=NOW)
    audit.record("audit.export", None, by=auditor, now=NOW)
    rows = client.get("/audit/").context["rows"]
    told = {row["event"].kind: str(row["verb"]) for row in rows}
    assert told["report.submit"] == "提交审批"
    assert told["filing.submit"] == "报送"
    assert told["filing.receive"] == "接收"
    assert told["filing.accept"] == "审核通过"
    things = {row["event"].kind: str(row["thing"]) for row in rows}
    assert things["audit.export"] == "审计记录"


def test_an_event_is_told_in_words(client, auditor, events):
    page = client.get("/audit/").content.decode()
    assert "退回" in page
    assert events[0].short_name in page
    assert auditor.name in page


def test_the_export_holds_exactly_what_was_found_and_is_recorded(client, auditor, events):
    response = client.get(f"/audit/export/?organisation={events[0].code}")
    rows = list(openpyxl.load_workbook(BytesIO(response.content)).active.values)
    assert [row[9] for row in rows] == ["理由", "缺附件0", "缺附件2"]
    event = AuditEvent.objects.get(kind="audit.export")
    assert event.details == {"count": 2, "query": f"organisation={events[0].code}"}


def test_whom_an_export_was_about_is_recorded_by_number_and_never_by_name(client, auditor, events):
    assert auditor.name
    client.get("/audit/export/", {"actor": auditor.name, "since": "2011-11-25"})
    client.get("/audit/export/", {"actor": "查无此人"})
    first, second = AuditEvent.objects.filter(kind="audit.export").order_by("pk")
    assert first.details == {"count": 2, "query": f"since=2011-11-25&actors={auditor.pk}"}
    assert second.details == {"count": 0, "query": "actors="}


def test_an_export_that_is_too_large_is_refused(client, auditor, events, monkeypatch):
    monkeypatch.setattr("config.audit_views.EXPORT_LIMIT", 2)
    assert client.get("/audit/export/").status_code == 409


def test_the_trail_is_proved_in_the_background_and_the_result_stands_on_the_page(
    client, auditor, events
):
    anchor.write(now=NOW)
    started = client.post("/audit/verify/")
    job = Job.objects.get()
    assert started["Location"] == f"/jobs/{job.pk}/"
    outbox.run_due(now=clock.now())
    page = client.get("/audit/").content.decode()
    assert "完好" in page
    AuditChain.objects.filter(organisation=events[0].code).update(length=7)
    client.post("/audit/verify/")
    outbox.run_due(now=clock.now())
    page = client.get("/audit/").content.decode()
    assert "发现问题" in page
    assert f"审计链 {events[0].code}：链尾与链头登记不符（2）" in page
    assert "审计链核验发现问题" in client.get("/").content.decode()


def test_an_auditor_below_sees_the_chains_in_sight_only(client, auditor, events):
    own, other = events
    client.force_login(people.member(own, "audit_administrator"))
    assert found(client, "kind=filing.return") == ["缺附件2", "缺附件0"]
    assert found(client, f"kind=filing.return&organisation={other.code}") == []
    rows = openpyxl.load_workbook(BytesIO(client.get("/audit/export/?kind=filing.return").content))
    assert rows.active.max_row == 3
    assert client.post("/audit/verify/").status_code == 409
    assert client.get("/audit/").context["chains"] == 1


@pytest.mark.parametrize("role", ["regulator_lead", "system_administrator"])
def test_the_door_is_closed_to_other_roles(client, national, role):
    client.force_login(people.member(national, role))
    assert client.get("/audit/").status_code == 403
    assert client.get("/audit/export/").status_code == 403
    assert client.post("/audit/verify/").status_code == 403


def test_the_number_of_queries_does_not_grow_with_the_events(
    client, auditor, events, django_assert_max_num_queries
):
    for number in range(40):
        audit.record("filing.return", None, by=auditor, now=NOW, organisation=events[number % 2])
    with django_assert_max_num_queries(20):
        client.get("/audit/")


RECORDED = (
    r'audit\.record\(\s*"[a-z_]+\.([a-z_]+)"',
    r'\brecord\(\s*\w+,\s*\w+,\s*"([a-z_]+)"',
    r'\bMove\(\s*"([a-z_]+)"',
)


def test_every_act_that_the_apps_record_has_a_word():
    apps = ("accounts", "campaign", "complaints", "config", "core", "grids", "reporting")
    written = "".join(
        path.read_text(encoding="utf-8")
        for app in apps
        for path in (Path(settings.BASE_DIR) / app).rglob("*.py")
    )
    acts = {act for pattern in RECORDED for act in re.findall(pattern, written)}
    assert {"start", "withdraw_draft", "open_phase", "sign_in_failed", "whistle", "draw"} <= acts
    told = VERBS.keys() | {kind.rpartition(".")[2] for kind in KINDS}
    assert acts - told == set()
