"""The tests that the second database is spared run nothing there that others do not run."""

import json
import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.db import DataError, connection
from django.db.models import Func

from accounts.models import Organisation
from tests import planning, run, statements


def test_numbers_words_and_the_length_of_lists_are_no_other_statement():
    one = "SELECT a FROM b WHERE c IN (%s, %s) AND d = 'x' LIMIT 21"
    other = "SELECT a FROM b WHERE c IN (%s, %s, %s) AND d = 'why' LIMIT 1"
    assert statements.shape_of(one) == statements.shape_of(other)
    rows = "INSERT INTO b (c, d) VALUES (%s, %s), (%s, %s)"
    assert statements.shape_of(rows) == statements.shape_of(rows + ", (%s, %s)")
    assert statements.shape_of("SAVEPOINT s1234_x5") == statements.shape_of("SAVEPOINT s9_x12")
    assert statements.shape_of(one) != statements.shape_of(one.replace("b", "bb"))


def test_long_questions_are_told_apart_by_their_end_and_long_lists_of_rows_are_not():
    columns = ", ".join(f"column_{n}" for n in range(statements.LONGEST))
    one, other = (f"SELECT {columns} FROM b WHERE {name} = %s" for name in ("c", "d"))
    assert statements.told_apart_by(one) != statements.told_apart_by(other)
    rows = f"INSERT INTO b ({columns}) VALUES (%s)"
    assert len(statements.told_apart_by(rows)) == statements.LONGEST


def noted(**ran):
    """Notes of tests by name and what each ran; those named race run always."""
    return {
        name: {"count": len(numbers), "ran": numbers, "always": "race" in name}
        for name, numbers in ran.items()
    }


def test_every_statement_is_run_as_often_as_asked_where_so_many_tests_run_it(monkeypatch):
    monkeypatch.setattr(statements, "TIMES", 2)
    tests = noted(a=[1, 2], b=[1, 2], c=[1, 2], d=[1], e=[3], f=[1])
    chosen = statements.needed(tests)
    assert "e" in chosen
    for number in (1, 2):
        assert sum(number in tests[name]["ran"] for name in chosen) >= 2
    # d and f run only what two others run anyway.
    assert len(chosen) < len(tests)


def test_what_the_databases_do_differently_runs_on_both_always(monkeypatch):
    monkeypatch.setattr(statements, "TIMES", 1)
    tests = noted(**{"tests/x/test_race.py::test_two_at_once": [1], "a": [1, 2], "b": [1, 2]})
    assert "tests/x/test_race.py::test_two_at_once" in statements.needed(tests)
    assert statements.ALWAYS.search("tests/x/test_race.py::test_two_at_once")
    # The word stands alone: not every clock is a lock.
    assert not statements.ALWAYS.search("tests/x/test_clocks.py::test_a")


def test_what_one_leg_runs_needs_not_be_run_for_another(tmp_path):
    one, other, broken = (tmp_path / name for name in ("one.json", "other.json", "broken.json"))
    one.write_text(json.dumps(noted(a=[1, 2])))
    other.write_text(json.dumps(noted(b=[1], c=[3])))
    statements.choose([one, other, broken], tmp_path / "chosen.json")
    found = json.loads((tmp_path / "chosen.json").read_text())
    assert found == {"ran": ["a", "b", "c"], "needed": ["a", "c"]}


def test_the_same_notes_choose_the_same_tests():
    tests = noted(**{f"t{n}": [n % 7, n % 5, 20 + n % 3] for n in range(60)})
    back = dict(reversed(tests.items()))
    assert statements.needed(tests) == statements.needed(back)


@pytest.mark.django_db
def test_a_session_notes_what_each_of_its_tests_ran(tmp_path, monkeypatch):
    recorder = statements.Recorder(tmp_path / "noted.json")
    with connection.execute_wrapper(recorder._note):
        run_as_test(recorder, "first", "SELECT 1", "SELECT 2", commits=True)
        run_as_test(recorder, "second", "SELECT 1 + 1")
    first, second = recorder.tests["first"], recorder.tests["second"]
    assert (first["count"], len(first["ran"])) == (2, 1)
    assert (second["count"], len(second["ran"])) == (1, 1)
    assert first["ran"] != second["ran"]
    assert (first["always"], second["always"]) == (True, False)


