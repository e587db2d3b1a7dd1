"""What `make test` runs: the suite on each leg that this machine has, each answered for.

Legs: the embedded database; PostgreSQL with Redis, a Celery worker and beat; headless Chromium.
Those on PostgreSQL wait for those on the embedded database, which have their statements planned
there and note what of each test is left to be run (``tests/statements.py``); otherwise some run
side by side, each from a database migrated once for all (``tests/prepared.py``). A leg that
cannot run is NOT RUN with its reason; with CI=true that is a failure.
"""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from tests import prepared, servers, statements

ROOT = Path(__file__).resolve().parent.parent
CI = os.environ.get("CI", "").lower() in {"1", "true", "yes"}

# A leg runs in parts, so that no core waits for the longest, and the longest begins first; what
# stands in none of these places is the part "others".
PARTS = {
    "doors": ("tests/repository",),
    "cases": ("tests/complaints", "tests/bulletins"),
    "reports": ("tests/reporting/test_[i-z]*.py",),
    "demo": ("tests/config",),
    "core": ("tests/core",),
    "filings": ("tests/reporting",),
}
BROWSER = "tests/browser"
# Each waits for its own processes now and then and leaves a core to the others; with one less the
# last ran alone for a third of the time.
AT_A_TIME = 4


class Leg:
    """One run of the suite in a process of its own, its output kept until it has ended."""

    def __init__(self, name: str, marks: str, env: dict[str, str], extra: list[str]) -> None:
        # Red until it has run: a leg that breaks off before its tests proved nothing.
        self.name, self.code, self.reason = name, 1, ""
        # -rs: what was skipped is named with its reason.
        command = [sys.executable, "-m", "pytest", "-q", "-rs", "-m", marks]
        command += ["-p", "no:cacheprovider"]
        self.command = [*command, *extra]
        clean = {k: v for k, v in os.environ.items() if k not in {"DATABASE_URL", "REDIS_URL"}}
        clean.pop("DJANGO_SETTINGS_MODULE", None)
        clean.pop("PYTHONDONTWRITEBYTECODE", None)
        # Every process of the suite finds what an earlier one compiled, outside the tree.
        self.env = {"PYTHONPYCACHEPREFIX": str(ROOT / ".venv" / "pycache"), **clean, **env}
        self.seconds = self.computing = 0.0

    def run(self) -> None:
        started = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="portal-leg-") as data:
            env = {**self.env, "PORTAL_DATA": data}
            # Whoever is impatient can follow the leg in its log; it is printed when it has ended.
            with self.log.open("w") as stream:
                process = subprocess.Popen(
                    self.command, cwd=ROOT, env=env, stdout=stream, stderr=subprocess.STDOUT
                )
                _pid, status, used = os.wait4(process.pid, 0)
        self.seconds = time.monotonic() - started
        # With all processes that it started and waited for, without the database's own.
        self.computing = used.ru_utime + used.ru_stime
        code = process.returncode = os.waitstatus_to_exitcode(status)
        # 5 means that no test was chosen, which a run with a path as argument may ask for.
        self.code = 0 if code == 5 else code
        told = self.log.read_text(encoding="utf-8", errors="replace")
        print(f"\n===== {self.name} =====\n{told}", flush=True)

    @property
    def slug(self) -> str:
        """The name as one of a database."""
        return re.sub(r"\W+", "_", self.name.lower()).strip("_")

    @property
    def log(self) -> Path:
        folder = ROOT / "var" / "legs"
        folder.mkdir(parents=True, exist_ok=True)
        return folder / f"{self.name}.log"

    @property
    def noted(self) -> Path:
        """Where the leg notes the statements of its tests."""
        return self.log.with_suffix(".json")


class Services:
    """One PostgreSQL for all legs, with a database that theirs are copied from, and one where the
    embedded legs have their questions planned."""

    name = "PostgreSQL"

    def __init__(self, stack: contextlib.ExitStack, folder: Path) -> None:
        self.stack, self.folder = stack, folder
        self.url, self.env, self.plans = "", {}, {}
        self.missing = servers.obtain("postgres", "redis-server")

    def run(self, leg: Leg) -> None:
        if self.missing:
            leg.reason = self.missing
            return
        if not self.url:
            raise RuntimeError("PostgreSQL did not start")
        leg.env |= {**self.env, "DATABASE_URL": prepared.at(self.url, leg.slug)}
        with servers.redis() as leg.env["REDIS_URL"]:
            leg.run()

    def start(self) -> None:
        """The server; without it, or where it could not be prepared, nothing is planned."""
        if not self.missing:
            self.url = self.stack.enter_context(servers.postgres())
            self.env = prepared.prepare(self.folder, self.url)
        if self.env:
            self.plans = {"PLANS_AT": prepared.copied(self.url, "plans")}


