"""Write the table of an ordered-use plan, filled in with its rows or with last year's."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from core import clock
from reporting.models import OrderedUsePlan
from reporting.services.plans.templates import write_template


class Command(BaseCommand):
    help = _("生成有序用电方案明细表模板，预填本方案或者上年方案的明细。")

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE", type=Path)
        parser.add_argument("--plan", type=int, required=True, help=_("方案编号"))

    def handle(self, *args: Any, **options: Any) -> None:
        plan = OrderedUsePlan.objects.filter(pk=options["plan"]).first()
        if plan is None:
            raise CommandError(_("没有这个方案。"))
        with options["file"].open("wb") as target:
            write_template(plan, target, now=clock.now(), contacts=True)
