"""The demo: where its clock stands, which accounts it has, and the processes it is made of."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.conf import settings

from core import clock
from core.errors import Refused

# In the middle of stage 3, the concentrated inspection (plan 五(三)): every desk has work on it.
FIRST_DAY = date(2012, 7, 16)
# The morning before the companies' start-up reports are due (plan 五(一)3): up to here goes what is
# told of the first autumn beside the campaign.
AUTUMN = date(2011, 11, 24)
# The days at which the demo's clock may be put: from the morning after the launch to a year after
# the campaign's end; earlier there is nobody, later nothing happens any more.
DAYS = (date(2011, 10, 26), date(2013, 12, 31))
MARK = "demo.json"
ACCOUNTS = "demo-accounts.json"
OWN = ("portal.sqlite3", "portal.sqlite3-wal", "portal.sqlite3-shm", MARK, ACCOUNTS)
OWN_FOLDERS = ("files", "mail")
# How a user gets out of any of these.
REMEDY = "请加 --fresh 重新生成（make demo ARGS=--fresh）。"
LOGS = ("audit-anchor.log", "portal.log")


@dataclass
class Demo:
    """One demo in one data folder."""

    data: Path
    port: int

    @property
    def mark(self) -> Path:
        return self.data / MARK

    @property
    def planted(self) -> bool:
        """Whether the data was planted to its end: only then has the demo a clock."""
        return "offset" in self.state()

    def state(self) -> dict[str, Any]:
        """What is noted of the demo. Raises ``Refused`` when the note cannot be read."""
        if not self.mark.exists():
            return {}
        try:
            kept = json.loads(self.mark.read_text(encoding="utf-8"))
            return {**kept, "offset": float(kept["offset"])} if kept != {} else {}
        except (ValueError, TypeError, KeyError, OSError) as error:
            raise Refused(f"演示记录 {self.mark} 已损坏，{REMEDY}") from error

    def make_folder(self) -> None:
        try:
            self.data.mkdir(parents=True, exist_ok=True)
            # whitenoise asks for the folder even where it serves from the sources.
            (self.data / "static").mkdir(exist_ok=True)
        except OSError as error:
            raise Refused(
                f"数据目录 {self.data} 不能使用（{error.strerror}），请用 --data 指定可写的目录。"
            ) from error

    def begin(self) -> None:
        """Note that the folder is a demo's before the first row is written: whoever breaks off
        the planting starts anew with the same command."""
        self.mark.write_text("{}", encoding="utf-8")

    def environment(self) -> dict[str, str]:
        """What every process of the demo is started with."""
        unwanted = {"DATABASE_URL", "REDIS_URL", "PYTHONDONTWRITEBYTECODE"}
        env = {k: v for k, v in os.environ.items() if k not in unwanted}
        # Compiled at the first start, so that the second one is quick; kept out of the tree.
        env.setdefault("PYTHONPYCACHEPREFIX", str(settings.BASE_DIR / ".venv" / "pycache"))
        env.update(
            DJANGO_SETTINGS_MODULE="config.settings.demo",
            PORTAL_DATA=str(self.data),
            SITE_URL=f"http://127.0.0.1:{self.port}",
            ALLOWED_HOSTS="127.0.0.1,localhost",
            PYTHONUNBUFFERED="1",
        )
        if offset := self.state().get("offset"):
            env[clock.OFFSET_VARIABLE] = str(offset)
        return env

    def set_clock(self, instant: datetime) -> None:
        """Put the demo clock at an instant; it ticks on from there, also over restarts."""
        offset = instant.timestamp() - time.time()
        kept = {**self.state(), "offset": offset, "set_to": instant.isoformat()}
        self.mark.write_text(json.dumps(kept, indent=1), encoding="utf-8")

    def now(self) -> datetime:
        offset = self.state().get("offset", 0.0)
        return datetime.fromtimestamp(time.time() + offset, tz=clock.ZONE)

    def clear(self) -> None:
        """Throw the demo's data away.

        Raises ``Refused`` when the folder holds a database that is not a demo's.
        """
        if (self.data / "portal.sqlite3").exists() and not self.mark.exists():
            raise Refused(f"{self.data} 中有非演示数据库，未作任何改动。请用 --data 指定其他目录。")
        for name in (*OWN, *LOGS):
            (self.data / name).unlink(missing_ok=True)
        for name in OWN_FOLDERS:
            shutil.rmtree(self.data / name, ignore_errors=True)

    def manage(self, *arguments: str) -> None:
        """Run one command of manage.py in the demo's environment.

        Raises ``Refused`` when it fails; what it said itself stands above.
        """
        command = [sys.executable, str(settings.BASE_DIR / "manage.py"), *arguments]
        done = subprocess.run(command, env=self.environment(), cwd=settings.BASE_DIR)
        if done.returncode:
            raise Refused(f"{self.data} 中的演示数据不能使用（原因见上面的输出），{REMEDY}")

    def start_web(self) -> subprocess.Popen:
        bind = f"127.0.0.1:{self.port}"
        gunicorn = ["-m", "gunicorn", "config.wsgi:application", "--bind", bind]
        gunicorn += ["--worker-class", "gthread", "--workers", "2", "--threads", "4"]
        return self._start(*gunicorn, "--log-level", "warning", "--no-control-socket")

    def start_dispatcher(self) -> subprocess.Popen:
        return self._start(str(settings.BASE_DIR / "manage.py"), "dispatcher")

    def _start(self, *arguments: str) -> subprocess.Popen:
        """A process in this process group."""
        command = [sys.executable, *arguments]
        return subprocess.Popen(command, env=self.environment(), cwd=settings.BASE_DIR)

    def wait_until_it_answers(self, processes: list[subprocess.Popen]) -> bool:
        address = f"http://127.0.0.1:{self.port}/healthz"
        for _ in range(300):
            if any(process.poll() is not None for process in processes):
                return False
            try:
                with urllib.request.urlopen(address, timeout=2):
                    return True
            except OSError:
                time.sleep(0.1)
        return False

    def accounts(self) -> list[dict[str, str]]:
        try:
            found = json.loads((self.data / ACCOUNTS).read_text(encoding="utf-8"))
        except (ValueError, OSError) as error:
            raise Refused(f"账号表 {self.data / ACCOUNTS} 缺失或已损坏，{REMEDY}") from error
        return list(found)
