"""Indicators and rules on outages say something else from a day on; what moves is seen before."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from core import clock, outbox
from core.models import AuditEvent, Letter
from core.periods import Period
from reporting.models import (
    DefinitionChange,
    Indicator,
    IndicatorValue,
    OutageNotice,
    OutageRule,
)
from reporting.services import indicators as computing
from reporting.services import outages
from tests.factories import accounts
from tests.factories.accounts import member
from tests.factories.complaints import at, received
from tests.factories.outages import NOW as EVE
from tests.factories.outages import at as outage_at
from tests.factories.outages import filed
from tests.reading import text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("catalogues")]
FEBRUARY = Period(date(2018, 2, 1), date(2018, 2, 28))
NOW = at("2018-03-05 09:00")
CODE = "satisfaction_12398"


def said(base, **more):
    """What the form sends when nothing but this is changed."""
    fields = ("threshold", "direction", "zero_at", "full_at", "weight", "source", "note")
    sent = {name: getattr(base, name) for name in fields}
    sent = {name: "" if value is None else str(value) for name, value in sent.items()}
    sent |= {"public": "on"} if base.public else {}
    return sent | {"seen": base.pk, "valid_from": "2018-02-15", "reason": "新规定"} | more


def rated(unit, *words):
    for word in words:
        received(
            organisation=unit,
            received_at=at("2018-02-10 09:00"),
            state="closed",
            closed_at=at("2018-02-20 09:00"),
            outcome="substantiated",
            satisfaction=word,
            now=NOW,
        )


@pytest.mark.clause("S1-2.2.4a")
def test_an_indicator_gets_a_further_version_and_shows_which_values_it_moves(client):
    with clock.standing_at(NOW):
        # 3 of 4: under 90, over 70.
        rated("CSG-GD-ZQ", "content", "content", "fairly", "not_content")
        rated("CSG-YN", "content")
        computing.compute(FEBRUARY, now=NOW)
        base = Indicator.objects.filter(code=CODE).latest("valid_from")
        assert base.threshold == 90
        url = reverse("reporting:indicator_revise", args=[CODE])
        client.force_login(accounts.member("SERC-NF", "regulator_officer"))
        assert client.get(url).status_code == 403
        client.force_login(accounts.member("NEA-ROOT", "regulator_lead"))
        preview = client.post(url, said(base, threshold="70", act="preview"))
        told = preview.context["preview"]
        # Zhaoqing and the province (75), the group with Yunnan (80): all now keep to the limit.
        moved = {one.value.organisation.code for one in told["rows"]}
        assert (moved, told["better"], told["worse"]) == ({"CSG-GD-ZQ", "CSG-GD", "CSG"}, 3, 0)
        assert Indicator.objects.filter(code=CODE).latest("valid_from") == base
        same = client.post(url, said(base, act="save"))
        assert same.status_code == 409
        assert "没有改动" in text_of(same)
        early = said(base, threshold="70", valid_from=str(base.valid_from), act="save")
        assert "须晚于最近一版的启用日期" in text_of(client.post(url, early))
        change = laid(client.post(url, said(base, threshold="70", act="save")))
        assert change.changes == {"threshold": ["90", "70"]}
        # A second click is the same change; another one waits until this is decided.
        assert laid(client.post(url, said(base, threshold="70", act="save"))) == change
        other = client.post(url, said(base, threshold="60", act="save"))
        assert "已有待核准的改动" in text_of(other)
        # Nothing holds before another person adopts it: not by the drafter's own hand.
        adopt = reverse("reporting:definition_adopt", args=[change.pk])
        assert client.post(adopt).status_code == 409
        assert Indicator.objects.filter(code=CODE).latest("valid_from") == base
        second = accounts.member("NEA-ROOT", "regulator_lead", name="另一人")
        client.force_login(second)
        desk = text_of(client.get(reverse("desk")))
        assert f"定义改动待核准：{base.name}" in desk
        shown = client.get(reverse("reporting:definition_change", args=[change.pk]))
        told = shown.context["preview"]
        assert (len(told["rows"]), told["better"], told["worse"]) == (3, 3, 0)
        done = client.post(adopt)
        assert done.status_code == 302
        assert client.post(adopt).status_code == 409
        made = Indicator.objects.filter(code=CODE).latest("valid_from")
        assert (made.threshold, made.valid_from) == (70, date(2018, 2, 15))
        assert (made.formula, made.inputs) == (base.formula, base.inputs)
        event = AuditEvent.objects.get(kind="indicator.revise")
        assert event.details["changes"] == {"threshold": ["90", "70"]}
        assert event.actor_id == second.pk
        kinds = AuditEvent.objects.filter(kind__startswith="definition.").order_by("pk")
        assert [(one.kind, one.actor_id) for one in kinds] == [
            ("definition.draft", change.drafted_by_id),
            ("definition.adopt", second.pk),
        ]
        notice = Letter.objects.get(kind="definition.adopted")
        assert notice.recipient_id == change.drafted_by_id
        # Who looked at the version before is told to look again.
        late = client.post(url, said(base, threshold="60", act="save"))
        assert "刚有新的版本" in text_of(late)
        outbox.run_due(now=NOW)
        values = IndicatorValue.objects.filter(indicator__code=CODE, organisation__code="CSG-GD-ZQ")
        old = values.of(FEBRUARY).get(indicator=base)
        assert old.superseded_by.indicator == made
        assert old.superseded_by.value == Decimal("75.000000")
        # The month before ended under the version before.
        assert not values.filter(indicator=made, last_day__lt=made.valid_from).exists()
        # A system administrator maintains definitions and learns no unit's figures.
        client.force_login(accounts.member("NEA-ROOT", "system_administrator"))
        assert client.get(reverse("reporting:indicator", args=[CODE])).status_code == 200
        again = said(made, threshold="80", valid_from="2018-02-20", act="preview")
        told = client.post(url, again).context["preview"]
        assert (told["rows"], told["worse"]) == ([], 2)


def laid(answer):
    """The change that a page laid before a second person."""
    assert answer.status_code == 302, text_of(answer)[-2000:]
    return DefinitionChange.objects.get(pk=int(answer["Location"].rstrip("/").rpartition("/")[2]))


@pytest.mark.usefixtures("kickoff_eve")
def test_a_rule_on_outages_gets_a_further_version_and_notices_are_judged_again(client):
    # Announced eight days before: kept seven, does not keep ten.
    notice = filed("TD-1", published_at=outage_at("2011-11-24 08:00"),
                   planned_start=outage_at("2011-12-02 08:00"),
                   planned_end=outage_at("2011-12-02 17:00"))  # fmt: skip
    assert notice.lead_ok
    base = OutageRule.objects.get(code="notice.planned")
    url = reverse("reporting:outage_rule_revise", args=[base.code])
    sent = {"title": "计划停电提前10日公告", "value": 10, "basis": "新规定", "valid_until": ""}
    sent |= {"seen": base.pk, "valid_from": "2011-12-01", "reason": "按新规定"}
    client.force_login(accounts.member("SERC-NF", "regulator_officer"))
    assert client.post(url, sent).status_code == 403
    drafter = member("SERC-NF", "regulator_lead")
    client.force_login(drafter)
    assert base.title in text_of(client.get(reverse("reporting:outage_rules")))
    told = client.post(url, sent | {"act": "preview"}).context["preview"]
    [(one, came, went)] = told["rows"]
    assert (one.notice, one.lead_before, one.lead_after) == (notice, True, False)
    assert ([str(word) for word in came], went, told["count"]) == (["公告提前量不足"], [], 1)
    assert OutageRule.objects.filter(code=base.code).count() == 1
    change = laid(client.post(url, sent | {"act": "save"}))
    client.force_login(member("SERC-YN", "regulator_lead"))
    back = reverse("reporting:definition_send_back", args=[change.pk])
    assert client.post(back, {"reason": " "}).status_code == 409
    assert client.post(back, {"reason": "依据不足"}).status_code == 302
    client.force_login(drafter)
    page = text_of(client.get(reverse("reporting:definition_changes") + "?state=all"))
    assert ("已退回" in page, OutageRule.objects.filter(code=base.code).count()) == (True, 1)
    change = laid(client.post(url, sent | {"act": "save", "reason": "补充依据"}))
    withdraw = reverse("reporting:definition_withdraw", args=[change.pk])
    assert client.post(withdraw).status_code == 302
    change = laid(client.post(url, sent | {"act": "save", "reason": "补充依据"}))
    client.force_login(member("SERC-YN", "regulator_lead"))
    assert (
        client.post(reverse("reporting:definition_withdraw", args=[change.pk])).status_code == 409
    )
    adopt = reverse("reporting:definition_adopt", args=[change.pk])
    assert client.post(adopt).status_code == 302
    client.force_login(drafter)
    made = OutageRule.objects.filter(code=base.code).latest("valid_from")
    assert (made.version, made.value, made.unit) == (2, 10, "calendar_days")
    outages.rejudge(now=EVE)
    notice = OutageNotice.objects.get(pk=notice.pk)
    assert not notice.lead_ok
    assert notice.flags.get(code="late").rule == made
    assert AuditEvent.objects.get(kind="outage.rule").details["notices"] == 1
    assert client.post(url, sent | {"act": "save", "valid_from": "2012-01-01"}).status_code == 409
