"""Quality of archives: accuracy by rule and by sample, problems, fix tasks, risks with trend."""

import hashlib
import io
from dataclasses import replace
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import load_workbook

from core import clock
from core.models import Letter
from core.sheets import writer
from grids.models import (
    AccuracySample,
    ArchiveRecord,
    DataProblem,
    FixTask,
    ProblemEnd,
    QualityCheck,
)
from grids.services import quality
from grids.sharing import quality as rules
from tests.factories import grids
from tests.factories.accounts import member, organisation
from tests.factories.business import at, filer, lead
from tests.reading import text_of

pytestmark = pytest.mark.usefixtures("catalogues", "kickoff_eve")
COLUMNS = [
    "档案编号",
    "户号",
    "户名",
    "联系电话",
    "用电地址",
    "台区编号",
    "电力网格编号",
    "核对日期",
]
EAST, WEST = "四会市东城社区光明路1号", "四会市城西社区和平路2号"


def line(number, account, name="岑水清", phone="13800001234", place=EAST, area="T001", **more):
    day = more.get("day", "2011-11-01")
    values = (number, account, name, phone, place, area, more.get("grid", "SH-01"), day)
    return dict(zip(COLUMNS, values, strict=True))


def lines():
    """Of six archives each but the first has its own fault; the fourth has the first's account."""
    return [
        line("A1", "75800000001"),
        line("A2", "75800000002", phone="138000"),
        line("A3", "75800000003", name="", phone=""),
        line("A4", "75800000001", name="覃永年"),
        line("A5", "75800000005", place=WEST, area="T002"),
        line("A6", "75800000006", day="2010-11-01"),
    ]


def ground():
    grids.area(grid=grids.grid())
    west = grids.grid("SH-02", "城西网格", places=("城西社区",))
    grids.area("T002", "城西1号台区", grid=west)


def bring(client, rows):
    content = writer.write([(name, name) for name in COLUMNS], rows, sheet="Sheet1")
    upload = SimpleUploadedFile("dangan.xlsx", content)
    said = {"organisation": organisation(grids.ENTERPRISE).pk, "upload": upload}
    return client.post(reverse("grids:archive_import"), said)


def looked(client, who=None):
    client.force_login(who or filer())
    said = {"unit": organisation(grids.ENTERPRISE).pk}
    return client.post(reverse("grids:quality_check"), said)


@pytest.mark.clause("S2-5.5.1c", "S2-5.5.2a", "S2-5.5.2b")
def test_archives_are_checked_mended_and_proved(client, monkeypatch):
    ground()
    client.force_login(filer())
    refused = bring(client, [line("A1", "1"), line("A2", "2", area="T009", day="2011-12-01")])
    assert refused.status_code == 422
    assert "H3" in text_of(refused)
    assert not ArchiveRecord.objects.exists()
    assert bring(client, lines()).status_code == 302
    assert looked(client).status_code == 302
    check = QualityCheck.objects.get()
    # By hand: six archives, [looked at, passed].
    assert check.results == {
        "missing": [24, 22],
        "phone_wrong": [5, 4],
        "phone_repeated": [5, 5],
        "duplicate_account": [6, 4],
        "wrong_grid": [6, 5],
        "stale": [6, 5],
    }
    found = DataProblem.objects.order_by("record__number", "rule", "field")
    assert [(one.record.number, one.rule, one.field) for one in found] == [
        ("A1", "duplicate_account", "account_no"),
        ("A2", "phone_wrong", "phone"),
        ("A3", "missing", "name"),
        ("A3", "missing", "phone"),
        ("A4", "duplicate_account", "account_no"),
        ("A5", "wrong_grid", "power_grid"),
        ("A6", "stale", "checked_on"),
    ]
    page = client.get(reverse("grids:quality"))
    text = text_of(page)
    assert "83.33%" in text  # wrong_grid and stale: 5 of 6
    assert "80.00%" in text  # phone_wrong: 4 of 5
    assert "岑水清" not in text
    links = page.content.decode().replace("&amp;", "&")
    for asked, count in (
        ("view=open&rule=phone_wrong&unit=CSG-GD-ZQ-SH", 1),
        ("since=2011-11-01&until=2011-11-24", 7),
        ("standing=2011-11-24", 7),
        ("standing=2011-10-31", 0),
    ):
        assert f"/archives/problems/?{asked}" in links, asked
        book = load_workbook(io.BytesIO(client.get(f"/archives/problems.xlsx?{asked}").content))
        rows = [one for one in book.active.iter_rows(min_row=2) if one[0].value]
        assert len(rows) == count, asked
    _mend(client)
    # The second check finds nothing new, and what was mended stays closed.
    assert looked(client).status_code == 302
    assert QualityCheck.objects.first().opened == 0
    page = client.get(reverse("grids:quality")).content.decode().replace("&amp;", "&")
    assert "closed_since=2011-11-01&closed_until=2011-11-24" in page
    assert DataProblem.objects.filter(closed_at__isnull=True).count() == 6
    _end_a_rule(client, monkeypatch)


