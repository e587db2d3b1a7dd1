"""Saved views: found again, shared, and their counts by mail without a word of the cases."""

from datetime import timedelta

import pytest
from django.urls import reverse

from complaints.models import SavedView, ViewSubscription
from complaints.services import saved_views as services
from core import clock, outbox
from core.models import AuditEvent, Letter
from tests.factories import accounts
from tests.factories.complaints import at, received

pytestmark = pytest.mark.django_db
# A Monday; the next morning is 6 March.
NOW = at("2018-03-05 09:00")
MORNING = at("2018-03-06 08:00")


@pytest.fixture(autouse=True)
def monday():
    with clock.standing_at(NOW):
        yield


@pytest.fixture
def as_(client):
    def sign_in(person):
        client.force_login(person)
        return client

    return sign_in


def to(page, *keys):
    return reverse(f"complaints:{page}", args=keys)


def saved(by, name="低压停电", *, shared=False, page="list", **params):
    return services.save(
        page=page, params=params, name=name, moving=False, shared=shared, by=by, now=NOW
    )


def rounds(now):
    """What the dispatcher does at a time: claim what is due, then carry it."""
    with clock.standing_at(now):
        posted = services.tick(now=now)
        outbox.run_due(now=now)
    return posted


def test_conditions_are_kept_from_the_page_and_open_the_same_list(as_, people):
    for day in (0, 1, 40):
        received(received_at=NOW - timedelta(days=day), content="低压线路停电。")
    client = as_(people.officer)
    asked = {
        "view": "all",
        "nature": "complaint",
        "since": "2018-03-01",
        "text": "停电",
        "after": "x",
    }
    page = client.get(to("list"), asked)
    form = {"page": "list", "query": page.context["saved_query"], "name": " 低压  停电 "}
    assert client.post(to("saved_view_save"), form).status_code == 302
    view = SavedView.objects.get()
    assert (view.name, view.organisation.code, view.shared) == ("低压 停电", "SERC-NF", False)
    listed = client.get(to("saved_views")).content.decode()
    for word in ("低压 停电", "含“停电”", "受理日期2018-03-01至…"):
        assert word in listed
    opened = client.get(to("saved_view", view.pk), follow=True)
    assert [row["case"].received_at.day for row in opened.context["rows"]] == [5, 4]
    # Without its days the same view has the third case too.
    client.post(to("saved_view_save"), {**form, "name": "不限日期", "moving": "1"})
    moving = SavedView.objects.get(name="不限日期")
    assert len(client.get(to("saved_view", moving.pk), follow=True).context["rows"]) == 3


def test_an_analysis_is_kept_with_its_tab_and_counts_the_month_that_is_over(as_, people):
    for day in ("2018-02-01 10:00", "2018-02-28 10:00", "2018-03-01 10:00"):
        received(received_at=at(day), now=NOW)
    client = as_(people.officer)
    page = client.get(to("analysis"), {"by": "company", "nature": "complaint"})
    form = {"page": "analysis", "query": page.context["saved_query"], "name": "单位", "moving": "1"}
    client.post(to("saved_view_save"), form)
    view = SavedView.objects.get()
    opened = client.get(to("saved_view", view.pk), follow=True)
    assert opened.context["asked"].by == "company"
    assert opened.context["stats"][0].value == 2
    services.subscribe(view=view, rhythm="weekly", by=people.officer, now=NOW)
    assert rounds(at("2018-03-11 23:00")) == 0
    rounds(at("2018-03-12 08:00"))
    assert "现有2件诉求" in Letter.objects.get(kind="case.view_count").body


def test_only_the_owner_changes_a_view_and_only_the_office_shares_it(as_, people):
    view = saved(people.officer)
    for act in ("saved_view_change", "saved_view_drop", "saved_view_subscribe"):
        assert as_(people.lead).post(to(act, view.pk), {"name": "x"}).status_code == 404
    change = {"name": "共享的", "shared": "1"}
    assert as_(people.officer).post(to("saved_view_change", view.pk), change).status_code == 302
    assert "共享的" in as_(people.lead).get(to("saved_views")).content.decode()
    assert as_(people.lead).post(to("saved_view_change", view.pk), change).status_code == 409
    assert as_(people.lead).post(to("saved_view_drop", view.pk)).status_code == 409
    for person in (people.handler, people.desk):
        assert "共享的" not in as_(person).get(to("saved_views")).content.decode()
        assert as_(person).get(to("saved_view", view.pk)).status_code == 404
    assert as_(people.officer).post(to("saved_view_drop", view.pk)).status_code == 302
    assert SavedView.objects.count() == 0
    kinds = set(AuditEvent.objects.values_list("kind", flat=True))
    assert {"case_view.save", "case_view.change", "case_view.drop"} <= kinds


@pytest.mark.parametrize(
    ("name", "why"), [(" ", "请填写名称"), ("13800001234停电", "个人信息"), ("停电", "同名")]
)
def test_a_name_is_given_once_and_holds_no_telephone(as_, people, name, why):
    saved(people.officer, "停电")
    answer = as_(people.officer).post(to("saved_view_save"), {"page": "list", "name": name})
    assert (answer.status_code, why in answer.content.decode()) == (409, True)


