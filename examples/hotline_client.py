"""Plays the 95598 side against a running portal. Needs nothing but Python 3.11; see README.md.

The parts to copy into a system of your own: ``Portal`` (requests that may be repeated), ``verify``
(signatures of what comes in), ``content_digest`` and ``unit_digest`` (the daily comparison).
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import hmac
import json
import logging
import sqlite3
import sys
import threading
import time
import uuid
from collections import defaultdict
from contextlib import closing
from datetime import datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlencode
from urllib.request import Request, urlopen

ZONE = timezone(timedelta(hours=8))
TOLERANCE = 300  # seconds
TRIES = 6
log = logging.getLogger("hotline")


# --- Requests -------------------------------------------------------------------------------------


class Refused(Exception):
    """The portal said no: its status and its problem (RFC 9457)."""

    def __init__(self, status: int, problem: dict) -> None:
        self.status, self.problem = status, problem
        wrong = "；".join(f"{e['field']}：{e['message']}" for e in problem.get("errors", []))
        super().__init__(f"{status} {problem.get('title', '')} {problem.get('detail', '')} {wrong}")


class Portal:
    """The portal's API: every request is repeated under the same key until it is answered."""

    def __init__(self, address: str, token: str, signing_secret: str = "") -> None:
        self.base = address.rstrip("/") + "/api/v1/"
        self.token, self.signing_secret = token, signing_secret

    def get(self, path: str, **query: str) -> dict:
        return self._asked("GET", path + (f"?{urlencode(query)}" if query else ""))[1]

    def post(self, path: str, value: dict, *, key: str = "") -> tuple[int, dict]:
        return self._asked("POST", path, json.dumps(value).encode(), key=key or str(uuid.uuid4()))

    def post_lines(self, path: str, values: list[dict]) -> list[dict]:
        body = "".join(json.dumps(one) + "\n" for one in values).encode()
        kind = "application/x-ndjson"
        return self._asked("POST", path, body, kind=kind, key=str(uuid.uuid4()))[1]["lines"]

    def _asked(
        self,
        method: str,
        path: str,
        body: bytes = b"",
        *,
        kind: str = "application/json",
        key: str = "",
    ) -> tuple[int, dict]:
        for attempt in range(1, TRIES + 1):
            try:
                return self._once(method, path, body, kind, key)
            except Refused as refused:
                wait = refused.problem.get("retry_after")
                if attempt == TRIES or (not wait and refused.status < 500):
                    raise
                time.sleep(float(wait or 2**attempt / 4))
            except (URLError, TimeoutError, ConnectionError) as error:
                if attempt == TRIES:
                    raise
                log.warning("no answer (%s), attempt %d", error, attempt)
                time.sleep(2**attempt / 4)
        raise AssertionError

    def _once(self, method: str, path: str, body: bytes, kind: str, key: str) -> tuple[int, dict]:
        headers = {"Authorization": f"Bearer {self.token}"}
        if body:
            headers |= {"Content-Type": kind, "Idempotency-Key": key}
        if self.signing_secret:
            headers |= signed(self.signing_secret, body)
        request = Request(self.base + path, body or None, headers, method=method)
        try:
            with urlopen(request, timeout=30) as response:
                return response.status, _read(response.read(), response.headers)
        except HTTPError as error:
            with error:
                problem = _read(error.read(), error.headers)
            problem["retry_after"] = error.headers.get("Retry-After")
            raise Refused(error.code, problem) from None


def _read(content: bytes, headers: object) -> dict:
    text = content.decode()
    if "ndjson" in (headers.get("Content-Type") or ""):  # type: ignore[attr-defined]
        return {"lines": [json.loads(line) for line in text.splitlines()]}
    try:
        return json.loads(text)
    except ValueError:
        return {"detail": text[:200]}


# --- Signatures (Standard Webhooks) ---------------------------------------------------------------


def signature(secret: str, name: str, timestamp: str, body: bytes) -> str:
    key = base64.b64decode(secret.removeprefix("whsec_"))
    told = b".".join([name.encode(), timestamp.encode(), body])
    return "v1," + base64.b64encode(hmac.digest(key, told, "sha256")).decode()


