"""Import a file of cases by the contract of the case record: all errors at once, all or nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from accounts.models import Organisation
from accounts.territory import national_regulator
from complaints import services
from complaints.services.importing import Outcome
from complaints.workflow import Source
from core import clock

# Errors printed for people; all of them go into the JSON and the marked copy.
SHOWN = 100


class Command(BaseCommand):
    help = _("导入诉求记录（.xlsx、.csv、.ndjson）：一次列出全部错误，全部正确才导入。")

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE", type=Path)
        parser.add_argument("--source", required=True, choices=Source.values)
        parser.add_argument(
            "--organisation", metavar="CODE", help=_("首接单位代码，默认国家监管机构")
        )
        parser.add_argument("--dry-run", action="store_true", help=_("只检查，不导入"))
        parser.add_argument("--json", action="store_true", help=_("以 JSON 输出结果"))
        parser.add_argument("--errors", metavar="F", type=Path, help=_("把标注错误的副本写入文件"))

    def handle(self, *args: Any, **options: Any) -> None:
        """Import, say what became of it; exit 1 when anything was wrong."""
        path: Path = options["file"]
        try:
            upload = path.open("rb")
        except OSError:
            raise CommandError(_("文件“%(path)s”不能读取。") % {"path": path}) from None
        with upload:
            outcome = services.import_cases(
                upload,
                name=path.name,
                source=options["source"],
                owner=owner(options["organisation"]),
                by=None,
                now=clock.now(),
                dry_run=options["dry_run"],
                with_copy=bool(options["errors"]),
            )
        if outcome.copy:
            options["errors"].write_bytes(outcome.copy)
        if options["json"]:
            self.stdout.write(json.dumps(told(outcome), ensure_ascii=False, indent=1))
        else:
            self._say(outcome)
        if not outcome.ok:
            raise SystemExit(1)

    def _say(self, outcome: Outcome) -> None:
        for number, problem in enumerate(outcome.listed()):
            if number == SHOWN:
                self.stderr.write(_("……共 %(count)d 处错误。") % {"count": outcome.count})
                break
            self.stderr.write(f"{problem.place}：{problem.message}。{problem.remedy}")
        self.stdout.write(sentence(outcome))


def sentence(outcome: Outcome) -> str:
    """What became of the file, in one sentence."""
    words = {"rows": outcome.rows, "count": outcome.count, "created": outcome.created}
    words["unchanged"] = outcome.unchanged
    if not outcome.ok:
        return _("共 %(rows)d 行，有 %(count)d 处错误，没有导入任何记录。") % words
    if outcome.dry_run:
        return (
            _("共 %(rows)d 行，全部正确，可以导入（其中 %(unchanged)d 行已经在系统中）。") % words
        )
    return _("共 %(rows)d 行，新登记 %(created)d 件，%(unchanged)d 件已经在系统中。") % words


def told(outcome: Outcome) -> dict[str, Any]:
    """The same for programs."""
    names = ("sheet", "row", "column", "cell", "rule", "message", "remedy", "value")
    return {
        "ok": outcome.ok,
        "dry_run": outcome.dry_run,
        "rows": outcome.rows,
        "created": outcome.created,
        "unchanged": outcome.unchanged,
        "errors": [
            {name: getattr(problem, name) for name in names} for problem in outcome.listed()
        ],
    }


def owner(code: str | None) -> Organisation:
    """The organisation with the code; the national regulator without one."""
    if not code:
        return national_regulator()
    try:
        return Organisation.objects.in_force().get(code=code)
    except Organisation.DoesNotExist:
        raise CommandError(_("没有代码为“%(code)s”的单位。") % {"code": code}) from None