def test_a_letter_holds_the_count_and_a_link_and_comes_once(as_, people):
    received(received_at=NOW)
    received(received_at=NOW)
    view = saved(people.officer, "赵某某的诉求", shared=True, view="all", text="停电")
    client = as_(people.lead)
    assert client.post(to("saved_view_subscribe", view.pk), {"rhythm": "daily"}).status_code == 302
    assert rounds(MORNING - timedelta(seconds=1)) == 0
    assert (rounds(MORNING), rounds(MORNING)) == (1, 0)
    letter = Letter.objects.get(kind="case.view_count")
    assert (letter.to, letter.channel) == ([people.lead.email], "mail")
    assert "现有2件诉求" in letter.body
    assert to("saved_view", view.pk) in letter.body
    for secret in ("赵某某", "停电", "13800001234", "0301234567890", "光明路"):
        assert secret not in letter.subject + letter.body
    assert "已发送：2件" in client.get(to("saved_views")).content.decode()
    # Three mornings missed are made up for once, and the count before stands beside.
    received(received_at=NOW)
    assert rounds(MORNING + timedelta(days=3)) == 1
    latest = Letter.objects.filter(kind="case.view_count").latest("pk")
    assert "现有3件诉求，上次为2件" in latest.body
    client.post(to("saved_view_subscribe", view.pk), {"rhythm": ""})
    assert rounds(MORNING + timedelta(days=9)) == 0


def test_each_subscriber_is_told_what_they_themselves_see(people):
    received(received_at=NOW)
    received(received_at=NOW, organisation="CSG-GD-FS")
    view = saved(people.handler, view="all")
    services.subscribe(view=view, rhythm="daily", by=people.handler, now=NOW)
    rounds(MORNING)
    # The company sees the one that it is named in.
    assert "现有1件诉求" in Letter.objects.get(kind="case.view_count").body


def test_nothing_is_sent_where_there_is_nothing(people):
    view = saved(people.officer, view="all", text="变压器噪音")
    received(received_at=NOW)
    services.subscribe(view=view, rhythm="daily", by=people.officer, now=NOW)
    rounds(MORNING)
    assert Letter.objects.filter(kind="case.view_count").count() == 0
    assert ViewSubscription.objects.get().last_result == "没有诉求，未发送"


def test_without_an_address_the_failure_is_seen(as_, people):
    received(received_at=NOW)
    view = saved(people.officer, view="all")
    services.subscribe(view=view, rhythm="daily", by=people.officer, now=NOW)
    people.officer.email = ""
    people.officer.save(update_fields=["email"])
    rounds(MORNING)
    assert Letter.objects.filter(kind="case.view_count").count() == 0
    assert Letter.objects.get(kind="case.view_failed").recipient == people.officer
    assert "您没有登记邮箱" in as_(people.officer).get(to("saved_views")).content.decode()
    assert ViewSubscription.objects.get().next_run_at == MORNING + timedelta(days=1)


def test_a_subscription_ends_with_the_right_to_see_the_view(as_, people):
    received(received_at=NOW)
    view = saved(people.officer, shared=True, view="all")
    services.subscribe(view=view, rhythm="daily", by=people.lead, now=NOW)
    services.change(view=view, name="自用", shared=False, by=people.officer, now=NOW)
    assert rounds(MORNING) == 1
    assert rounds(MORNING + timedelta(days=1)) == 0
    assert Letter.objects.filter(kind="case.view_count").count() == 0
    told = Letter.objects.get(kind="case.view_failed")
    assert (told.recipient, "已结束" in told.body) == (people.lead, True)
    shown = as_(people.lead).get(to("saved_views")).content.decode()
    assert ("订阅已结束" in shown, "自用" in shown) == (True, False)
    assert AuditEvent.objects.filter(kind="case_view.end").count() == 1


def test_shared_views_of_who_left_go_to_the_lead_or_are_shared_no_more(as_, people):
    gone = accounts.member("SERC-NF", "regulator_officer")
    alone = accounts.member("CSG-GD-FS", "company_filer")
    mine = saved(people.lead, view="all")
    views = [saved(gone, shared=True, view="all"), saved(alone, shared=True, view="all")]
    kept = saved(people.officer, "自用", shared=True, view="all")
    assert services.hand_on(now=NOW) == 0
    for person in (gone, alone):
        person.is_active = False
        person.save(update_fields=["is_active"])
    assert [services.hand_on(now=NOW), services.hand_on(now=NOW)] == [2, 0]
    for view in (*views, kept):
        view.refresh_from_db()
    handed, ended = views
    assert (handed.owner, handed.name, handed.shared) == (people.lead, f"{mine.name}（2）", True)
    assert (ended.shared, kept.owner) == (False, people.officer)
    assert Letter.objects.get(kind="case.view_handed").recipient == people.lead
    assert AuditEvent.objects.filter(kind="case_view.hand_on").count() == 2
    assert handed.name in as_(people.lead).get(to("saved_views")).content.decode()


def test_who_left_is_not_told_any_more(people):
    received(received_at=NOW)
    gone = accounts.member("SERC-NF", "regulator_officer")
    view = saved(gone, view="all")
    services.subscribe(view=view, rhythm="daily", by=gone, now=NOW)
    gone.is_active = False
    gone.save(update_fields=["is_active"])
    rounds(MORNING)
    assert Letter.objects.filter(kind="case.view_count").count() == 0
    assert ViewSubscription.objects.get().next_run_at is None
