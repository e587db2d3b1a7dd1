"""The demo's data: people with passwords, and the campaign played up to a day."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import User
from config.demo import ACCOUNTS, AUTUMN, FIRST_DAY
from config.management.commands.load_catalogues import load_all
from config.replay import (
    business,
    circulars,
    claims,
    demonstrations,
    grids,
    hazards,
    indicators,
    inspections,
    outages,
    people,
    plans,
    rectification,
    registers,
    reports,
    returns,
    script,
    sharing,
    special,
    supply,
    templates,
)
from config.replay.player import Player
from core import clock


class Command(BaseCommand):
    help = "在空的演示数据库中生成演示数据（由 demo 命令调用）。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--until", type=date.fromisoformat, default=FIRST_DAY)
        parser.add_argument("--seed", type=int, default=1)

    def handle(self, *args, **options) -> None:
        if not settings.DEMO:
            raise CommandError("演示数据只能写入演示环境，请使用 demo 命令。")
        if User.objects.exists():
            raise CommandError("数据库中已有人员，未作任何改动。")
        play = script.load("residential-2011")
        password = people.demo_password()
        with clock.standing_at(play.created):
            load_all(now=play.created)
            found = people.plant(play, now=play.created)
        player = Player(play, found, options["seed"])
        until = clock.at(options["until"], 9, 30)
        player.play(until)
        # What is told of the first autumn happened then, however far the campaign has come since;
        # what a grid has to do from day to day is of these weeks.
        autumn = min(until, clock.at(AUTUMN, 9, 30))
        since = until - autumn
        plans.plant(player.casework.somebody, until=autumn)
        returns.plant(player.casework.somebody, until=autumn)
        grids.plant(player.casework.somebody, until=autumn)
        business.plant(player.casework.somebody, until=until, since=since)
        claims.plant(until=until, since=since)
        outages.plant(player.casework.somebody, until=until, since=since)
        registers.plant(player.casework.somebody, until=autumn)
        hazards.plant(player.casework.somebody, until=until, since=since)
        special.plant(player.casework.somebody, until=until)
        sharing.plant(player.casework.somebody, until=autumn)
        rectification.plant(player.someone, player.people, until=autumn)
        with clock.standing_at(autumn):
            demonstrations.plant(player.casework.somebody, now=autumn)
        returns.go_on(player.casework.somebody, since=autumn, until=until)
        plans.go_on(player.casework.somebody, until=until)
        demonstrations.go_on(player.casework.somebody, until=until)
        with clock.standing_at(until):
            supply.plant(player.casework.somebody, now=until)
            indicators.plant(player.someone, now=until)
            inspections.plant(player.someone, until=until)
            reports.plant(player.someone, now=until)
            circulars.plant(player.someone, until=until)
            templates.plant(player.someone, now=until)
            people.let_in(found, password, now=until)
        people.write_accounts(play, settings.PORTAL_DATA / ACCOUNTS, password=password)
