"""Trial evaluation of chosen units, and improvement tasks from set to checked."""

from datetime import date

import pytest
from django.urls import reverse

from core import clock
from core.periods import Period
from reporting import work
from reporting.models import Evaluation, ImprovementTask
from reporting.services import indicators as services
from tests.factories import accounts
from tests.factories.complaints import at, received

pytestmark = pytest.mark.django_db
NOW = at("2018-03-05 09:00")
WEIGHTS = {"D1": 10, "D2": 20, "D3": 10, "D4": 40, "D5": 10, "D6": 5, "D7": 5}


@pytest.fixture(autouse=True)
def monday():
    with clock.standing_at(NOW):
        yield


def unhappy(unit, count):
    """Complaints about conduct that left people not content."""
    for _number in range(count):
        received(
            source="95598",
            owner="CSG-GD",
            channel="phone_95598",
            organisation=unit,
            category="staff_attitude",
            received_at=at("2018-02-10 09:00"),
            state="closed",
            closed_at=at("2018-02-20 09:00"),
            outcome="substantiated",
            satisfaction="not_content",
            now=NOW,
        )


def desk(person):
    return [one.title for one in work.items(person, now=NOW)]


@pytest.mark.clause("S1-2.2.4c")
@pytest.mark.clause("S1-2.2.4e")
def test_chosen_units_are_evaluated_and_their_weak_points_mended(client, catalogues):
    """Zhaoqing 10 complaints about conduct (80 of 100), Foshan none; weak points become a task."""
    unhappy("CSG-GD-ZQ", 10)
    services.compute(Period(date(2018, 2, 1), date(2018, 2, 28)), now=NOW)
    client.force_login(accounts.member("SERC-NF", "regulator_officer"))
    form = {"title": "综合评价试点", "period": "2018-02", "units": ["CSG-GD-ZQ", "CSG-GD-FS"]}
    begin = reverse("reporting:evaluation_begin")
    assert client.post(begin, form | WEIGHTS | {"D7": 6}).status_code == 409
    client.post(begin, form | WEIGHTS)
    evaluation = Evaluation.objects.get()
    page = reverse("reporting:evaluation", args=[evaluation.pk])
    found = client.get(page)
    first, second = found.context["cards"]
    assert (first["name"], first["rank"], first["dimensions"]["D2"]) == ("佛山供电局", 1, "100.0")
    # D2: 80 × 10 and 100 × 10 of 20; D4 (not one of ten content): 0.
    assert (second["name"], second["rank"], second["dimensions"]["D2"]) == ("肇庆供电局", 2, "90.0")
    assert second["dimensions"]["D4"] == "0.0"
    # No emergency plan was filed: D5 is 0. 90 × 20, 0 × 40 and 0 × 10 of 70.
    assert second["dimensions"]["D5"] == "0.0"
    assert second["total"] == "25.7"
    weak = [(one["unit"], one["indicator"]) for one in found.context["weak"]]
    assert sorted(weak) == [
        ("佛山供电局", "emergency_plans_filed"),
        ("肇庆供电局", "emergency_plans_filed"),
        ("肇庆供电局", "satisfaction_95598"),
    ]
    bureau = accounts.member("CSG-GD-ZQ", "company_lead")
    officer = accounts.member("SERC-NF", "regulator_officer")
    client.force_login(bureau)
    assert client.get(page).status_code == 404
    client.force_login(officer)
    conclude = reverse("reporting:conclude", args=[evaluation.pk])
    client.post(conclude, {"conclusion": "服务行为需要改进。"})
    assert client.post(conclude, {"conclusion": "再次"}).status_code == 409
    task = {
        "unit": "CSG-GD-ZQ",
        "indicator": "satisfaction_95598",
        "problem": "投诉处理满意率低",
        "demand": "满意率提高到90%以上",
        "due_on": "2018-06-30",
        "evaluation": str(evaluation.pk),
    }
    client.post(reverse("reporting:improvement_set"), task)
    made = ImprovementTask.objects.get()
    assert (made.evaluation, made.value.value) == (evaluation, 0)
    assert "改进任务：投诉处理满意率低" in desk(bureau)
    client.force_login(bureau)
    own = client.get(page)
    # A unit reads its own results, frozen as they were concluded.
    assert [one["name"] for one in own.context["cards"]] == ["肇庆供电局"]
    assert "服务行为需要改进。" in own.content.decode()
    told = reverse("reporting:improvement_report", args=[made.pk])
    client.post(told, {"measure": "培训窗口人员，逐件回访。", "result": "", "done": ""})
    assert client.post(told, {"measure": "培训", "result": "", "done": "1"}).status_code == 409
    client.post(told, {"measure": "培训", "result": "三月满意率95%。", "done": "1"})
    assert "待核查：投诉处理满意率低" in desk(officer)
    check = reverse("reporting:improvement_check", args=[made.pk])
    assert client.post(check, {"passed": "1", "opinion": "好"}).status_code == 403
    client.force_login(officer)
    client.post(check, {"passed": "0", "opinion": "请补充回访记录。"})
    made.refresh_from_db()
    assert (made.state, made.opinion) == ("set", "请补充回访记录。")
    client.force_login(bureau)
    client.post(told, {"measure": "培训", "result": "已补充。", "done": "1"})
    client.force_login(officer)
    client.post(check, {"passed": "1", "opinion": "情况属实。"})
    made.refresh_from_db()
    assert (made.state, made.checked_by) == ("checked", officer)
    assert client.post(check, {"passed": "1", "opinion": "再次"}).status_code == 409


def test_tasks_are_set_within_the_territory_and_seen_by_their_unit(client, catalogues):
    client.force_login(accounts.member("SERC-YN", "regulator_officer"))
    task = {
        "unit": "CSG-GD-ZQ",
        "indicator": "satisfaction_95598",
        "problem": "低",
        "demand": "提高",
        "due_on": "2018-06-30",
    }
    assert client.post(reverse("reporting:improvement_set"), task).status_code == 422
    late = {**task, "unit": "CSG-YN", "due_on": "2018-03-04"}
    assert client.post(reverse("reporting:improvement_set"), late).status_code == 409
    client.post(reverse("reporting:improvement_set"), {**late, "due_on": "2018-03-05"})
    made = ImprovementTask.objects.get()
    page = reverse("reporting:improvement", args=[made.pk])
    for home, status in (("CSG-YN", 200), ("CSG-GD", 404)):
        client.force_login(accounts.member(home, "company_filer"))
        assert client.get(page).status_code == status


def test_nothing_is_concluded_about_nothing_and_a_double_click_makes_one(client, catalogues):
    client.force_login(accounts.member("SERC-NF", "regulator_officer"))
    form = {"title": "试点", "period": "2018-02", "units": ["CSG-GD-ZQ", "CSG-GD-FS"]} | WEIGHTS
    begin = reverse("reporting:evaluation_begin")
    assert [client.post(begin, form).status_code for _n in range(2)] == [302, 302]
    evaluation = Evaluation.objects.get()
    # Not one value was computed: there is nothing to give an opinion on.
    conclude = reverse("reporting:conclude", args=[evaluation.pk])
    assert client.post(conclude, {"conclusion": "很好"}).status_code == 409
    task = {
        "unit": "CSG-GD-ZQ",
        "indicator": "satisfaction_95598",
        "problem": "投诉处理满意率低",
        "demand": "满意率提高到90%以上",
        "due_on": "2018-06-30",
    }
    set_ = reverse("reporting:improvement_set")
    assert [client.post(set_, task).status_code for _n in range(2)] == [302, 302]
    assert ImprovementTask.objects.count() == 1
