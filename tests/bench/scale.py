"""Pages of cases at 1,000,000 cases against the same pages at 10,000, on PostgreSQL.

``python -m tests.bench.scale 100000`` tries it at another size. The 10,000 are really received.
The others are clones of them, made in SQL with keys, numbers, callers, lines and times of their
own: same shape, same share of words and states, with their clocks and timeline, without audit
events and letters, which no page here reads. Both databases lie side by side and are asked in
turn, so that both meet the same machine. A page that shows fifty rows takes longer than one that
found only eight: the ratios are judged where both show the same, and told everywhere.
"""

from __future__ import annotations

import base64
import json
import os
import random
import statistics
import subprocess
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

SMALL = 10_000
ASKED, WARMING = int(os.environ.get("BENCH_SCALE_ASKED", "100")), 5
# Only questions whose name holds this.
ONLY = os.environ.get("BENCH_SCALE_ONLY", "")
DAYS, OPEN_DAYS = 700, 50
PROBE = "--probe"
# The national regulator, an office, a provincial company and one of its units.
PEOPLE = {
    "national": ("regulator_officer", "NEA-ROOT"),
    "office": ("regulator_officer", "SERC-NF"),
    "company": ("handler", "CSG-GD"),
    "unit": ("handler", "CSG-GD-ZQ-SH"),
}
# Two characters each; the first stands in half of the cases, each further one in half as many.
WORDS = ["停电", "电费", "抄表", "报装", "跳闸", "电压"]
WORDS += ["计量", "充电", "线损", "断线", "赔偿", "迁改"]
UNITS = ["CSG-GD-GZ"] * 8 + ["CSG-GD-SZ"] * 8 + ["CSG-GD-FS"] * 4 + ["CSG-GD-ZQ", "CSG-GD-ZQ-SH"]
LISTS = ("open", "mine", "overdue", "done", "all")
BAR = 1.3


def run(size: int = 1_000_000) -> dict[str, Any]:
    """All figures; two databases of one PostgreSQL, each asked by a process of its own."""
    from tests.bench._served import on_postgresql

    return on_postgresql("tests.bench.scale", str(size))


def measured(size: int) -> dict[str, Any]:
    from core import clock
    from tests.bench._portal import prepared

    prepared()
    people = receive(clock.now())
    begin = time.perf_counter()
    big = grown(size)
    filled = time.perf_counter() - begin
    small_probe, big_probe = (probe(url, people) for url in (os.environ["DATABASE_URL"], big))
    found: dict[str, Any] = {"cases": f"{size} against {SMALL}, cloned in {filled:.0f} s"}
    worst, unequal = 0.0, []
    try:
        for name, question in questions(clock.now()).items():
            small, large, counts, rows = asked(question, small_probe, big_probe)
            ratio = p95(large) / p95(small)
            worst = max(worst, ratio) if rows[0] == rows[1] else worst
            unequal += [name] if len(counts) > 1 else []
            times = (
                f"{1000 * p95(small):.0f} → {1000 * p95(large):.0f} ms, "
                f"medians {statistics.median(large) / statistics.median(small):.2f}, "
                f"rows {rows[0]} → {rows[1]}, queries {sorted(counts)}"
            )
            found[f"{name}: p95 ratio"] = f"{ratio:.2f} ({times})"
            print(name, found[f"{name}: p95 ratio"], file=sys.stderr, flush=True)  # noqa: T201
    finally:
        for one in (small_probe, big_probe):
            one.stdin.close()  # type: ignore[union-attr]
            one.wait(30)
    found[f"highest p95 ratio of pages with equal rows (bar {BAR})"] = round(worst, 2)
    found["pages whose number of queries differs (bar 0)"] = ", ".join(unequal) or 0
    return found


def p95(seconds: list[float]) -> float:
    return statistics.quantiles(seconds, n=20)[-1]


# --- What is asked --------------------------------------------------------------------------------


