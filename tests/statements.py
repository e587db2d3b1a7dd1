"""Which tests the second database needs: what the embedded legs cannot tell of it.

The embedded legs run every test. Each statement there, without its numbers, words and the length of
its lists, is planned by PostgreSQL when it first occurs (``tests/planning.py``): what it refuses to
read shows there. What is left to be run is what the two could answer differently: the parts of a
statement that compute something or order by what may be empty, and whole statements that were not
planned. The legs note these for each test, and when all have ended, the tests are chosen that
together run each of them (in ``TIMES`` tests, where there are so many), the cheapest first, besides
all tests of what databases do differently whatever they are told (``ALWAYS``, and real commits).
``SWEEP=full`` runs all tests on both. See docs/adr/0011.
"""

import hashlib
import heapq
import json
import re
from pathlib import Path

import pytest
from django.db import connections
from django.db.backends.signals import connection_created

from tests.planning import nullable

TIMES = 1
# Locks, races, limits of columns, copying, searching: where databases differ in what they do and
# not in what they are told.
ALWAYS = re.compile(
    r"(?<![a-z])(races?|storm|locks?|lockout|crash|kills?|hostile|strict|fuzz\w*|receive|bulk"
    r"|copy|feed|search|machine|invariants|at_rest|tampering|at_once|too_long|longer)(?![a-z])"
)
LISTS = re.compile(r"(?:%s|\(%s(?:, %s)*\))(?:, (?:%s|\(%s(?:, %s)*\)))+")
WORDS = re.compile(r"'[^']*'|\b\d+\b|\bs\d+_x\d+\b")
# What separates the parts of a statement, and names within it that are given in passing.
PARTS = re.compile(
    r"\s(?:AND|OR|WHERE|FROM|INNER JOIN|LEFT OUTER JOIN|ON|ORDER BY|GROUP BY|HAVING|SET|VALUES"
    r"|LIMIT|UNION|SELECT|RETURNING|THEN|WHEN|ELSE|END)\b|,\s"
)
PASSING = re.compile(r'\b[TUVW]\d+\b|"__?col\d+"|"[TUVW]\d+"')
NAMES = re.compile(r'"[^"]*"')
# Functions, patterns and arithmetic; counting and asking whether there is one mean the same to all.
COMPUTES = re.compile(
    r"\b(?!(?:COUNT|EXISTS|IN|AND|OR|NOT|ON|AS|WHEN|THEN|CASE|VALUES|SELECT|WHERE|FROM)\b)[A-Za-z_]+\s?\("
    r"|\bLIKE\b|\|\||\bCOLLATE\b|\bDISTINCT\b| [-+*/%] "
)
ORDERED = re.compile(r'^("\w+"\."\w+") (?:ASC|DESC)')
# What begins and ends transactions, and what tests themselves lay out (``factories.memory``).
MARKS = ("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN", "COMMIT", "PRAGMA", "/*")
# A list of a thousand rows says no more than its beginning, and would be kept whole.
LONGEST = 4000


class Recorder:
    """Notes what each test of a session executed that is to be run on the other database too, and
    how many statements it executed. Without a planner everything is to be run."""

    def __init__(self, path: Path, planner=None) -> None:
        self.path, self.planner, self.known = path, planner, {}
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
        if self.planner:
            self.planner.listen()
        connection_created.connect(self._listen)
        for one in connections.all(initialized_only=True):
            self._listen(one)

    def pytest_sessionfinish(self):
        connection_created.disconnect(self._listen)
        if self.planner:
            self.planner.end()
        self.path.write_text(json.dumps(self.tests))

    def _listen(self, connection, **_kwargs):
        if self.planner and connection is self.planner.connection:
            return
        if self._note not in connection.execute_wrappers:
            connection.execute_wrappers.append(self._note)

    def _note(self, execute, sql, params, many, context):
        said = told_apart_by(sql)
        key = (said, self.planner.how()) if self.planner else said
        kept = self.known.get(key)
        if kept is None:
            kept = self.known[key] = frozenset(map(numbered, self._to_run(shape_of(said))))
        self.now |= kept
        self.count += 1
        return execute(sql, params, many, context)

    def _to_run(self, shape):
        """Of a statement that was not met before."""
        if self.planner and shape.startswith(MARKS):
            return set()
        if self.planner and self.planner.takes():
            return answered_differently(shape)
        return {shape}


def numbered(text):
    """The same in each leg, for their notes are laid together."""
    return hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()[:16]


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


def answered_differently(shape):
    """The parts of a statement to which two databases could answer differently."""
    parts = (part.strip(" ()") for part in PARTS.split(PASSING.sub("_", shape)))
    return {part for part in parts if COMPUTES.search(NAMES.sub("", part)) or _by_empty(part)}


def _by_empty(part):
    found = ORDERED.match(part)
    return bool(found) and found[1] in nullable() and "NULLS" not in part


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
