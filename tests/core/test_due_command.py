"""``manage.py due``: ten thousand deadlines at once, and nothing at all when one line is bad."""

import json
import os
import subprocess
import sys
from datetime import date
from io import StringIO

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from core.calendars import load_calendars
from core.clock import at
from tests.core.deadline_oracle import random_lines

GOOD = {
    "id": "A1",
    "start": "2011-09-28T09:00:00+08:00",
    "allowance": {"value": 7, "unit": "working_days"},
}


@pytest.fixture
def calendars(db):
    load_calendars(now=at(date(2011, 11, 24)))


@pytest.fixture
def batch(tmp_path):
    """Run the command on lines; gives what it printed, one object per line."""

    def run(*lines):
        path = tmp_path / "batch.ndjson"
        texts = [line if isinstance(line, str) else json.dumps(line) for line in lines]
        path.write_text("\n".join(texts) + "\n", encoding="utf-8")
        out = StringIO()
        call_command("due", batch=str(path), stdout=out)
        return [json.loads(text) for text in out.getvalue().splitlines()]

    return run


def test_ten_thousand_random_deadlines_equal_the_oracle(calendars, batch):
    lines = random_lines(10_000, seed=2012)
    answers = batch(*(line for line, _expected in lines))
    assert len(answers) == 10_000
    wrong = [
        (line, answer["due_at"], expected)
        for (line, expected), answer in zip(lines, answers, strict=True)
        if answer["due_at"] != expected or answer["provisional"] or answer["id"] != line["id"]
    ]
    assert wrong == []


def test_an_answer_holds_deadline_certainty_and_explanation(calendars, batch):
    (answer,) = batch(GOOD)
    assert list(answer) == ["id", "due_at", "provisional", "explanation"]
    assert answer["id"] == "A1"
    assert answer["due_at"] == "2011-10-12T23:59:59+08:00"
    assert answer["provisional"] is False
    assert {"text": "时限", "value": "7", "source": ""} in answer["explanation"]


def test_a_date_in_2027_is_provisional_and_says_so(calendars, batch):
    (answer,) = batch({**GOOD, "start": "2026-12-30T09:00:00+08:00"})
    assert answer["due_at"] == "2027-01-11T23:59:59+08:00"
    assert answer["provisional"] is True
    assert any("待确认" in line["text"] for line in answer["explanation"])


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"extension": 2}, "2011-10-14"),
        ({"extension": {"value": 2}}, "2011-10-14"),
        ({"extension": {"value": 2, "unit": "working_days", "document": "函1号"}}, "2011-10-14"),
        ({"extension": [1, {"value": 1, "unit": "working_days"}]}, "2011-10-14"),
        ({"extension": None, "pauses": None}, "2011-10-12"),
        (
            {"pauses": [{"from": "2011-10-10T08:00:00+08:00", "to": "2011-10-11T01:00:00+08:00"}]},
            "2011-10-13",
        ),
        ({"allowance": {"value": 3, "unit": "calendar_days"}}, "2011-10-08"),
        ({"allowance": {"value": 3, "unit": "calendar_days"}, "roll": False}, "2011-10-01"),
        ({"allowance": {"value": 3, "unit": "calendar_days", "roll": False}}, "2011-10-01"),
    ],
)
def test_every_way_to_write_a_line(calendars, batch, more, expected):
    (answer,) = batch({**GOOD, **more})
    assert answer["due_at"] == f"{expected}T23:59:59+08:00"