def signed(secret: str, body: bytes) -> dict[str, str]:
    """Headers of a request of ours, where the portal asks for signed ones."""
    name, timestamp = f"msg_{uuid.uuid4().hex}", str(int(time.time()))
    return {
        "webhook-id": name,
        "webhook-timestamp": timestamp,
        "webhook-signature": signature(secret, name, timestamp, body),
    }


def verify(secrets: list[str], headers: dict[str, str], body: bytes) -> bool:
    """Whether the portal sent this just now. Two secrets count while one is being replaced."""
    name, timestamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    given = headers.get("webhook-signature", "").split()
    if not name or not timestamp.isdigit() or abs(time.time() - int(timestamp)) > TOLERANCE:
        return False
    expected = [signature(secret, name, timestamp, body) for secret in secrets]
    return any(hmac.compare_digest(one, other) for one in given for other in expected)


# --- What we know ---------------------------------------------------------------------------------


class Store:
    """Our own cases and the calls that came: a file, so that nothing is lost by a restart."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with closing(self._open()) as database, database:
            database.executescript("""
                CREATE TABLE IF NOT EXISTS cases (owner TEXT, number TEXT, unit TEXT, state TEXT,
                    digest TEXT, day TEXT, PRIMARY KEY (owner, number));
                CREATE TABLE IF NOT EXISTS calls (id TEXT PRIMARY KEY, kind TEXT, number TEXT,
                    sequence INTEGER, at TEXT);
            """)

    def _open(self) -> sqlite3.Connection:
        return sqlite3.connect(self.path, timeout=30)

    def ask(self, sql: str, *values: object) -> list[tuple]:
        with closing(self._open()) as database, database:
            return database.execute(sql, values).fetchall()

    def keep(self, owner: str, unit: str, case: dict, digest: str) -> None:
        day = datetime.fromisoformat(case["received_at"]).astimezone(ZONE).date().isoformat()
        row = (owner, case["number"], unit, case["state"], digest, day)
        self.ask("INSERT OR REPLACE INTO cases VALUES (?, ?, ?, ?, ?, ?)", *row)

    def moved(self, owner: str, number: str, state: str) -> None:
        where = "WHERE owner = ? AND number = ?"
        self.ask(f"UPDATE cases SET state = ? {where}", state, owner, number)

    def came(self, name: str, call: dict) -> bool:
        """Note a call; False when it came before (a repeated call changes nothing)."""
        data = call.get("data", {})
        row = (name, call["type"], data.get("number"), data.get("sequence"), data.get("at"))
        before = self.ask("SELECT 1 FROM calls WHERE id = ?", name)
        self.ask("INSERT OR IGNORE INTO calls VALUES (?, ?, ?, ?, ?)", *row)
        return not before

    def lost(self) -> list[int]:
        """Sequences that are missing among the calls: fetch ``changes/`` or ask for a replay."""
        found = [n for (n,) in self.ask("SELECT sequence FROM calls WHERE sequence IS NOT NULL")]
        return sorted(set(range(min(found), max(found))) - set(found)) if found else []


class Receiver(ThreadingHTTPServer):
    """Takes the portal's calls: verifies, notes, answers at once; work is done elsewhere."""

    daemon_threads = True

    def __init__(self, address: tuple[str, int], secrets: list[str], store: Store) -> None:
        super().__init__(address, Handler)
        self.secrets, self.store, self.forged = secrets, store, 0
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:  # the name is that of the library
        body = self.rfile.read(min(int(self.headers.get("Content-Length") or 0), 1_000_000))
        headers = {name.lower(): value for name, value in self.headers.items()}
        status = 204
        if verify(self.server.secrets, headers, body):
            self.server.store.came(headers["webhook-id"], json.loads(body))
        else:
            self.server.forged += 1
            status = 401
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args: object) -> None:
        log.info("call: %s", args[1:])


# --- The daily comparison -------------------------------------------------------------------------


def content_digest(case: dict) -> str:
    """SHA-256 of what a case says, line by line; lists by code, the time in Beijing."""
    moment = datetime.fromisoformat(case["received_at"]).astimezone(ZONE)
    names = ("channel", "nature", "industry", "category", "content")
    said = [case["number"], moment.isoformat(timespec="seconds")]
    said += [case.get(name) or ("power" if name == "industry" else "") for name in names]
    return hashlib.sha256("\n".join(said).encode()).hexdigest()


