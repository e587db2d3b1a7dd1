"""The suite itself: nothing is left untested without saying so, and nothing at all in CI."""

import ast
import contextlib
from functools import partial
from pathlib import Path

import pytest
from django.http import HttpResponse

from tests import prepared, run, servers
from tests.reading import text_of

TESTS = Path(__file__).resolve().parent.parent
# What may be skipped, with the reason why not even CI insists on it.
SKIPS = {
    (
        "servers.py",
        "skip",
    ): "the one place where a missing program skips a test",
    ("browser/conftest.py", "skip"): "the runner says NOT RUN of the whole leg, a failure in CI",
    ("repository/test_proxies.py", "skipif"): "installing nginx would start it; its text is tested",
}


def skips():
    """Every place where a test may be skipped: (file, kind)."""
    for path in sorted(set(TESTS.rglob("*.py")) - {Path(__file__).resolve()}):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and node.attr in {"skip", "skipif", "importorskip"}:
                yield str(path.relative_to(TESTS)), node.attr


def test_tests_are_skipped_in_known_places_only():
    assert set(skips()) == set(SKIPS)


def test_a_missing_program_skips_a_test_and_fails_it_in_ci(monkeypatch):
    monkeypatch.setattr(servers, "find", lambda program: None)
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="soffice is not installed"):
        servers.needed("soffice")
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="lets no test be skipped"):
        servers.needed("soffice")


def test_a_program_that_is_there_is_named(monkeypatch):
    monkeypatch.setattr(servers, "find", lambda program: f"/usr/bin/{program}")
    assert servers.needed("soffice") == "/usr/bin/soffice"


def test_what_is_left_to_one_leg_says_why():
    from tests import conftest

    class Item:
        name = "test_no_secret"

        def get_closest_marker(self, name):
            found = pytest.mark.embedded_only("doors do not depend on the database").mark
            return found if name == "embedded_only" else None

    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("SWEEP", raising=False)
        told = "test_no_secret: doors do not depend on the database"
        assert conftest.reason_to_leave_out(Item()) == told
        patch.setenv("SWEEP", "full")
        assert conftest.reason_to_leave_out(Item()) == ""


def test_a_leg_whose_services_do_not_start_is_red(monkeypatch, tmp_path, capsys):
    @contextlib.contextmanager
    def broken():
        raise RuntimeError("initdb failed")
        yield

    monkeypatch.setattr(run, "ROOT", tmp_path)
    monkeypatch.setattr(servers, "obtain", lambda *programs: "")
    monkeypatch.setattr(servers, "postgres", broken)
    leg = run.Leg("PostgreSQL+Redis", "not browser", {}, [])
    with contextlib.ExitStack() as stack:
        ours = run.Services(stack, tmp_path / "prepared")
        run.answered_for(ours, ours.start)
        run.answered_for(leg, partial(ours.run, leg))
    assert run.report([leg]) == 1
    told = capsys.readouterr().out
    assert "PostgreSQL+Redis: RED" in told
    assert "initdb failed" in told


def test_a_leg_that_never_ran_is_not_green(capsys):
    assert run.report([run.Leg("browser", "browser", {}, [])]) == 1
    assert "RED" in capsys.readouterr().out


def files_of(command):
    """The test files that a command of a leg reads, by its paths and what it leaves out."""
    given = [one for one in command if one.startswith("tests/")] or ["tests"]
    left = [run.ROOT / one.removeprefix("--ignore=") for one in command if "--ignore=" in one]
    for one in (run.ROOT / path for path in given):
        for path in [one] if one.is_file() else one.rglob("test_*.py"):
            if not {path, *path.parents} & set(left):
                yield path


def test_the_parts_of_a_leg_together_read_every_test_once():
    legs = run.parts("SQLite", "not browser", ["-x"])
    read = [path for leg in legs for path in files_of(leg.command)]
    browser = set((run.ROOT / run.BROWSER).rglob("test_*.py"))
    assert sorted(read) == sorted(set(TESTS.rglob("test_*.py")) - browser)
    assert [leg.name for leg in run.parts("SQLite", "", ["tests/core"])] == ["SQLite"]


def test_each_leg_on_the_one_server_has_a_database_of_its_own():
    legs = run.parts("PostgreSQL+Redis", "not browser", [])
    assert len({leg.slug for leg in legs}) == len(legs)
    assert prepared.at("postgres://u@%2Ftmp%2Fx/postgres", "a_b") == "postgres://u@%2Ftmp%2Fx/a_b"


def test_every_test_of_the_browser_stands_where_its_leg_looks():
    marked = [p for p in TESTS.rglob("test_*.py") if "mark.browser" in p.read_text()]
    astray = {p.relative_to(TESTS) for p in marked if p.parent.name != "browser"}
    assert astray == {Path("repository/test_suite.py")}


def test_a_page_is_read_without_its_tokens():
    page = '<input type="hidden" name="csrfmiddlewaretoken" value="xN1y">'
    page += """<body hx-headers='{"X-CSRFToken": "aN1"}'>D1</body>"""
    assert ("N1" in text_of(HttpResponse(page)), "D1" in text_of(HttpResponse(page))) == (
        False,
        True,
    )
