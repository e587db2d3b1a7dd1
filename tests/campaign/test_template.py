"""Templates are read strictly; every fault is named with its place."""

from datetime import date, datetime
from pathlib import Path

import pytest
import yaml

from campaign import catalogue, template
from campaign.models import CampaignTemplate
from core.clock import ZONE

SOURCE = Path(catalogue.__file__).parent / "residential-2011.yaml"


@pytest.fixture(scope="module")
def text():
    return SOURCE.read_text(encoding="utf-8")


def faults(text):
    with pytest.raises(template.TemplateRefused) as caught:
        template.read_text(text)
    return [str(problem) for problem in caught.value.problems]


def test_the_catalogue_holds_what_the_plan_holds(text):
    content, _raw = template.read_text(text)
    kinds = [node.kind for node in content.objectives]
    assert (kinds.count("protection"), kinds.count("guarantee")) == (1, 4)
    assert kinds.count("implementation") == 6
    assert [(p.starts_on, p.ends_on) for p in content.phases] == [
        (date(2011, 10, 25), date(2011, 11, 30)),
        (date(2011, 12, 1), date(2012, 5, 31)),
        (date(2012, 6, 1), date(2012, 10, 31)),
        (date(2012, 11, 1), date(2012, 12, 31)),
    ]
    report = next(duty for duty in content.duties if duty.code == "kickoff-report")
    assert report.parts == (
        "leading_group",
        "demonstration_points",
        "implementation_plan",
        "service_commitments",
        "windows",
    )
    assert [p.name for p in content.principles] == ["民生优先", "依法监管", "因地制宜"]
    assert [g.kind for g in content.groups] == ["leading", "joint"]


def test_every_clause_named_stands_in_the_register(text):
    register = (Path(__file__).parents[2] / "docs" / "clauses.csv").read_text(encoding="utf-8")
    numbers = {line.split(",")[1] for line in register.splitlines()[1:] if "," in line}
    content, _raw = template.read_text(text)
    named = {c for duty in content.duties for c in duty.clauses}
    named |= {check.clause for phase in content.phases for check in phase.checks}
    assert named <= numbers


def test_what_is_stored_reads_back_the_same(text):
    content, raw = template.read_text(text)
    assert template.parse(raw) == content


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("kind: report\n    party: executors", "kind: essay\n    party: executors", "“essay”不在"),
        ("party: executors", "party: everybody", "“everybody”不在可选值之内"),
        ("date: 2011-11-25", "date: 2011-11-31", "due.date"),
        ("date: 2011-11-25", "date: 2011-10-01", "截止日期早于起始日期"),
        ("code: kickoff-report", "code: groups", "“groups”出现不止一次"),
        ("code: kickoff-report\n    phase: 1", "code: kickoff-report\n    phase: 7", "没有第7阶段"),
        ("objectives: [P3, I5.1]", "objectives: [P3, Z9]", "没有代码为“Z9”的目标任务"),
        ("starts_on: 2011-12-01", "starts_on: 2011-11-30", "与上一阶段的日期重叠"),
        ("letters_per_day: 1", "letters_per_day: 0", "至少为1"),
        ("letters_per_day: 1", "letters_per_day: many", "应为整数"),
        ("digest: true", "digest: perhaps", "应为true 或 false"),
        ("short_title: 会商方案", "nickname: 会商方案", "nickname"),
        ("principles:\n", "principles: none\nold_principles:\n", "应为列表"),
    ],
)
def test_a_fault_is_named_with_its_place(text, old, new, expected):
    assert old in text
    found = faults(text.replace(old, new, 1))
    assert any(expected in fault for fault in found), found


def test_places_carry_the_line_and_all_faults_come_at_once(text):
    broken = text.replace("date: 2011-11-25", "date: 2011-11-31", 1)
    broken = broken.replace("digest: true", "digest: perhaps", 1)
    line = broken[: broken.index("2011-11-31")].count("\n") + 1
    found = faults(broken)
    assert len(found) == 2
    assert f"duties[5].due.date（第 {line} 行）" in found[0]


@pytest.mark.parametrize("text", ["", "[]", "a: [", "a: 1\na: 2", "\x00", "? [1]\n: 2", "一"])
def test_what_is_no_template_at_all_is_refused_in_chinese(text):
    assert faults(text)


@pytest.mark.django_db
def test_loading_twice_changes_nothing_and_leaves_edits_alone():
    now = datetime(2011, 10, 25, 9, tzinfo=ZONE)
    catalogue.load(now=now)
    CampaignTemplate.objects.update(name="改过的名称")
    catalogue.load(now=now)
    assert {one.name for one in CampaignTemplate.objects.all()} == {"改过的名称"}


@pytest.mark.django_db
def test_the_version_in_force_is_the_last_one_begun():
    data = yaml.safe_load(SOURCE.read_text(encoding="utf-8"))
    content = template.plain(data)
    for version, day in ((1, date(2011, 10, 25)), (2, date(2012, 3, 1))):
        CampaignTemplate.objects.create(
            code="t", version=version, name=f"v{version}", content=content, valid_from=day
        )
    in_force = CampaignTemplate.objects.in_force
    assert [t.version for t in in_force(on=date(2012, 2, 1))] == [1]
    assert [t.version for t in in_force(on=date(2012, 3, 1))] == [2]
    assert not in_force(on=date(2011, 1, 1)).exists()