def unit_digest(lines: list[dict]) -> str:
    """SHA-256 of the sorted lines "owner number state digest" of a unit."""
    written = sorted(f"{x['owner']} {x['number']} {x['state']} {x['digest']}" for x in lines)
    return hashlib.sha256("\n".join(written).encode()).hexdigest()


def reconcile(portal: Portal, store: Store, day: str) -> dict:
    """Send counts and digests; where the portal asks for them, the lines of a unit as well."""
    names = ("owner", "number", "unit", "state", "digest")
    rows = store.ask(f"SELECT {', '.join(names)} FROM cases WHERE day = ?", day)
    by_unit: defaultdict[str, list[dict]] = defaultdict(list)
    for row in rows:
        by_unit[row[2]].append(dict(zip(names, row, strict=True)))
    units = [
        {"unit": unit, "count": len(lines), "digest": unit_digest(lines)}
        for unit, lines in by_unit.items()
    ]
    path = f"hotline/reconciliation/{day}/"
    answer = portal.post(path, {"units": units})[1]
    if answer["asks"]:
        cases = [line for unit in answer["asks"] for line in by_unit[unit]]
        answer = portal.post(path, {"units": units, "cases": cases})[1]
    return answer


# --- A day at the hotline -------------------------------------------------------------------------


class Day:
    """Sends cases, tells what happens to them, answers what the regulator hands over."""

    def __init__(self, portal: Portal, store: Store, unit: str) -> None:
        self.portal, self.store, self.unit = portal, store, unit
        self.me = portal.get("client/")
        self.owner = self.me["organisation"]
        self.now = datetime.fromisoformat(self.me["now"])
        self.done: dict[str, object] = {}

    def sample(self, number: int, content: str) -> dict:
        moment = self.now.astimezone(ZONE) - timedelta(minutes=5)
        return {
            "number": f"{self.owner}-{moment:%Y%m%d%H%M%S}-{number}",
            "received_at": moment.isoformat(timespec="seconds"),
            "channel": "phone_95598",
            "nature": "enquiry",
            "organisation": self.unit,
            "content": content,
            "complainant": {"name": "示例客户", "phone": "13900000000"},
        }

    def send(self) -> dict:
        """One case, twice (201, then 200); a batch in which one line is wrong."""
        case = self.sample(0, "咨询分时电价")
        first, kept = self.portal.post("hotline/cases/", case)
        second, _kept = self.portal.post("hotline/cases/", case)
        self.keep(case, kept["state"])
        lines = [self.sample(n, f"咨询第{n}项业务") for n in (1, 2, 3)]
        lines[1]["channel"] = "smoke signals"
        answers = self.portal.post_lines("hotline/cases/batch/", lines)
        for case_sent, answer in zip(lines, answers, strict=True):
            if answer["status"] in (200, 201):
                self.keep(case_sent, "registered")
        self.done["sent"] = [first, second, *(answer["status"] for answer in answers)]
        return case

    def keep(self, case: dict, state: str) -> None:
        digest = content_digest(case)
        self.store.keep(self.owner, self.unit, {**case, "state": state}, digest)

    def tell(self, case: dict) -> None:
        """The way of a work order: dispatched, accepted, replied, closed."""
        path = f"hotline/cases/{quote(case['number'])}/events/"
        told = []
        for event in (
            {"kind": "dispatched", "organisation": self.unit},
            {"kind": "accepted", "by": "示例坐席"},
            {"kind": "replied", "text": "已说明分时电价政策。"},
            {"kind": "closed"},
        ):
            name = f"{case['number']}-{event['kind']}"
            status, answer = self.portal.post(path, {**event, "id": name})
            again, _answer = self.portal.post(path, {**event, "id": name})
            self.store.moved(self.owner, case["number"], answer["state"])
            told.append([status, again, answer["state"]])
        self.done["events"] = told

    def answer(self) -> None:
        """Everything that the regulator handed over: received, answered, closed where possible."""
        answered = []
        cursor = ""
        while True:
            page = self.portal.get("hotline/transfers/", state="open", cursor=cursor)
            answered += [self._answer(transfer) for transfer in page["items"]]
            if not (cursor := page["next"]):
                break
        self.done["transfers"] = answered

    def _answer(self, transfer: dict) -> list[object]:
        path = f"hotline/transfers/{quote(transfer['number'])}"
        query = f"?owner={quote(transfer['owner'])}"
        name, state = transfer["number"], transfer["state"]
        if state == "dispatched":
            got = self.portal.post(f"{path}/receive/{query}", {"id": f"{name}-receive"})[1]
            state = got["state"]
        if state == "handling":
            reply = {"id": f"{name}-reply", "text": "已到现场处理，恢复正常。"}
            try:
                got = self.portal.post(f"{path}/reply/{query}", reply)[1]
            except Refused:
                # Where the company decides the matter itself, it also says what it found.
                more = {"outcome": "substantiated", "close": True}
                got = self.portal.post(f"{path}/reply/{query}", {**reply, **more})[1]
            state = got["state"]
        unit = transfer["organisation"] or transfer["owner"]
        shown = {**transfer, "state": state}
        self.store.keep(transfer["owner"], unit, shown, transfer["digest"])
        return [transfer["number"], state]

    def report(self, first: str, last: str) -> None:
        """The periodic report of hot and hard issues."""
        issue = {
            "title": "部分台区夏季电压偏低",
            "kind": "hot",
            "count": 12,
            "measures": "列入改造计划",
        }
        report = {"period": {"from": first, "to": last}, "summary": "总体平稳。", "issues": [issue]}
        self.done["issues"] = self.portal.post("hotline/issues/", report)[0]