def run_as_test(recorder, name, *said, commits=False):
    class Item:
        nodeid = name
        fixturenames = ("transactional_db",) if commits else ()

        def get_closest_marker(self, name):
            return None

    round_it = recorder.pytest_runtest_protocol(Item())
    next(round_it)
    with connection.cursor() as cursor:
        for sql in said:
            cursor.execute(sql)
    with pytest.raises(StopIteration):
        round_it.send(None)


def test_a_leg_writes_its_notes_and_whoever_asks_for_legs_leaves_them_alone(tmp_path, monkeypatch):
    monkeypatch.setattr(run, "ROOT", tmp_path)
    leg = run.Leg("SQLite", "", {}, [])
    leg.noted.write_text("{}")
    # A test that looks at the legs runs beside one that has just written its notes.
    assert run.Leg("SQLite", "", {}, []).noted.exists()
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
        + ["tests/core/test_clock.py"],
        env={**os.environ, "STATEMENTS_TO": str(leg.noted), "PORTAL_DATA": str(tmp_path)},
        capture_output=True,
    )
    assert done.returncode == 0
    assert "tests/core/test_clock.py" in leg.noted.read_text()


def test_what_is_computed_or_ordered_by_what_may_be_empty_is_run_and_the_rest_is_planned():
    plain = 'SELECT "a"."b", COUNT(*) FROM "a" WHERE ("a"."b" = %s AND "a"."c" IN (%s)) LIMIT ?'
    assert statements.answered_differently(plain) == set()
    computed = 'SELECT MAX("a"."b") FROM "a" WHERE "a"."c" LIKE %s ESCAPE ? AND "a"."d" = %s'
    assert len(statements.answered_differently(computed)) == 2
    # The same part in another statement is no other part.
    again = 'SELECT "a"."e" FROM "a" WHERE "a"."c" LIKE %s ESCAPE ? ORDER BY "a"."e" ASC'
    assert statements.answered_differently(again) < statements.answered_differently(computed)
    empty = 'SELECT "a" FROM "b" ORDER BY "campaign_duty"."accepted_at" DESC, "b"."id" ASC'
    assert statements.answered_differently(empty) == {'"campaign_duty"."accepted_at" DESC'}
    last = empty.replace("DESC", "DESC NULLS LAST")
    assert statements.answered_differently(last) == set()


@pytest.mark.django_db
def test_more_characters_than_fit_are_refused_on_both_databases():
    with pytest.raises(DataError, match="too long"):
        planning.refuse_too_long(asked(Organisation.objects.filter(pk=1), code="x" * 1000))
    planning.refuse_too_long(asked(Organisation.objects.filter(pk=1), code="x"))


def asked(found, **values):
    query = found.query.chain(planning.UpdateQuery)
    query.add_update_values(values)
    return query


@pytest.mark.services
@pytest.mark.django_db
def test_postgresql_tells_which_questions_it_does_not_take():
    planner = planning.Planner(os.environ["DATABASE_URL"])
    # The database of the tests, where the tables are.
    planner.connection.settings_dict["NAME"] = settings.DATABASES["default"]["NAME"]
    found = Organisation.objects.order_by("path")
    taken = {}
    for name, questions in (
        ("plain", found.filter(code="CSG")),
        ("locked", found.select_for_update().filter(code="CSG")),
        # Rows of what may be missing cannot be locked.
        ("optional", found.select_for_update().select_related("merged_into")),
        ("unknown", found.annotate(x=Func("code", function="no_such_function"))),
    ):
        planner.asked = questions.query.get_compiler(connection=connection)
        taken[name] = planner.takes()
    planner.connection.close()
    assert taken == {"plain": True, "locked": True, "optional": False, "unknown": False}