def run_browser_leg(leg: Leg) -> None:
    if reason := servers.obtain("chromium"):
        leg.reason = reason
        return
    leg.run()


def answered_for(leg: Leg | Services, run: Callable[[], None]) -> None:
    """Run a leg; what breaks off there is told and leaves the leg red."""
    try:
        run()
    except Exception:
        print(f"\n===== {leg.name} broke off =====\n{traceback.format_exc()}", flush=True)


def report(legs: list[Leg]) -> int:
    print("\nlegs:")
    failed = 0
    for leg in legs:
        if leg.reason:
            print(f"  {leg.name}: NOT RUN ({leg.reason})")
            failed |= CI
        else:
            told = f"{leg.seconds:.0f} s, {leg.computing:.0f} s of processor time"
            print(f"  {leg.name}: {'RED' if leg.code else 'green'} in {told}")
            failed |= bool(leg.code)
    return int(failed)


def named(extra: list[str]) -> bool:
    """Whether the arguments name tests."""
    return any(not one.startswith("-") for one in extra)


def paths_of(part: str) -> list[str]:
    """The folders and files of a part, without those of the parts before it."""
    before = {path for one in list(PARTS)[: list(PARTS).index(part)] for path in PARTS[one]}
    found = [path for pattern in PARTS[part] for path in sorted(ROOT.glob(pattern))]
    others = [path for pattern in before for path in sorted(ROOT.glob(pattern))]
    inside = [path for path in others if any(one in path.parents for one in found)]
    return [
        *(str(path.relative_to(ROOT)) for path in found),
        *(f"--ignore={path.relative_to(ROOT)}" for path in inside),
    ]


def parts(name: str, marks: str, extra: list[str]) -> list[Leg]:
    """A leg in parts; where tests are named as arguments, one."""
    if named(extra):
        return [Leg(name, marks, {}, extra)]
    legs = [Leg(f"{name} ({part})", marks, {}, [*paths_of(part), *extra]) for part in PARTS]
    elsewhere = [BROWSER, *(path for part in PARTS for path in paths_of(part))]
    others = [f"--ignore={path}" for path in elsewhere if not path.startswith("-")]
    return [*legs, Leg(f"{name} (others)", marks, {}, [*others, *extra])]


def main() -> int:
    extra = sys.argv[1:]
    # One installation at a time: apt holds a lock, and documents are opened in LibreOffice.
    if CI or os.geteuid() == 0:
        servers.obtain("chromium-headless-shell")
        servers.obtain("postgres", "redis-server", "chromium", "soffice", "pdftoppm")
    # Only the embedded leg has the tests without a database.
    embedded = parts("SQLite", "not browser and not services", extra)
    services = parts("PostgreSQL+Redis", "not browser", extra)
    # Reading all other tests only to leave them out takes longer than some of its pages.
    browser = Leg("browser", "browser", {}, extra if named(extra) else [BROWSER, *extra])
    chosen = embedded[0].noted.with_name("needed.json")
    chosen.unlink(missing_ok=True)
    for first, second in zip(embedded, services, strict=True):
        # What an earlier run noted says nothing of this one.
        first.noted.unlink(missing_ok=True)
        first.env["STATEMENTS_TO"] = str(first.noted)
        second.env["STATEMENTS_FROM"] = str(chosen)
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="portal-prepared-")))
        ours = Services(stack, folder / "services")
        # Each computes on one core.
        with ThreadPoolExecutor(2) as pool:
            pool.submit(answered_for, ours, ours.start)
            env = prepared.prepare(folder / "embedded")
        for leg in [*embedded, browser]:
            leg.env |= env
        for leg in embedded:
            leg.env |= ours.plans
        with ThreadPoolExecutor(AT_A_TIME) as pool:
            # First, because nothing else is left to run beside it at the end.
            last = pool.submit(answered_for, browser, partial(run_browser_leg, browser))
            for done in [pool.submit(answered_for, leg, leg.run) for leg in embedded]:
                done.result()
            statements.choose([leg.noted for leg in embedded], chosen)
            for leg in services:
                pool.submit(answered_for, leg, partial(ours.run, leg))
            last.result()
    return report([*embedded, *services, browser])


if __name__ == "__main__":
    sys.exit(main())