def questions(now: datetime) -> dict[str, tuple[str, str]]:
    """Name → person and address; an address without a path is that of a case in sight."""
    deep = json.dumps([(now - timedelta(days=DAYS // 2)).isoformat(), 10**9])
    cursor = base64.urlsafe_b64encode(deep.encode()).decode().rstrip("=")
    found = {}
    for person in PEOPLE:
        for view in LISTS:
            found[f"{person}, list {view}"] = (person, f"/cases/?view={view}")
        found[f"{person}, list all, page in the middle"] = (
            person,
            f"/cases/?view=all&after={cursor}",
        )
        for word in (WORDS[0], WORDS[5], WORDS[-1], "月球"):
            found[f"{person}, search {word}"] = (person, f"/cases/?view=all&text={word}")
        found[f"{person}, case"] = (person, "")
    return {name: one for name, one in found.items() if ONLY in name}


def asked(
    question: tuple[str, str], small: subprocess.Popen, big: subprocess.Popen
) -> tuple[list[float], list[float], set[int], list[int]]:
    """Seconds in both databases, how many queries a page took and how many rows it showed."""
    times: dict[int, list[float]] = {0: [], 1: []}
    counts: set[int] = set()
    rows = [0, 0]
    for number in range(-WARMING, ASKED):
        for place, one in enumerate((small, big)):
            counted = number == -1
            answer = told(one, {"question": question, "counted": counted})
            if counted:
                counts.add(answer["queries"])
                rows[place] = answer["rows"]
            elif number >= 0:
                times[place].append(answer["seconds"])
    return times[0], times[1], counts, rows


def probe(url: str, people: dict[str, int]) -> subprocess.Popen:
    """A process that asks for pages of one database."""
    command = [sys.executable, "-m", "tests.bench.scale", PROBE, json.dumps(people)]
    env = {**os.environ, "DATABASE_URL": url}
    pipe = subprocess.PIPE
    return subprocess.Popen(command, env=env, stdin=pipe, stdout=pipe, text=True)


def told(one: subprocess.Popen, said: dict[str, Any]) -> dict[str, Any]:
    one.stdin.write(json.dumps(said) + "\n")  # type: ignore[union-attr]
    one.stdin.flush()  # type: ignore[union-attr]
    return json.loads(one.stdout.readline())  # type: ignore[union-attr]


def answer_all(people: dict[str, int]) -> None:
    """Read questions, ask for the pages, write how long it took."""
    import logging

    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from accounts.models import User
    from complaints.models import Case

    logging.disable(logging.WARNING)
    clients, cases = {}, {}
    for person, key in people.items():
        user = User.objects.get(pk=key)
        clients[person] = Client(headers={"host": "localhost"})
        clients[person].force_login(user)
        chosen = Case.objects.visible_to(user).filter(pk__in=random.Random(3).sample(keys(), 4000))
        cases[person] = list(chosen.order_by().values_list("pk", flat=True)[:200])
    for line in sys.stdin:
        said = json.loads(line)
        person, path = said["question"]
        path = path or f"/cases/{random.choice(cases[person])}/"
        queries = 0
        begin = time.perf_counter()
        if said["counted"]:
            with CaptureQueriesContext(connection) as caught:
                response = clients[person].get(path)
            queries = len(caught)
        else:
            response = clients[person].get(path)
        seconds = time.perf_counter() - begin
        assert response.status_code == 200, (path, response.status_code)
        # A case has rows of its own: only lists are told by theirs.
        rows = response.content.count(b"<tr") if "?" in path else 0
        answer = {"seconds": seconds, "queries": queries, "rows": rows}
        print(json.dumps(answer), flush=True)  # noqa: T201


def keys() -> range:
    """Keys of all cases: they follow one another without gaps, nearly."""
    from django.db.models import Max

    from complaints.models import Case

    return range(1, Case.objects.aggregate(last=Max("pk"))["last"] + 1)


# --- Filling --------------------------------------------------------------------------------------


def receive(now: datetime) -> dict[str, int]:
    """10,000 work orders of two years, those of the last weeks still open; who asks, by key."""
    from accounts.models import Organisation
    from complaints import services
    from tests.factories import complaints

    makers = {name: (getattr(complaints, make), place) for name, (make, place) in PEOPLE.items()}
    people = {name: make(place).pk for name, (make, place) in makers.items()}
    owner = Organisation.objects.get(code="CSG-GD")
    records = (order(number, now) for number in range(SMALL))
    results = services.receive_many(records, source="95598", owner=owner, now=now)
    wrong = [one for one in results if one.status != 201]
    assert not wrong, wrong[0]
    return people


def order(number: int, now: datetime) -> Any:
    from complaints.services import Record

    chance = random.Random(number)
    received_at = now - timedelta(days=DAYS * (SMALL - number) / SMALL)
    said = {}
    if now - received_at > timedelta(days=OPEN_DAYS):
        said = {"state": "closed", "closed_at": received_at + timedelta(days=3)}
    words = [word for rank, word in enumerate(WORDS, 1) if chance.random() < 0.5**rank]
    return Record(
        f"95598-{number:06}",
        received_at=received_at,
        channel="phone_95598",
        nature=("fault", "complaint")[number % 2],
        category=("lv_fault", "outage_plan")[number % 2],
        organisation=chance.choice(UNITS),
        complainant_name=f"赵某{number % 90}",
        complainant_phone=f"138{chance.randrange(10**8):08}",
        address=f"肇庆市四会市贞山街道光明路{number % 900}号",
        account_no=f"03{chance.randrange(10**11):011}",
        feeder=f"10kV城东{number % 300}线",
        transformer_area=f"光明{number % 3000}台区",
        area_type="urban",
        content=f"用户反映：{'，'.join(words) or '其他'}，要求查明原因。",
        **said,
    )


ANOTHER = (
    "(SELECT other.{} FROM complaints_case AS other"
    " WHERE other.id = 1 + (complaints_case.id * 7919 + k * 104729) %% {{step}})"
)
CLONED: dict[str, dict[str, str]] = {
    "complaints_case": {
        "id": "id + k * {step}",
        "number": "number || '-' || k",
        "received_at": "received_at - make_interval(secs => (id * 7919 + k * 104729) %% 40000)",
        "phone_index": "md5(phone_index || k) || md5(k || phone_index)",
        "account_index": "md5(account_index || k) || md5(k || account_index)",
        "feeder": "feeder || '-' || k",
        "transformer_area": "transformer_area || '-' || k",
        "digest": "md5(digest || k) || md5(k || digest)",
        # Words of another, so that a hundred of one day do not all say the same.
        "content": f"coalesce({ANOTHER.format('content')}, content)",
        "grams": f"coalesce({ANOTHER.format('grams')}, grams)",
    },
    "complaints_caseclock": {"id": "id + k * {own}", "case_id": "case_id + k * {step}"},
    "complaints_caseevent": {"id": "id + k * {own}", "case_id": "case_id + k * {step}"},
}
AT_ONCE = 10


def grown(size: int) -> str:
    """A copy of the database with clones of its cases up to ``size``; its address."""
    import psycopg2
    from django.db import connection

    settings = connection.get_connection_params()
    connection.close()
    place = {"host": settings["host"], "user": settings["user"]}
    name = settings.get("dbname") or settings["database"]
    command(place, "template1", f"CREATE DATABASE big TEMPLATE {name}")
    link = psycopg2.connect(**place, dbname="big")
    with link, link.cursor() as cursor:
        # Without triggers: keys fit by themselves, and the order of changes is not asked.
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("SELECT max(id) FROM complaints_case")
        step = cursor.fetchone()[0]
        for table, changed in CLONED.items():
            clone(cursor, table, changed, step, size // SMALL - 1)
    link.close()
    for database in (name, "big"):
        command(place, database, "VACUUM ANALYZE")
    return os.environ["DATABASE_URL"].rpartition("/")[0] + "/big"


def clone(cursor: Any, table: str, changed: dict[str, str], step: int, copies: int) -> None:
    cursor.execute(f"SELECT coalesce(max(id), 0) FROM {table}")
    own = cursor.fetchone()[0]
    cursor.execute(
        "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 "
        "AND NOT attisdropped ORDER BY attnum",
        [table],
    )
    columns = [row[0] for row in cursor.fetchall()]
    taken = ", ".join(changed.get(one, one).format(step=step, own=own) for one in columns)
    for first in range(1, copies + 1, AT_ONCE):
        last = min(first + AT_ONCE - 1, copies)
        cursor.execute(
            f"INSERT INTO {table} ({', '.join(columns)}) SELECT {taken} FROM {table} "
            f"CROSS JOIN generate_series(%s, %s) AS k WHERE id <= {own} ORDER BY k, id",
            [first, last],
        )


def command(place: dict[str, str], database: str, sql: str) -> None:
    """One command outside any transaction."""
    import psycopg2

    link = psycopg2.connect(**place, dbname=database)
    link.autocommit = True
    try:
        with link.cursor() as cursor:
            cursor.execute(sql)
    finally:
        link.close()


def main() -> None:
    import django

    if sys.argv[1] == PROBE:
        django.setup()
        answer_all(json.loads(sys.argv[2]))
    elif sys.argv[1].isdigit():
        for key, value in run(int(sys.argv[1])).items():
            print(f"{key:48} {value}", flush=True)  # noqa: T201
    else:
        django.setup()
        found = measured(int(sys.argv[2]))
        Path(sys.argv[1]).write_text(json.dumps(found, ensure_ascii=False), encoding="utf-8")


if __name__ == "__main__":
    main()
