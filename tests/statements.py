"""Which tests the second database needs: those that together run every statement there is.

The embedded legs run every test and note the statements of each, without their numbers, words and
the length of their lists. When all have ended, the tests are chosen that together execute each of
these statements (in ``TIMES`` tests, where there are so many), the cheapest first, and besides all
tests of what the two databases do differently (``ALWAYS``, and real commits). The legs on
PostgreSQL run these. What is left out runs nothing there that the others do not. ``SWEEP=full``
runs all of them. See docs/adr/0011.
"""

import hashlib
import heapq
import json
import re
from pathlib import Path

import pytest
from django.db import connections
from django.db.backends.signals import connection_created

TIMES = 1
# Locks, races, limits of columns, copying, searching: where databases differ in what they do and
# not in what they are told.
ALWAYS = re.compile(
    r"(?<![a-z])(races?|storm|locks?|lockout|crash|kills?|hostile|strict|fuzz\w*|receive|bulk"
    r"|copy|feed|search|machine|invariants|at_rest|tampering|at_once|too_long|longer)(?![a-z])"
)
LISTS = re.compile(r"(?:%s|\(%s(?:, %s)*\))(?:, (?:%s|\(%s(?:, %s)*\)))+")
WORDS = re.compile(r"'[^']*'|\b\d+\b|\bs\d+_x\d+\b")
# A list of a thousand rows says no more than its beginning, and would be kept whole.
LONGEST = 4000


class Recorder:
    """Notes the statements of each test of a session, and how many it executed."""

    def __init__(self, path: Path) -> None:
        self.path, self.known = path, {}
        self.now, self.count, self.tests = set(), 0, {}

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item):
        self.now.clear()
        self.count = 0
        answer = yield
        always = bool(ALWAYS.search(item.nodeid)) or real_commits(item)
        ran = {"count": self.count, "ran": sorted(self.now), "always": always}
        self.tests[item.nodeid] = ran
        return answer

    def pytest_sessionstart(self):
        connection_created.connect(self._listen)
        for one in connections.all(initialized_only=True):
            self._listen(one)

    def pytest_sessionfinish(self):
        connection_created.disconnect(self._listen)
        self.path.write_text(json.dumps(self.tests))

    def _listen(self, connection, **_kwargs):
        if self._note not in connection.execute_wrappers:
            connection.execute_wrappers.append(self._note)

    def _note(self, execute, sql, params, many, context):
        said = told_apart_by(sql)
        number = self.known.get(said)
        if number is None:
            # The same in each leg, for their notes are laid together.
            number = hashlib.sha1(shape_of(said).encode(), usedforsecurity=False).hexdigest()[:16]
            self.known[said] = number
        self.now.add(number)
        self.count += 1
        return execute(sql, params, many, context)


def real_commits(item):
    """Whether a test ends its transactions itself; what comes of that differs by database."""
    mark = item.get_closest_marker("django_db")
    return bool(mark and mark.kwargs.get("transaction")) or "transactional_db" in item.fixturenames


def choose(noted, into):
    """Lay the notes of the legs together and write down the tests to run on the other database.

    A leg that broke off left no notes: its tests are not among those that can be left out.
    """
    tests = {}
    for path in noted:
        if path.exists():
            tests |= json.loads(path.read_text())
    into.write_text(json.dumps({"ran": sorted(tests), "needed": sorted(needed(tests))}))


def told_apart_by(sql):
    """What of a statement tells it from others: of rows that are written the beginning, of
    everything else the whole, for what it asks stands at its end."""
    return sql[:LONGEST] if sql.startswith("INSERT") else sql


def shape_of(sql):
    """A statement without its numbers, words and the length of its lists."""
    return WORDS.sub("?", LISTS.sub("%s", sql))


def needed(tests):
    """The names of the tests to run: *tests* is what a ``Recorder`` wrote."""
    chosen = {name for name, one in tests.items() if one["always"]}
    tests = {name: (one["count"], set(one["ran"])) for name, one in tests.items()}
    missing = _wanted(tests)
    for name in chosen:
        _count(missing, tests[name][1])
    heap = [(-_gain(tests[name], missing), name) for name in sorted(set(tests) - chosen)]
    heapq.heapify(heap)
    while heap:
        promised, name = heapq.heappop(heap)
        gain = _gain(tests[name], missing)
        if not gain:
            continue
        # What it would add has shrunk since it was put there: back in its place.
        if gain < -promised:
            heapq.heappush(heap, (-gain, name))
            continue
        chosen.add(name)
        _count(missing, tests[name][1])
    return chosen


def _wanted(tests):
    found = {}
    for _count_of, ran in tests.values():
        for number in ran:
            found[number] = min(TIMES, found.get(number, 0) + 1)
    return found


def _count(missing, ran):
    for number in ran:
        missing[number] -= 1


def _gain(test, missing):
    count, ran = test
    # Beginning and ending a test costs about as much as fifty statements.
    return sum(missing[number] > 0 for number in ran) / (count + 50)
