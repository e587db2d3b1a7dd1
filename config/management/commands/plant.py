"""Demo data in bulk on an empty database: bureaus, people and up to millions of cases."""

from __future__ import annotations

import time
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from accounts.models import User
from complaints.models import Case
from config.management.commands.load_catalogues import load_all
from config.planting import bureaus, cases
from config.planting.scales import SCALES, Scale
from core import audit, clock
from core.models import AuditEvent

BEGUN, ENDED = "plant.begin", "plant.end"
# So many of the newest cases are handed on and taken over, act by act.
LIVELY = 200
NOT_YET = "网格经理和网格配对尚无对应功能，本次不生成。"


class Command(BaseCommand):
    help = "在空数据库中按规模批量生成演示数据；中断后用同样的参数再次运行即可继续。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--scale", choices=list(SCALES), required=True)
        parser.add_argument("--date", type=date.fromisoformat, default=None)
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument(
            "--password", default="", help="给生成的人员统一设置口令（默认不能登录）"
        )
        parser.add_argument("--cases", type=int, help="诉求件数（默认按规模）")

    def handle(self, *args: Any, **options: Any) -> None:
        scale = SCALES[options["scale"]]
        wanted = options["cases"] if options["cases"] is not None else scale.cases
        if wanted < scale.bureaus:
            raise CommandError(f"--cases 不能少于供电局个数（{scale.bureaus}）。")
        day = options["date"] or clock.today()
        asked = {
            "scale": options["scale"],
            "date": str(day),
            "seed": options["seed"],
            "cases": wanted,
        }
        self.make_ready(asked)
        self.password = options["password"]
        now = clock.at(day, 9, 30)
        with clock.standing_at(now), audit.coming_from("plant"):
            self.plant(scale, wanted, day, options["seed"], now=now)
            audit.record(ENDED, None, by=None, now=now, **asked)
        self.stdout.write(NOT_YET)

    def make_ready(self, asked: dict[str, Any]) -> None:
        """Refuse a database that somebody uses, or that was planted otherwise."""
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            call_command("migrate", verbosity=0)
        begun = AuditEvent.objects.filter(kind=BEGUN).order_by("pk").first()
        if begun is None and (User.objects.exists() or Case.objects.exists()):
            raise CommandError("数据库中已有数据，只能在空数据库上批量生成，未作任何改动。")
        if begun is not None and begun.details != asked:
            raise CommandError(f"数据库已按其他参数生成（{begun.details}），未作任何改动。")
        if AuditEvent.objects.filter(kind=ENDED).exists():
            raise CommandError("数据库已按同样参数生成完毕，未作任何改动。")
        # The database was empty: nobody's deadlines can be moved by a held clock.
        settings.CLOCK_MAY_MOVE = True
        self.asked, self.resumed = asked, begun is not None

    def plant(self, scale: Scale, wanted: int, day: date, seed: int, *, now: datetime) -> None:
        if self.resumed:
            self.stdout.write("继续上次未完成的生成。")
        else:
            load_all(now=now)
            audit.record(BEGUN, None, by=None, now=now, **self.asked)
        bureaus.plant(scale, seed=seed, password=self.password, now=now, say=self.stdout.write)
        self.plant_cases(scale, wanted, day, seed, now=now)
        handed = cases.lively(most=LIVELY, now=now)
        self.stdout.write(f"派发办理最新的 {handed} 件诉求。")

    def plant_cases(
        self, scale: Scale, wanted: int, day: date, seed: int, *, now: datetime
    ) -> None:
        chunks = list(cases.chunks(scale, cases=wanted, day=day))
        planter, started, new, done = cases.Planter(seed, now), time.monotonic(), 0, 0
        whole = sum(chunk.count for chunk in chunks)
        for place, chunk in enumerate(chunks, 1):
            new, done = new + planter.plant(chunk), done + chunk.count
            if place % 20 == 0 or place == len(chunks):
                rate = new / max(time.monotonic() - started, 0.001)
                self.stdout.write(f"诉求 {done}/{whole}（每秒 {rate:.0f} 件）")