def play(args: argparse.Namespace) -> int:
    """A whole day; what came of it as JSON. Exit code 1 where the two sides differ at the end."""
    store = Store(args.data)
    portal = Portal(args.portal, args.token, args.signing_secret)
    receiver = (
        Receiver((args.listen_host, args.listen), args.secret, store) if args.listen else None
    )
    day = Day(portal, store, args.unit)
    case = day.send()
    day.tell(case)
    if receiver is not None:
        end = time.monotonic() + args.wait
        while time.monotonic() < end and not store.ask("SELECT 1 FROM calls"):
            time.sleep(0.1)
    day.answer()
    last = day.now.astimezone(ZONE).date().replace(day=1) - timedelta(days=1)
    day.report(last.replace(day=1).isoformat(), last.isoformat())
    compared = reconcile(portal, store, day.now.astimezone(ZONE).date().isoformat())
    day.done |= {
        "calls": store.ask("SELECT kind, number FROM calls ORDER BY sequence"),
        "forged": receiver.forged if receiver else 0,
        "lost": store.lost(),
        "reconciliation": compared["state"],
        "differences": compared["differences"],
    }
    sys.stdout.write(json.dumps(day.done, ensure_ascii=False, indent=2) + "\n")
    return 0 if compared["state"] == "equal" else 1


def serve(args: argparse.Namespace) -> int:
    """Only receive calls, until Ctrl-C."""
    receiver = Receiver((args.listen_host, args.listen), args.secret, Store(args.data))
    log.info("listening on port %d", receiver.server_port)
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        receiver.shutdown()
    return 0


def compare(args: argparse.Namespace) -> int:
    """Only hold a day against the portal's."""
    portal = Portal(args.portal, args.token, args.signing_secret)
    answer = reconcile(portal, Store(args.data), args.day)
    sys.stdout.write(json.dumps(answer, ensure_ascii=False, indent=2) + "\n")
    return 0 if answer["state"] == "equal" else 1


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=("play", "serve", "reconcile"))
    parser.add_argument("--portal", default="http://127.0.0.1:8000", help="address of the portal")
    parser.add_argument("--token", default="", help="access token of the client")
    parser.add_argument("--signing-secret", default="", help="where requests are to be signed")
    parser.add_argument("--secret", action="append", default=[], help="of the calls; may be two")
    parser.add_argument("--listen", type=int, default=0, help="port for the portal's calls")
    parser.add_argument("--listen-host", default="127.0.0.1")
    parser.add_argument("--wait", type=float, default=60, help="seconds to wait for a call")
    parser.add_argument("--unit", default="CSG-GD-ZQ", help="code of the unit that cases are about")
    parser.add_argument("--day", default=datetime.now(ZONE).date().isoformat())
    parser.add_argument("--data", type=Path, default=Path("hotline.sqlite3"), help="our own file")
    args = parser.parse_args()
    logging.basicConfig(level=logging.INFO, stream=sys.stderr)
    return {"play": play, "serve": serve, "reconcile": compare}[args.what](args)


if __name__ == "__main__":
    sys.exit(main())