def _end_a_rule(client, monkeypatch):
    """What is open under a rule that ends is ended with it, and nowhere said to be mended."""
    said = {"unit": organisation(grids.STATION).pk, "rule": "duplicate_account"}
    assert client.post(reverse("grids:fix_issue"), said).status_code == 302
    until = {"duplicate_account": date(2011, 12, 9)}
    ended = [replace(one, valid_until=until.get(one.code)) for one in rules._all()]
    monkeypatch.setattr(rules, "_all", lambda: ended)
    quality.end_of_rules(now=at("12-09 23:00"))
    assert not ProblemEnd.objects.exists()
    for _time in range(2):
        quality.end_of_rules(now=at("12-10 00:30"))
    assert {one.reason for one in ProblemEnd.objects.all()} == {
        "规则“户号重复”执行至2011-12-09，已停用"
    }
    task = FixTask.objects.get(rule="duplicate_account")
    assert (task.state, task.problems.filter(end__isnull=False).count()) == ("closed", 2)
    kinds = Letter.objects.filter(key__startswith=f"fix-task-{task.pk}-", recipient_id=filer().pk)
    assert {one.kind for one in kinds} == {"archive.ended"}
    with clock.standing_at(at("12-10 09:00")):
        shown = {
            view: text_of(client.get(f"/archives/problems/?view={view}&rule=duplicate_account"))
            for view in ("open", "closed", "ended")
        }
        assert ("A4" in shown["ended"], "执行至2011-12-09" in shown["ended"]) == (True, True)
        assert not [view for view in ("open", "closed") if "A4" in shown[view]]
        assert "规则停用" in text_of(client.get(reverse("grids:fix_task", args=[task.pk])))
        months = client.get(reverse("grids:quality")).context["months"]
        # The phone was mended in November, the rule ended in December.
        assert [(one.closed, one.ended) for one in months][-2:] == [(1, 0), (0, 2)]


