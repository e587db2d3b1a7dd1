"""Kinds of hazards and special groups, and checklists, get further versions on pages, by two."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from campaign.models import Checklist
from core import clock
from core.models import AuditEvent
from grids import special_terms
from grids.models import HazardTerm, SpecialKind
from reporting.models import DefinitionChange
from tests.factories import accounts
from tests.reading import text_of

pytestmark = pytest.mark.usefixtures("catalogues", "kickoff_eve")
SOON = date(2011, 12, 1)
GIVEN = {"valid_from": str(SOON), "reason": "按新规定", "valid_until": ""}


class Two:
    """Two people who maintain rules; whoever drafts asks the other."""

    def __init__(self):
        people = [accounts.member("NEA-ROOT", "regulator_lead", name=name) for name in "甲乙"]
        self.first, self.second = Client(), Client()
        for client, person in zip((self.first, self.second), people, strict=True):
            client.force_login(person)

    def post(self, subject, code="", /, **said):
        door = reverse(
            f"reporting:catalogue_{'revise' if code else 'new'}",
            args=[subject, code] if code else [subject],
        )
        return self.first.post(door, {"act": "save", **GIVEN, **said})

    def lay(self, subject, code="", /, **said):
        answer = self.post(subject, code, **said)
        assert answer.status_code == 302, text_of(answer)[-1500:]
        return DefinitionChange.objects.get(state="waiting")

    def adopt(self, change, *, by=None):
        door = reverse("reporting:definition_adopt", args=[change.pk])
        return (by or self.second).post(door)


@pytest.fixture
def two():
    return Two()


def kind(code, day):
    return HazardTerm.objects.kinds(on=day).filter(code=code).get()


@pytest.mark.clause("S2-4.2.2a")
def test_a_kind_of_hazards_says_something_else_from_the_day_that_another_person_adopted(two):
    base = kind("equipment", SOON)
    said = {"title": "供电设施隐患", "group": "hazard", "joint": "on", "note": base.note}
    said["seen"] = base.pk
    seen = two.first.post(
        reverse("reporting:catalogue_revise", args=["hazard_kind", "equipment"]), {**GIVEN, **said}
    )
    assert [str(one.label) for one in seen.context["preview"]] == ["名称", "共同治理"]
    same = {**said, "title": base.title, "joint": ""}
    assert "没有改动" in text_of(two.post("hazard_kind", "equipment", **same))
    change = two.lay("hazard_kind", "equipment", **said)
    assert kind("equipment", SOON) == base
    assert "待核准" in text_of(two.first.get(reverse("reporting:catalogues")))
    assert two.adopt(change, by=two.first).status_code == 409
    assert two.adopt(change).status_code == 302
    assert kind("equipment", SOON - timedelta(days=1)) == base
    made = kind("equipment", SOON)
    assert (made.title, made.joint, made.position) == ("供电设施隐患", True, base.position)
    assert AuditEvent.objects.get(kind="hazardterm.revise").details["changes"] == {
        "title": ["供电设施缺陷", "供电设施隐患"],
        "joint": ["False", "True"],
    }
    # A new kind; a code of nonsense, one that is known, and a day that has come are refused.
    new = {"title": "光伏倒送", "group": "quality", "note": "", "seen": 0}
    assert two.post("hazard_kind", **new, code="光伏").status_code == 409
    assert two.post("hazard_kind", **new, code="equipment").status_code == 409
    assert two.adopt(two.lay("hazard_kind", **new, code="solar")).status_code == 302
    assert kind("solar", SOON).get_group_display() == "供电质量"
    more = {**new, "title": "光伏", "seen": kind("solar", SOON).pk, "valid_from": "2011-12-05"}
    late = two.lay("hazard_kind", "solar", **more)
    with clock.standing_at(clock.at(date(2011, 12, 6))):
        assert "须晚于今天" in text_of(two.adopt(late))


@pytest.mark.clause("S2-5.8a")
def test_a_kind_of_special_groups_needs_a_guardian_from_a_day_on(two):
    said = {"title": "独居老人", "guardian": "on", "seen": 0}
    assert two.adopt(two.lay("special_kind", "alone", **said)).status_code == 302
    today = SOON - timedelta(days=1)
    for day, guardian in ((today, False), (SOON, True)):
        assert special_terms.term("kinds", "alone", on=day).guardian is guardian
    # The next version follows the one of the table; a kind may end; its title stays readable.
    base = SpecialKind.objects.get()
    more = {"title": "独居老年人", "seen": base.pk, "valid_from": "2011-12-10"}
    change = two.lay("special_kind", "alone", **more, valid_until="2011-12-20")
    assert two.adopt(change).status_code == 302
    found = special_terms.term("kinds", "alone", on=date(2011, 12, 9))
    assert (found.title, found.guardian) == ("独居老人", True)
    assert special_terms.term("kinds", "alone", on=date(2011, 12, 21)) is None
    assert special_terms.title("kinds", "alone") == "独居老年人"
    codes = [code for code, _title in special_terms.choices("kinds", on=SOON)]
    assert sorted(codes) == sorted(set(codes))
    assert len(codes) == 7


@pytest.mark.clause("S1-1.1.2a")
def test_a_checklist_gets_other_items_and_every_wrong_line_is_named(two):
    base = Checklist.objects.get(code="residential-2011")
    page = two.first.get(reverse("reporting:catalogue_revise", args=["checklist", base.code]))
    lines = page.context["form"]["items"].value().splitlines()
    assert len(lines) == base.items.count()
    said = {"title": base.title, "note": base.note, "seen": base.pk}
    wrong = [lines[0], lines[0], "一 | 二", lines[1].replace("|", "| nothing-1,", 3)]
    told = text_of(two.post("checklist", base.code, **said, items="\n".join(wrong)))
    for words in ("第2行：序号", "第3行：应当有7栏", "第4行："):
        assert words in told
    first = lines[0].split(" | ")
    other = " | ".join([*first[:4], "抽查抢修到达时间", *first[5:6], "30"])
    change = two.lay("checklist", base.code, **said, items="\n".join([other, *lines[1:]]))
    shown = text_of(two.second.get(reverse("reporting:definition_change", args=[change.pk])))
    assert "抽查抢修到达时间" in shown
    assert two.adopt(change).status_code == 302
    (old,) = Checklist.objects.in_force(on=SOON - timedelta(days=1)).filter(code=base.code)
    (new,) = Checklist.objects.in_force(on=SOON).filter(code=base.code)
    assert old == base
    item = new.items.first()
    assert (item.content, item.sample_size) == ("抽查抢修到达时间", 30)
    assert new.items.count() == len(lines)
    assert base.items.filter(content="抽查抢修到达时间").count() == 0


def test_only_those_who_maintain_rules_open_the_pages(two, client):
    client.force_login(accounts.member("CSG-GD", "company_lead"))
    assert client.get(reverse("reporting:catalogues")).status_code == 403
    assert two.first.get(reverse("reporting:catalogue_new", args=["checklist"])).status_code == 404
    gone = reverse("reporting:catalogue_revise", args=["hazard_kind", "moon"])
    assert two.first.get(gone).status_code == 404
