"""What is made public: of periods that are over, whole, free of persons; and taken back."""

from datetime import date

import pytest
from django.urls import reverse

from core import clock
from core.models import AuditEvent
from core.periods import Period
from reporting.models import Disclosure, DisclosureItem, IndicatorRelease, IndicatorValue
from reporting.services import indicators as services
from tests.factories import accounts
from tests.factories.complaints import at
from tests.reading import text_of
from tests.reporting.test_openness import FEBRUARY, rated

pytestmark = pytest.mark.django_db
NOW = at("2018-03-05 09:00")


@pytest.fixture(autouse=True)
def monday():
    with clock.standing_at(NOW):
        yield


def test_only_a_named_period_that_is_over_is_computed_and_published_and_can_be_taken_back(
    client, catalogues
):
    rated()
    client.force_login(accounts.member("SERC-NF", "regulator_officer"))
    prepare = reverse("reporting:indicator_prepare")
    for name in ("indicator_prepare", "indicator_compute"):
        door = reverse(f"reporting:{name}")
        for period in (
            "2018-q1",
            "",
            "rubbish",
            "2018-13",
            "2018-03",
            "2018-Q1",
            "2018",
            "2019-01",
        ):
            assert client.post(door, {"period": period}).status_code == 409, (name, period)
    assert not IndicatorValue.objects.filter(published_at__isnull=False).exists()
    assert not IndicatorValue.objects.exclude(last_day=FEBRUARY.last).exists()
    # What stands on some of its units only is not for everybody.
    part = IndicatorValue.objects.filter(
        indicator__code="satisfaction_95598", organisation__code="CSG-GD"
    ).get()
    [name] = [name for name in part.inputs if name != "hours"][:1]
    part.inputs[name] |= {"told": 1, "owed": 7}
    part.save(update_fields=["inputs"])
    made = client.post(prepare, {"period": "2018-02", "note": "请核对13877665544"})
    public = IndicatorValue.objects.published()
    # Who laid them together does not put them out; nor does anybody what was computed anew since.
    assert client.post(prepare, {"period": "2018-02"}).status_code == 409
    own = client.post(f"{made['Location']}publish/")
    assert (own.status_code, "请由另一人办理" in text_of(own)) == (409, True)
    assert "待公开" in text_of(client.get(reverse("reporting:indicators"), {"period": "2018-02"}))
    release = IndicatorRelease.objects.get()
    assert (release.note, public.exists()) == ("请核对138****5544", False)
    client.force_login(accounts.member("SERC-NF", "regulator_lead"))
    assert "指标值待公开：2018年2月" in text_of(client.get("/"))
    changed = IndicatorValue.objects.get(pk=release.values[0])
    IndicatorValue.objects.filter(pk=changed.pk).update(value=1)
    services.compute(FEBRUARY, organisations=[changed.organisation], now=NOW)
    stale = client.post(f"{made['Location']}publish/")
    assert (stale.status_code, "有1项指标值已经重算" in text_of(stale)) == (409, True)
    assert client.post(f"{made['Location']}send-back/", {"reason": "重算"}).status_code == 302
    again = client.post(prepare, {"period": "2018-02"})["Location"]
    assert client.post(f"{again}publish/").status_code == 409
    client.force_login(accounts.member("SERC-NF", "regulator_officer"))
    page = client.get(again)
    assert len(page.context["rows"]) == len(release.values)
    assert client.post(f"{again}publish/").status_code == 302
    part.refresh_from_db()
    assert public.filter(organisation__code="CSG-GD-ZQ").exists()
    assert not public.filter(pk=part.pk).exists()
    page = reverse("reporting:indicators")
    found = text_of(client.get(page, {"unit": "CSG-GD", "period": "2018-02"}))
    assert "部分单位" in found
    assert "7 个单位中 1 个已报" in text_of(
        client.get(reverse("reporting:indicator_value", args=[part.pk]))
    )
    back = reverse("reporting:indicator_unpublish")
    assert client.post(back, {"period": "2018-02", "reason": " "}).status_code == 409
    asked = client.post(back, {"period": "2018-02", "reason": "误操作"})
    # What two people put out is not taken back by one.
    assert (asked.status_code, public.exists()) == (302, True)
    assert client.post(f"{asked['Location']}publish/").status_code == 409
    client.force_login(accounts.member("SERC-NF", "regulator_lead"))
    assert "指标值待撤回公开：2018年2月" in text_of(client.get("/"))
    assert "撤回公开2018年2月指标值" in text_of(client.get(asked["Location"]))
    assert client.post(f"{asked['Location']}publish/").status_code == 302
    assert not public.exists()
    assert AuditEvent.objects.get(kind="indicator.unpublish").reason == "误操作"


def test_the_rounds_compute_on_without_a_person(catalogues):
    """The refusal is of acts: nothing else asks for periods that are not over."""
    march = Period(date(2018, 3, 1), date(2018, 3, 31))
    assert services.compute(march, indicators=[], now=NOW) == services.Round()


def test_a_disclosure_holds_nothing_of_persons_and_can_be_withdrawn(client, catalogues):
    client.force_login(accounts.member("CSG-GD", "company_filer"))
    enter = reverse("reporting:disclosure_enter")
    item = DisclosureItem.objects.get(code="outages")
    said = {"item": item.pk, "published_on": "2018-03-01", "place": "门户网站"}
    for wrong in (
        {"place": "门户网站 李桂花13877665544"},
        {"summary": "联系李桂花13877665544"},
        {"url": "https://example.cn/13877665544"},
        {"published_on": "1900-01-01"},
    ):
        assert client.post(enter, {**said, **wrong}).status_code == 409, wrong
    assert not Disclosure.objects.exists()
    assert client.post(enter, {**said, "place": "营业厅一"}).status_code == 302
    entry = Disclosure.objects.get()
    public = reverse("reporting:public_disclosure")
    assert "营业厅一" in text_of(client.get(public))
    # A slip is withdrawn with a reason and entered anew; strangers cannot.
    door = reverse("reporting:disclosure_withdraw", args=[entry.pk])
    assert client.post(door, {"reason": ""}).status_code == 409
    assert client.post(door, {"reason": "渠道填错"}).status_code == 302
    assert "营业厅一" not in text_of(client.get(public))
    assert "营业厅一" not in text_of(
        client.get(reverse("reporting:public_data_file", args=["disclosure", "csv"]))
    )
    assert client.post(enter, {**said, "place": "营业厅二"}).status_code == 302
    again = Disclosure.objects.get(withdrawn_at__isnull=True)
    client.force_login(accounts.member("CSG-YN", "company_filer"))
    door = reverse("reporting:disclosure_withdraw", args=[again.pk])
    assert client.post(door, {"reason": "别人的"}).status_code == 404
    client.force_login(accounts.member("SERC-NF", "regulator_officer"))
    assert client.post(door, {"reason": "内容不实"}).status_code == 302
