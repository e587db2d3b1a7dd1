"""A suspected leak is reported in confidence and handled in time by the security post (6.1.3)."""

from datetime import datetime
from uuid import uuid4

import pytest
from django.db import connection

from accounts.models import LeakReport
from core.clock import ZONE, standing_at
from core.models import AuditEvent, Letter
from tests.factories.accounts import member, organisation
from tests.reading import text_of

pytestmark = pytest.mark.django_db
SAID = "客户清单被发到外部群聊"


@pytest.fixture(autouse=True)
def _day(catalogues, kickoff_eve):
    """2011-11-24, a Thursday, 9:30."""


def reported(client, by, **more):
    client.force_login(by)
    asked = {"organisation": organisation("CSG-GD-ZQ").pk, "kind": "posted", "what": SAID}
    asked |= {"noticed_on": "2011-11-23", "people_concerned": "12", "nonce": str(uuid4())}
    return client.post("/leaks/new/", asked | more)


def acted(client, report, act, text="", **more):
    return client.post(f"/leaks/{report.pk}/act/", {"act": act, "text": text, **more})


@pytest.mark.clause("S2-6.1.3")
def test_a_leak_goes_to_the_security_post_only_and_is_settled_in_time(client):
    guard = member("CSG-GD", "security_administrator", name="卫某")
    boss, reporter = (
        member("CSG-GD-ZQ", "company_lead"),
        member("CSG-GD-ZQ", "grid_manager", name="告某人"),
    )
    assert reported(client, reporter, noticed_on="2011-11-25").status_code == 409
    nonce = str(uuid4())
    assert reported(client, reporter, nonce=nonce).status_code == 302
    assert reported(client, reporter, nonce=nonce).status_code == 302  # sent twice
    report = LeakReport.objects.get()
    assert report.number == "LK-2011-0001"
    # One working day and ten: Friday, and Thursday of the week after next.
    days = [
        one.astimezone(ZONE).date().isoformat()
        for one in (report.accept_due_at, report.close_due_at)
    ]
    assert days == ["2011-11-25", "2011-12-08"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT what FROM accounts_leakreport")
        assert "客户清单" not in cursor.fetchone()[0]
    letter = Letter.objects.get(kind="leak.reported")
    assert letter.recipient_id == guard.pk, "of the nearest unit above that has a security post"
    assert SAID not in letter.body + letter.subject
    # Neither a name nor the address of a computer, which tells the name.
    traces = AuditEvent.objects.filter(kind="leak.report")
    assert set(traces.values_list("actor_id", "actor", "place")) == {(None, "", "")}
    page = f"/leaks/{report.pk}/"
    for other in (
        boss,
        member("CSG-GD-ZQ", "audit_administrator"),
        member("CSG-GD-FS", "security_administrator"),
    ):
        client.force_login(other)
        assert client.get(page).status_code == 404
        assert acted(client, report, "accept").status_code in {403, 404}
    client.force_login(guard)
    assert "LK-2011-0001" in text_of(client.get("/"))
    shown = text_of(client.get(page))
    assert SAID in shown
    assert "告某人" not in shown
    assert client.post(f"{page}reporter/", {"purpose": "核"}).status_code == 409
    assert "告某人" in text_of(client.post(f"{page}reporter/", {"purpose": "核实报告情况"}))
    assert acted(client, report, "close", "完毕").status_code == 409, "not taken on yet"
    assert acted(client, report, "accept").status_code == 302
    assert acted(client, report, "accept", seen="reported").status_code == 409
    assert "尚未登记处置措施，不能办结" in text_of(acted(client, report, "close", "完毕"))
    assert acted(client, report, "measure", "已要求群主删除并逐人核实").status_code == 302
    assert acted(client, report, "close", "已删除，未再扩散").status_code == 302
    client.force_login(reporter)
    own = text_of(client.get(page))
    assert "已办结" in own
    assert "逐人核实" not in own, "what was done is for the post"


def test_nobody_settles_what_they_reported_and_a_late_report_is_overdue_on_the_desk(client):
    guard = member("CSG-GD-ZQ", "security_administrator")
    above = member("CSG-GD", "security_administrator")
    assert reported(client, guard).status_code == 302
    report = LeakReport.objects.get()
    refused = acted(client, report, "accept")
    assert refused.status_code == 409
    assert "报告人不得处理自己报告的事项" in text_of(refused)
    with standing_at(datetime(2011, 11, 28, 9, 0, tzinfo=ZONE)):
        client.force_login(above)
        assert report.lamp(datetime(2011, 11, 28, 9, 0, tzinfo=ZONE)) == "late"
        assert "信息泄露报告LK-2011-0001" in text_of(client.get("/"))
        assert acted(client, report, "accept").status_code == 302