def _mend(client):
    """The phone goes to the station as a task, and is closed by passing the rule only."""
    station = organisation(grids.STATION)
    said = {"unit": station.pk, "rule": "phone_wrong"}
    assert client.post(reverse("grids:fix_issue"), said).status_code == 302
    assert client.post(reverse("grids:fix_issue"), said).status_code == 409
    task = FixTask.objects.get()
    # Ten working days after Thursday the 24th.
    assert task.due_at == at("12-08 23:59").replace(second=59)
    manager = member(grids.STATION, "grid_manager")
    quality.remind(now=at("12-07 10:00"))
    quality.remind(now=at("12-07 11:00"))
    quality.remind(now=at("12-09 08:00"))
    told = Letter.objects.filter(recipient_id=manager.pk, kind__startswith="archive").order_by("pk")
    assert [one.kind for one in told] == ["archive.near", "archive.late"]
    client.force_login(manager)
    with clock.standing_at(at("12-09 08:00")):
        assert "逾期" in text_of(client.get(reverse("grids:fix_task", args=[task.pk])))
        assert "档案治理：电话错误" in text_of(client.get("/"))
    recheck = reverse("grids:fix_recheck", args=[task.pk])
    assert client.post(recheck).status_code == 302
    task.refresh_from_db()
    assert (task.state, task.problems.filter(closed_at=None).count()) == ("open", 1)
    record = ArchiveRecord.objects.get(number="A2")
    change = reverse("grids:archive_change", args=[record.pk])
    wrong = client.post(change, {"phone": "13812345678", "power_grid": "SH-99"})
    assert wrong.status_code == 422
    said = {"phone": "13812345678", "power_grid": "SH-01", "transformer_area": "T001"}
    client.post(change, said)
    client.post(recheck)
    task.refresh_from_db()
    # 12345678 within it is nobody's number.
    assert task.state == "open"
    client.post(change, {**said, "phone": "13826170953"})
    client.post(recheck)
    task.refresh_from_db()
    assert (task.state, task.problems.filter(closed_at=None).count()) == ("closed", 0)
    record.refresh_from_db()
    assert (record.name, record.phone) == ("岑水清", "13826170953")
    assert Letter.objects.filter(kind="archive.fixed", recipient_id=filer().pk).exists()
    assert client.post(recheck).status_code == 409


@pytest.mark.clause("S2-5.5.1c")
def test_a_sample_is_drawn_by_its_seed_and_judged_by_a_person(client):
    ground()
    client.force_login(filer())
    assert bring(client, lines()).status_code == 302
    said = {"organisation": organisation(grids.ENTERPRISE).pk, "size": "2", "seed": "2011-11"}
    said["fields_"] = ["name", "phone"]
    url = reverse("grids:samples")
    assert client.post(url, {**said, "size": "7"}).status_code == 409
    assert client.post(url, said).status_code == 302
    assert client.post(url, said).status_code == 409
    # Without a seed one is drawn: the same form sent again draws no second sample.
    page = client.get(url)
    unseeded = {**said, "seed": "", "client_id": page.context["form"]["client_id"].value()}
    assert f'value="{unseeded["client_id"]}"' in page.content.decode()
    for _time in range(2):
        assert client.post(url, unseeded).status_code == 302
    assert AccuracySample.objects.exclude(seed="2011-11").count() == 1
    sample = AccuracySample.objects.get(seed="2011-11")
    numbers = [f"A{n}" for n in range(1, 7)]
    drawn = sorted(numbers, key=lambda n: hashlib.sha256(f"2011-11:{n}".encode()).hexdigest())[:2]
    items = list(sample.items.order_by("position"))
    assert [one.record.number for one in items] == drawn
    assert (sample.population, sample.digest) == (
        *(6, hashlib.sha256("\n".join(numbers).encode()).hexdigest()),
    )
    judge = [reverse("grids:sample_judge", args=[one.pk]) for one in items]
    client.force_login(lead())
    assert client.post(judge[0], {"name": "right"}).status_code == 422
    assert client.post(judge[0], {"name": "right", "phone": "wrong"}).status_code == 302
    assert client.post(judge[0], {"name": "right", "phone": "right"}).status_code == 409
    assert client.post(judge[1], {"name": "right", "phone": "right"}).status_code == 302
    page = text_of(client.get(reverse("grids:sample", args=[sample.pk])))
    for words in ("50.00%", "1/2", "100.00%", "2/2", "75.00%", "3/4"):
        assert words in page, words
    wrong = client.get(
        reverse("grids:sample", args=[sample.pk]), {"field": "phone", "answer": "wrong"}
    )
    assert drawn[0] in text_of(wrong)
    assert f"2. {drawn[1]}" not in text_of(wrong)
    assert "75.00%" in text_of(client.get(url))
