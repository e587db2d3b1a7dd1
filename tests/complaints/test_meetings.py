"""Joint meetings of 12398 and 95598: figures of a period, minutes, decisions that are followed."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.urls import reverse

from complaints import work
from complaints.models import CaseLink, JointMeeting, JointTask
from core import clock, crypto
from core.models import AuditEvent, Letter
from tests.complaints.test_linkage import order
from tests.factories.accounts import organisation
from tests.factories.complaints import at, received
from tests.reading import text_of

pytestmark = pytest.mark.django_db
NOW = at("2018-04-03 10:00")
MARCH = at("2018-03-05 09:00")


@pytest.fixture(autouse=True)
def april():
    with clock.standing_at(NOW):
        yield


@pytest.fixture
def as_(client):
    def sign_in(person):
        client.force_login(person)
        return client

    return sign_in


def url(name, *args):
    return reverse(f"complaints:{name}", args=args)


def form(**changes):
    return {
        "host": organisation("SERC-NF").pk,
        "title": "三月联席会商",
        "held_on": "2018-04-03",
        "period_from": "2018-03-01",
        "period_to": "2018-03-31",
        "parties": [organisation("CSG-GD").pk],
        "agenda": "频繁停电诉求集中的线路",
        **changes,
    }


def prepared(client, **more):
    client.post(url("meeting_new"), form(**more))
    return JointMeeting.objects.get()


def decided(client, made, unit="CSG-GD-ZQ", due="2018-04-20", **more):
    values = {"text": "排查城东线", "organisation": organisation(unit).pk, "due_on": due, **more}
    return client.post(url("meeting_decide", made.pk), values)


@pytest.mark.clause("S1-3.3.5(2)c")
def test_a_meeting_from_its_figures_to_what_came_of_its_decisions(people, as_):
    first = order(received_at=MARCH)
    second = received(number="N1", received_at=MARCH)
    received(number="N2", received_at=at("2018-04-01 00:00"))
    # What the companies at the table must not learn of, and what is not about them.
    received(number="N3", received_at=MARCH, nature="report")
    received(number="N4", received_at=MARCH, organisation="CSG-YN")
    secret = received(number="N5", received_at=MARCH, confidential=True)
    CaseLink.objects.create(a=first, b=secret, kind="joint", state="confirmed", at=MARCH)
    CaseLink.objects.create(a=first, b=second, kind="joint", state="confirmed", at=MARCH)
    client = as_(people.officer)
    mark = client.get(url("meeting_new")).context["form"]["client_id"].value()
    made = prepared(client, client_id=mark)
    # The form once more leads to the list; so does that of a decision.
    assert client.post(url("meeting_new"), form(client_id=mark))["Location"] == url("meetings")
    mark = client.get(url("meeting", made.pk)).context["task_form"]["client_id"].value()
    assert made.figures == {
        "offices": 2,
        "h95598": 1,
        "joint": 1,
        "repeat": 0,
        "incidents": 0,
        "open": 3,
    }
    for _time in range(2):
        assert decided(client, made, client_id=mark).status_code == 302
    assert (JointMeeting.objects.count(), made.tasks.count()) == (1, 1)
    # Until it is issued the companies know nothing of it.
    assert as_(people.desk).get(url("meeting", made.pk)).status_code == 404
    client = as_(people.officer)
    assert client.post(url("meeting_issue", made.pk), {"minutes": ""}).status_code == 422
    client.post(url("meeting_issue", made.pk), {"minutes": "双方通报三月情况。"})
    told = Letter.objects.filter(kind="case.meeting", channel="notice")
    assert {letter.recipient_id for letter in told} == {
        *(people.desk.pk, people.boss.pk, people.handler.pk, people.chief.pk),
    }
    # What was issued stands.
    assert decided(client, made).status_code == 409
    assert client.post(url("meeting_issue", made.pk), {"minutes": "再印"}).status_code == 409
    # The unit finds its task on the desk and says what came of it.
    (item,) = [i for i in work.items(people.handler, now=NOW) if "会商议定事项" in i.title]
    assert (item.url, item.group) == (url("meeting", made.pk), "mine")
    task = JointTask.objects.get()
    client = as_(people.handler)
    assert "双方通报三月情况。" in text_of(client.get(url("meeting", made.pk)))
    finish = url("task_finish", made.pk, task.pk)
    assert client.post(finish, {"result": " "}).status_code == 409
    assert client.post(finish, {"result": "已更换开关，四月未再停电。"}).status_code == 302
    assert client.post(finish, {"result": "再报"}).status_code == 409
    assert not [i for i in work.items(people.handler, now=NOW) if "会商议定事项" in i.title]
    shown = text_of(as_(people.officer).get(url("meeting", made.pk)))
    for words in ("已更换开关，四月未再停电。", "12398及来信来访", "2018-03-01 至 2018-03-31"):
        assert words in shown, words
    assert "三月联席会商" in text_of(as_(people.officer).get(url("meetings")))
    trail = AuditEvent.objects.filter(kind__startswith="joint_").order_by("pk")
    assert list(trail.values_list("kind", flat=True)) == [
        "joint_meeting.prepare",
        "joint_meeting.decide",
        "joint_meeting.issue",
        "joint_task.finish",
    ]


def test_what_is_refused_stays_on_the_form(people, as_):
    client = as_(people.officer)
    wrong = client.post(url("meeting_new"), form(period_to="2018-02-01"))
    assert (wrong.status_code, "止日早于起日" in text_of(wrong)) == (409, True)
    assert client.post(url("meeting_new"), form(parties=[])).status_code == 422
    foreign = form(parties=[organisation("CSG-YN").pk])
    assert client.post(url("meeting_new"), foreign).status_code == 422
    made = prepared(client)
    early = decided(client, made, due="2018-04-02")
    assert (early.status_code, "完成期限早于会议日期" in text_of(early)) == (409, True)
    assert decided(client, made, unit="CSG-YN-KM").status_code == 422
    assert not JointTask.objects.exists()


PERSONAL = (
    "13877665544",
    "440102197001011234",
    "户号0301234567890",
    "投诉人李桂花",
    "李*反映",
    "138****5544",
    "李 桂 花",
    "WEB-0002",
)


@pytest.mark.parametrize("words", PERSONAL)
def test_nobody_is_named_to_those_at_the_table(people, as_, words):
    """Refused in every text, naming the field; what was written stays on the form."""
    received(number="WEB-0002", received_at=MARCH, nature="report", complainant_name="李桂花")
    client = as_(people.officer)
    for field, label in (("title", "会议名称"), ("agenda", "议程")):
        wrong = client.post(url("meeting_new"), form(**{field: f"会商 {words}"}))
        assert (wrong.status_code, f"“{label}”中有" in text_of(wrong)) == (409, True)
        assert words in text_of(wrong)
    made = prepared(client)
    values = {"organisation": organisation("CSG-GD-ZQ").pk, "due_on": "2018-04-20"}
    wrong = client.post(url("meeting_decide", made.pk), {**values, "text": f"答复 {words}"})
    assert (wrong.status_code, "“议定事项”中有" in text_of(wrong)) == (409, True)
    wrong = client.post(url("meeting_issue", made.pk), {"minutes": f"通报 {words}"})
    assert (wrong.status_code, "“会议纪要”中有" in text_of(wrong)) == (409, True)
    assert words in text_of(wrong)
    assert not JointTask.objects.exists()
    assert not JointMeeting.objects.filter(issued_at__isnull=False).exists()


def test_words_that_are_also_short_names_pass(people, as_):
    received(number="N1", received_at=MARCH, complainant_name="高峰")
    received(number="N2", received_at=MARCH, complainant_name="用户", complainant_phone="95598")
    client = as_(people.officer)
    client.post(url("meeting_new"), form(agenda="高峰时段用户诉求，12398与95598会商"))
    assert JointMeeting.objects.count() == 1
    wrong = client.post(url("meeting_new"), form(agenda="高峰反映停电"))
    assert (wrong.status_code, "“议程”中有" in text_of(wrong)) == (409, True)


def test_a_company_cannot_ask_by_its_answer_who_reported(people, as_):
    """A refusal for a name that only the office knows would tell it; a telephone is refused."""
    received(number="R1", received_at=MARCH, nature="report", complainant_name="李桂花")
    received(number="S1", received_at=MARCH, confidential=True, complainant_name="陈小明")
    received(number="N1", received_at=MARCH, complainant_name="赵大山")
    made = prepared(as_(people.officer))
    decided(as_(people.officer), made)
    as_(people.officer).post(url("meeting_issue", made.pk), {"minutes": "纪要"})
    finish = url("task_finish", made.pk, JointTask.objects.get().pk)
    client = as_(people.handler)
    for words in ("已联系13877665544。", "已向赵大山道歉。"):
        wrong = client.post(finish, {"result": words})
        assert (wrong.status_code, "“落实情况”中有" in text_of(wrong)) == (409, True)
    assert client.post(finish, {"result": "李桂花、陈小明、R1均已走访。"}).status_code == 302


def test_the_letter_has_no_words_in_its_subject_and_the_texts_are_sealed(people, as_):
    client = as_(people.officer)
    made = prepared(client)
    decided(client, made)
    client.post(url("meeting_issue", made.pk), {"minutes": "双方通报三月情况。"})
    subjects = {letter.subject for letter in Letter.objects.filter(kind="case.meeting")}
    assert subjects == {"联席会商纪要：2018-04-03"}
    with connection.cursor() as cursor:
        for column, table in (
            ("agenda", "complaints_jointmeeting"),
            ("minutes", "complaints_jointmeeting"),
            ("text", "complaints_jointtask"),
        ):
            cursor.execute(f"SELECT {column} FROM {table}")
            assert cursor.fetchone()[0].startswith(crypto.PREFIX), column


def test_others_neither_prepare_nor_report_for_a_unit(people, as_):
    made = prepared(as_(people.officer))
    decided(as_(people.officer), made)
    as_(people.officer).post(url("meeting_issue", made.pk), {"minutes": "纪要"})
    task = JointTask.objects.get()
    assert as_(people.desk).get(url("meeting_new")).status_code == 403
    # A neighbour of the unit sees nothing; the office reads, but does not report for the unit.
    assert as_(people.stranger).get(url("meeting", made.pk)).status_code == 404
    finish = url("task_finish", made.pk, task.pk)
    done = as_(people.officer).post(finish, {"result": "已办"})
    assert (done.status_code, "由责任单位填写" in text_of(done)) == (409, True)
    assert "还没有联席会商" in text_of(as_(people.stranger).get(url("meetings")))


def test_a_task_turns_late_after_its_day(people, as_):
    made = prepared(as_(people.officer))
    decided(as_(people.officer), made, due="2018-04-03")
    task = JointTask.objects.get()
    assert [task.lamp(date(2018, 4, day)) for day in (3, 4)] == ["ok", "late"]
    as_(people.officer).post(url("meeting_issue", made.pk), {"minutes": "纪要"})
    groups = [
        item.group
        for now in (NOW, NOW + timedelta(days=1))
        for item in work.items(people.handler, now=now)
    ]
    assert groups == ["due_today", "overdue"]


def test_what_was_prepared_in_error_is_struck_out_until_it_is_issued(people, as_):
    order(received_at=MARCH)
    client = as_(people.officer)
    made = prepared(client)
    decided(client, made)
    decided(client, made, due="2018-04-27")
    wrong, kept = JointTask.objects.all()
    strike = url("task_withdraw", made.pk, wrong.pk)
    assert strike in text_of(client.get(url("meeting", made.pk)))
    assert as_(people.desk).post(strike).status_code in {403, 404}
    client = as_(people.officer)
    assert client.post(strike).status_code == 302
    assert client.post(strike).status_code == 404
    assert list(JointTask.objects.all()) == [kept]
    give_up = url("meeting_discard", made.pk)
    assert client.post(give_up, {"reason": " "}).status_code == 409
    assert client.post(give_up, {"reason": "会期改到五月"}).status_code == 302
    assert not JointMeeting.objects.exists()
    event = AuditEvent.objects.get(kind="joint_meeting.discard")
    assert (event.reason, event.details["held_on"]) == ("会期改到五月", "2018-04-03")
    # What was issued is not given up.
    made = prepared(client)
    decided(client, made)
    client.post(url("meeting_issue", made.pk), {"minutes": "双方通报三月情况。"})
    assert client.post(url("meeting_discard", made.pk), {"reason": "误"}).status_code == 409
    task = JointTask.objects.get()
    assert client.post(url("task_withdraw", made.pk, task.pk)).status_code == 409
