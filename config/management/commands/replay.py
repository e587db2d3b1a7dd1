"""Plays a campaign day by day on an empty database and writes what came of it."""

from __future__ import annotations

import time
from datetime import date
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from accounts.models import User
from campaign.models import Campaign
from config.management.commands.load_catalogues import load_all
from config.replay import output, people, scales, script
from config.replay.player import Player
from core import clock


class Command(BaseCommand):
    help = "在空数据库上逐日演练一次专项行动，输出报告、信件、明细和 summary.json。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--campaign", default="residential-2011")
        parser.add_argument("--until", type=date.fromisoformat, default=date(2011, 11, 30))
        parser.add_argument("--out", type=Path, required=True)
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--scale", choices=scales.names(), default=scales.SMALL)

    def handle(self, *args, **options) -> None:
        try:
            play = script.load(options["campaign"], beside=True)
        except ValueError as error:
            raise CommandError(str(error)) from error
        until = clock.at(options["until"], 23, 59, 59)
        if until < play.launched:
            raise CommandError(f"--until 早于启动日期 {play.launched:%Y-%m-%d}。")
        self.make_ready()
        started = time.monotonic()
        player = self.play(play, until, options)
        if player.campaign is None:
            raise CommandError("专项行动没有建立。")
        campaign = Campaign.objects.get(pk=player.campaign.pk)
        summary = output.write(options["out"], campaign=campaign, until=until)
        letters = sum(summary["letters"].values())
        seconds = time.monotonic() - started
        self.stdout.write(
            f"演练完成：{len(player.played)} 个动作，{letters} 封信件与通知，"
            f"{len(summary['reports'])} 份报告，用时 {seconds:.0f} 秒，写入 {options['out']}。"
        )

    def make_ready(self) -> None:
        """Refuse a database that somebody uses; bring an empty one up to date."""
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            call_command("migrate", verbosity=0)
        if User.objects.exists():
            raise CommandError("数据库中已有人员。演练只能在空数据库上进行，未作任何改动。")
        # The database was empty a moment ago: nobody's deadlines can be moved by a held clock.
        settings.CLOCK_MAY_MOVE = True

    def play(self, play: script.Script, until, options) -> Player:
        with clock.standing_at(play.created):
            load_all(now=play.created)
            scale = scales.named(options["scale"])
            play = scales.widen(play, scale, seed=options["seed"], now=play.created)
            found = people.plant(play, now=play.created)
        say = self.stdout.write if options["verbosity"] > 1 else lambda _text: None
        player = Player(play, found, options["seed"], say, scale)
        player.play(until)
        return player
