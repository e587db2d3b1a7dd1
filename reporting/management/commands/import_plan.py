"""Import the rows of an ordered-use plan: all errors at once, all or nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from accounts.models import User
from core import clock
from reporting.models import OrderedUsePlan
from reporting.services.plans.importing import import_rows

SHOWN = 100


class Command(BaseCommand):
    help = _("导入有序用电方案明细（.xlsx、.csv）：一次列出全部错误，没有硬性错误才导入。")

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE", type=Path)
        parser.add_argument("--plan", type=int, required=True, help=_("方案编号"))
        parser.add_argument("--user", required=True, help=_("编制人的用户名"))
        parser.add_argument("--json", action="store_true", help=_("以 JSON 输出结果"))
        parser.add_argument("--errors", metavar="F", type=Path, help=_("把标注错误的副本写入文件"))

    def handle(self, *args: Any, **options: Any) -> None:
        """Import, say what became of it; exit 1 when anything hard was found."""
        plan = OrderedUsePlan.objects.filter(pk=options["plan"]).first()
        user = User.objects.filter(username=options["user"]).first()
        if plan is None or user is None:
            raise CommandError(_("没有这个方案或者这个用户。"))
        try:
            upload = options["file"].open("rb")
        except OSError:
            path = options["file"]
            raise CommandError(_("文件“%(path)s”不能读取。") % {"path": path}) from None
        with upload:
            outcome = import_rows(
                upload,
                name=options["file"].name,
                plan=plan,
                by=user,
                now=clock.now(),
                with_copy=bool(options["errors"]),
            )
        if outcome.copy:
            options["errors"].write_bytes(outcome.copy)
        if options["json"]:
            names = ("row", "cell", "rule", "message", "remedy", "severity")
            told = [{name: getattr(one, name) for name in names} for one in outcome.listed()]
            found = {"ok": outcome.ok, "rows": outcome.rows, "errors": told}
            self.stdout.write(json.dumps(found, ensure_ascii=False))
        else:
            for problem, _n in zip(outcome.listed(), range(SHOWN), strict=False):
                self.stderr.write(f"{problem.place}：{problem.message}。{problem.remedy}")
            words = {"rows": outcome.rows, "count": outcome.count}
            self.stdout.write(_("共 %(rows)d 行，%(count)d 处提示。") % words)
        if not outcome.ok:
            raise SystemExit(1)