BAD = [
    ("{", "不是有效的 JSON"),
    ("[1]", "应为 JSON 对象"),
    ("[" * 100_000, "不是有效的 JSON"),
    ({**GOOD, "id": None}, "缺少 id"),
    ({**GOOD, "id": {}}, "缺少 id"),
    ({"id": 1, "allowance": GOOD["allowance"]}, "缺少 start"),
    ({**GOOD, "start": "2011-09-28 上午"}, "ISO 8601"),
    ({**GOOD, "start": 20110928}, "ISO 8601"),
    ({**GOOD, "start": "2011-02-29T09:00:00+08:00"}, "ISO 8601"),
    ({**GOOD, "start": "2011-09-28T09:00:00"}, "时区偏移"),
    ({"id": 1, "start": GOOD["start"]}, "缺少 allowance"),
    ({**GOOD, "allowance": 7}, "value 和 unit"),
    ({**GOOD, "allowance": {"value": 7}}, "缺少 unit"),
    ({**GOOD, "allowance": {"unit": "hours"}}, "缺少 value"),
    ({**GOOD, "allowance": {"value": 7, "unit": "weeks"}}, "单位"),
    ({**GOOD, "allowance": {"value": 7, "unit": []}}, "单位"),
    ({**GOOD, "allowance": {"value": "7", "unit": "hours"}}, "数字"),
    ({**GOOD, "allowance": {"value": -7, "unit": "hours"}}, "负数"),
    ({**GOOD, "allowance": {"value": 0.5, "unit": "working_days"}}, "整数"),
    ({**GOOD, "allowance": {"value": 10**400, "unit": "hours"}}, "第1行"),
    ({**GOOD, "pauses": {}}, "pauses 应为数组"),
    ({**GOOD, "pauses": [1]}, "from 和 to"),
    ({**GOOD, "pauses": [{"from": GOOD["start"]}]}, "缺少 to"),
    (
        {**GOOD, "pauses": [{"from": GOOD["start"], "to": "2011-09-01T00:00:00+08:00"}]},
        "早于",
    ),
    ({**GOOD, "extension": "三天"}, "数字"),
    ({**GOOD, "roll": "no"}, "roll"),
    ({**GOOD, "pause": []}, "未知的键 pause，最接近的是 pauses"),
    ({**GOOD, "start": "9999-12-31T09:00:00+08:00"}, "超出可计算范围"),
    ("﻿", "不是有效的 JSON"),
]


@pytest.mark.parametrize(("line", "reason"), BAD)
def test_a_bad_line_is_named_with_its_reason(calendars, batch, line, reason):
    with pytest.raises(CommandError, match="第1行") as refusal:
        batch(line if line != "﻿" else "﻿﻿", GOOD)
    assert reason in str(refusal.value)
    assert refusal.value.returncode == 2


def test_all_bad_lines_are_told_at_once_and_nothing_is_answered(calendars, tmp_path):
    path = tmp_path / "batch.ndjson"
    path.write_text(f"{json.dumps(GOOD)}\n\n{{\n{json.dumps({'id': 3})}\n", encoding="utf-8")
    out = StringIO()
    with pytest.raises(CommandError) as refusal:
        call_command("due", batch=str(path), stdout=out)
    assert out.getvalue() == ""
    assert str(refusal.value).splitlines() == [
        "第3行：不是有效的 JSON",
        "第4行：缺少 allowance",
        "未输出任何结果，请更正后重试。",
    ]


def test_a_byte_order_mark_blank_lines_and_windows_line_ends_are_fine(calendars, tmp_path):
    path = tmp_path / "batch.ndjson"
    path.write_bytes(b"\xef\xbb\xbf" + json.dumps(GOOD).encode() + b"\r\n\r\n")
    out = StringIO()
    call_command("due", batch=str(path), stdout=out)
    assert len(out.getvalue().splitlines()) == 1


@pytest.mark.parametrize(
    ("content", "reason"), [(None, "无法读取文件"), (b"\xff\xfe\x00", "UTF-8")]
)
def test_a_file_that_cannot_be_read_is_refused(calendars, tmp_path, content, reason):
    path = tmp_path / "batch.ndjson"
    if content:
        path.write_bytes(content)
    with pytest.raises(CommandError, match=reason) as refusal:
        call_command("due", batch=str(path))
    assert refusal.value.returncode == 2


def test_without_stored_calendars_the_catalogue_answers(db, batch):
    (answer,) = batch(GOOD)
    assert answer["due_at"] == "2011-10-12T23:59:59+08:00"


def test_on_a_machine_without_a_database_none_is_made(tmp_path):
    """As a process, because the suite itself has a database."""
    path = tmp_path / "batch.ndjson"
    path.write_text(json.dumps(GOOD), encoding="utf-8")
    dropped = ("DATABASE_URL", "DJANGO_SETTINGS_MODULE")
    env = {k: v for k, v in os.environ.items() if k not in dropped}
    env |= {"PORTAL_DATA": str(tmp_path / "data"), "SECRET_KEY": "x" * 50}

    def run():
        command = [sys.executable, "manage.py", "due", "--batch", str(path)]
        return subprocess.run(
            command, cwd=settings.BASE_DIR, env=env, capture_output=True, text=True
        )

    good = run()
    assert good.returncode == 0, good.stderr
    assert json.loads(good.stdout)["due_at"] == "2011-10-12T23:59:59+08:00"
    assert not (tmp_path / "data" / "portal.sqlite3").exists()

    path.write_text("{", encoding="utf-8")
    bad = run()
    assert (bad.returncode, bad.stdout) == (2, "")
    assert "第1行" in bad.stderr
