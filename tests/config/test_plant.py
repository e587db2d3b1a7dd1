"""``manage.py plant``: an empty database filled in bulk, begun again where it stopped."""

import io
from collections import Counter
from datetime import date, datetime

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Organisation, User
from complaints import invariants
from complaints.models import Case, CaseEvent
from config.planting import cases
from config.planting.scales import SCALES
from core import clock
from core.models import AuditEvent
from tests.factories import accounts

pytestmark = pytest.mark.django_db
ASKED = {"scale": "small", "date": "2018-03-05", "seed": 7, "cases": 200}


def plant(**more):
    out = io.StringIO()
    call_command(
        "plant", *[f"--{k}={v}" for k, v in (ASKED | more).items()], stdout=out, stderr=out
    )
    return out.getvalue()


def test_an_interrupted_planting_goes_on_and_ends_as_if_it_never_stopped(catalogues, monkeypatch):
    real, done = cases.Planter.plant, []

    def until_the_power_fails(self, chunk):
        if len(done) == 3:
            raise KeyboardInterrupt
        done.append(chunk)
        return real(self, chunk)

    monkeypatch.setattr(cases.Planter, "plant", until_the_power_fails)
    # So few cases in a year leave hardly one open at its end.
    monkeypatch.setattr(cases, "OPEN_DAYS", 60)
    with pytest.raises(KeyboardInterrupt):
        plant()
    # Each company's 100 cases: 98 by 95598, 2 by 12398.
    assert Case.objects.count() == 98 + 2 + 98
    monkeypatch.setattr(cases.Planter, "plant", real)
    said = plant()
    assert "继续上次未完成的生成" in said
    assert "诉求 200/200" in said
    assert "网格经理" in said
    assert Counter(Case.objects.values_list("source", flat=True)) == {"95598": 196, "12398": 4}
    assert Counter(Case.objects.values_list("owner__code", flat=True)) == {
        "CSG-GD": 98,
        "CSG-GX": 98,
        "SERC-NF": 4,
    }
    assert Organisation.objects.filter(code__contains="-P0").count() == 10
    # Two for each bureau, each company and the office.
    assert User.objects.count() == 20 + 4 + 2
    as_services_leave_them()
    as_the_seed_says()
    with pytest.raises(CommandError, match="生成完毕"):
        plant()
    with pytest.raises(CommandError, match="其他参数"):
        plant(seed=8)


def as_services_leave_them():
    """Timelines, clocks and deadlines hold together; somebody handed the newest cases on."""
    for check in (
        invariants.earliest_deadline,
        invariants.timelines_whole,
        invariants.done_is_silent,
        invariants.reports_kept_apart,
    ):
        assert check() == []
    assert AuditEvent.objects.filter(kind="case.receive").count() == 200
    assert CaseEvent.objects.filter(kind="dispatch").exists()
    assert Case.objects.filter(state="handling", responsible__isnull=False).exists()
    assert Case.objects.filter(state="closed").count() > 150
    assert not Case.objects.filter(phone_index="").exists()


def as_the_seed_says():
    """What was written around the interruption is what the seed makes; another seed differs."""
    end = datetime(2018, 3, 5, 9, 30, tzinfo=clock.ZONE)
    (chunk, *_rest) = cases.chunks(SCALES["small"], cases=200, day=date(2018, 3, 5))
    wanted = list(cases.Planter(7, end).records(chunk))
    assert list(cases.Planter(8, end).records(chunk)) != wanted
    stored = Case.objects.filter(owner__code=chunk.owner).order_by("number")
    assert [case.digest for case in stored] == [one.digest("95598") for one in wanted]


def test_what_somebody_uses_is_left_alone(catalogues):
    accounts.member("SERC-NF", "regulator_officer")
    with pytest.raises(CommandError, match="只能在空数据库上"):
        plant()
    assert not Case.objects.exists()


def test_fewer_cases_than_bureaus_make_no_sense(catalogues):
    with pytest.raises(CommandError, match="不能少于供电局个数（10）"):
        plant(cases=3)
