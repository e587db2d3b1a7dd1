"""The page of a case says at once where the matter goes on, and hides what there is nothing of."""

from datetime import timedelta

import pytest
from django.urls import reverse

from complaints import services
from core import clock
from tests.factories.accounts import organisation
from tests.factories.complaints import at, played, received

pytestmark = pytest.mark.django_db
MONDAY = at("2025-03-03 09:00")


def page(client, person, case):
    client.force_login(person)
    with clock.standing_at(MONDAY + timedelta(days=1)):
        return client.get(reverse("complaints:case", args=[case.pk])).content.decode()


def test_a_merged_case_leads_to_the_one_that_goes_on(client, people):
    one, two = (
        received(number="A-1", received_at=MONDAY),
        received(number="A-2", received_at=MONDAY),
    )
    services.merge(two, into=one, by=people.officer, now=MONDAY)
    shown = page(client, people.officer, two)
    notice = shown[shown.index("本件已并入另一件诉求") :].partition("</p>")[0]
    assert (reverse("complaints:case", args=[one.pk]) in notice, "A-1" in notice) == (True, True)
    assert "本件已并入" not in page(client, people.officer, one)


def test_a_clock_that_stands_still_says_since_when(client, people):
    start = at("2018-03-05 09:00")
    stop = {"clock": "close", "reason": "appraisal", "text": "送检"}
    case = played(received(received_at=start), ("accept", people.officer, {}), start=start)
    services.act(case, "pause", by=people.lead, now=at("2018-03-12 10:00"), **stop)
    client.force_login(people.officer)
    with clock.standing_at(at("2018-03-20 09:00")):
        shown = client.get(reverse("complaints:case", args=[case.pk])).content.decode()
    assert "自03-12 10:00起暂停，恢复后顺延" in shown
    assert shown.count('<rect class="track-pause"') == 1


def test_an_appeal_leads_to_what_it_appeals_from(client, people):
    unit = {"organisation": organisation("CSG-GD-ZQ")}
    case = played(
        received(number="A-1", received_at=MONDAY),
        ("transfer", people.officer, unit),
        ("take", people.handler, {}),
        ("verify", people.handler, {"outcome": "unsubstantiated", "text": "x"}),
        ("inform", people.handler, {"text": "x"}),
        ("close", people.handler, {}),
        ("appeal", people.officer, {"text": "不服处理结果"}),
        start=MONDAY,
    )
    (appeal,) = case.appeals.all()
    shown = page(client, people.officer, appeal)
    notice = shown[shown.index("处理结果的申诉") :].partition("</p>")[0]
    assert reverse("complaints:case", args=[case.pk]) in notice


def test_nothing_is_revealed_where_nothing_is_known(client, people):
    nobody = dict.fromkeys(("complainant_name", "complainant_phone", "address", "account_no"), "")
    empty = page(client, people.officer, received(received_at=MONDAY, **nobody))
    assert ("没有登记诉求人信息" in empty, "查看完整信息" in empty) == (True, False)
    known = page(client, people.officer, received(received_at=MONDAY))
    assert ("没有登记诉求人信息" in known, "查看完整信息" in known) == (False, True)
