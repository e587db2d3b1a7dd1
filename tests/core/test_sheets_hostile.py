"""Broken, hostile and oversized workbooks end in a sentence, within limits, and change nothing."""

import io
import json
import re
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path

import pytest

from core.sheets import child, reader
from tests.core.sheet_forms import group_form
from tests.workbooks import hostile

KINDS = hostile.kinds()
PASSING = hostile.should_pass()
MEGABYTE = 1024 * 1024
# Kinds that are made to cost memory or time; the peak of their child is measured too.
HEAVY = {
    "bomb-300mb", "bomb-in-20-parts", "lying-directory", "lying-with-crc", "strings-8m",
    "strings-random-1m", "string-400mb", "rows-1m-empty", "rows-1m-styled", "rows-200k-lying",
    "far-cell", "far-row", "unplaced", "wide", "merge-all", "merges-200k", "styles-300k", "deep",
    "csv-rows", "csv-columns", "csv-long-cell", "members", "overlapping",
}  # fmt: skip
OUT_OF_TIME = "在规定的时间和内存内没有读完"
figures = {"files": 0, "seconds": 0.0, "growth_mb": 0.0, "child_mb": 0.0}


def own_peak():
    return int(re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())[1]) * 1024


def own_peak_from_here():
    """Forget the peak so far; what this process uses now."""
    Path("/proc/self/clear_refs").write_text("5")
    return own_peak()


def child_peak(content, name, tmp_path):
    """Peak memory of the reading child and its processor seconds, seen from a small process."""
    path = tmp_path / "upload"
    path.write_bytes(content)
    kind = name.rpartition(".")[2].lower()
    request = child.Request(kind=kind, sheet="领导小组名单", rows=115, columns=60)
    command = [sys.executable, "-m", "tests.workbooks.measure", path, json.dumps(asdict(request))]
    answer = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    return int(answer[0]), float(answer[1])


@pytest.mark.parametrize(("kind", "name", "make", "words"), KINDS, ids=[k[0] for k in KINDS])
def test_each_ends_in_a_sentence_within_the_limits(kind, name, make, words, tmp_path):
    content = make()
    before = own_peak_from_here()
    begin = time.monotonic()
    read = group_form().read(io.BytesIO(content), name=name)
    seconds, growth = time.monotonic() - begin, own_peak() - before
    told = "；".join(problem.message for problem in read.problems)
    if words:
        # on a busy machine the heavy ones may be stopped by the wall clock before they are read
        assert re.search(words, told) or (kind in HEAVY and OUT_OF_TIME in told)
        assert not read.ok
    for problem in read.problems:
        assert problem.message
        assert problem.remedy
        assert problem.rule
        assert not re.search(r"Error|Traceback|0x|None", problem.message)
    assert growth <= 20 * MEGABYTE
    assert seconds <= reader.SECONDS + 1.5
    figures["files"] += 1
    figures["seconds"] = max(figures["seconds"], seconds)
    figures["growth_mb"] = max(figures["growth_mb"], growth / MEGABYTE)
    if kind in HEAVY:
        peak, took = child_peak(content, name, tmp_path)
        assert peak <= 300 * MEGABYTE
        assert took <= reader.SECONDS
        figures["child_mb"] = max(figures["child_mb"], peak / MEGABYTE)


def test_there_are_enough_kinds_and_their_figures_are_printed(capsys):
    assert len({kind[0] for kind in KINDS}) >= 60
    with capsys.disabled():
        print(
            "\nhostile workbooks {files}: slowest {seconds:.1f} s, parent +{growth_mb:.1f} MB, "
            "child {child_mb:.0f} MB".format(**figures)
        )


@pytest.mark.parametrize(
    ("name", "make"),
    [k[1:] for k in hostile.should_pass()],
    ids=[k[0] for k in hostile.should_pass()],
)
def test_unusual_and_right_ones_are_taken(name, make):
    read = group_form().read(io.BytesIO(make()), name=name)
    assert read.problems == []
    assert len(read.rows) == 2


def test_nothing_is_left_behind_by_a_file_that_fails():
    before = set(Path(tempfile.gettempdir()).iterdir())
    group_form().read(io.BytesIO(hostile.bomb()), name="a.xlsx")
    after = set(Path(tempfile.gettempdir()).iterdir())
    assert not {path for path in after - before if "upload" in path.name or "xlsx" in path.name}


def test_a_child_that_hangs_is_killed_and_told(monkeypatch):
    monkeypatch.setattr(reader, "SECONDS", 0.001)
    (problem,) = group_form().read(io.BytesIO(hostile.good()), name="a.xlsx").problems
    assert problem.message == "文件过大或结构异常，在规定的时间和内存内没有读完"
    assert "领导小组名单" in problem.remedy


def test_four_bombs_at_once_are_taken_two_at_a_time(monkeypatch):
    together, most, lock = 0, 0, threading.Lock()
    really = reader.answered

    def counted(request, source, answer):
        nonlocal together, most
        with lock:
            together += 1
            most = max(most, together)
        try:
            return really(request, source, answer)
        finally:
            with lock:
                together -= 1

    monkeypatch.setattr(reader, "answered", counted)
    content = hostile.bomb(100)
    with ThreadPoolExecutor(4) as pool:
        reads = list(
            pool.map(lambda _n: group_form().read(io.BytesIO(content), name="a.xlsx"), range(4))
        )
    assert [read.problems[0].rule for read in reads] == ["packed"] * 4
    assert most == 2


def test_who_waits_too_long_is_asked_to_come_again(monkeypatch):
    monkeypatch.setattr(reader, "PATIENCE_SECONDS", 0.01)
    monkeypatch.setattr(reader, "_places", threading.BoundedSemaphore(1))
    reader._places.acquire()
    (problem,) = group_form().read(io.BytesIO(hostile.good()), name="a.xlsx").problems
    assert (problem.rule, problem.message) == ("busy", "正在读取的文件较多")


def test_a_child_without_memory_is_told_and_not_believed(monkeypatch):
    monkeypatch.setattr(reader, "MEMORY", 40 * MEGABYTE)
    read = group_form().read(io.BytesIO(hostile.random_strings(400_000)), name="a.xlsx")
    assert [problem.rule for problem in read.problems] == ["resources"]


def test_a_child_that_stops_half_way_is_not_believed():
    answer = io.BytesIO(b'{"meta": {}}\n{"r": 4, "v": ["a"]}\n{"r": 5, "v": ["b')
    raw = reader.taken_apart(answer)
    assert raw.end is None
    assert raw.rows == [(4, ["a"])]


def test_the_child_knows_no_secrets_and_no_django():
    code = (
        "import core.sheets.child, sys, os;"
        "print('django' in sys.modules, 'openpyxl' in sys.modules)"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=reader.ROOT, check=True
    )
    assert answer.stdout.split() == ["False", "False"]
    assert "SECRET_KEY" not in Path(reader.__file__).read_text(encoding="utf-8")
