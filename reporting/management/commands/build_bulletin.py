"""The 12398 bulletin of a period: JSON, official document and workbook. Writes nothing else."""

from __future__ import annotations

import json
import sys
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from accounts.models import Organisation
from accounts.territory import national_regulator
from core import arithmetic, clock, officialdoc
from core.errors import Refused
from core.periods import Period
from reporting.bulletins import documents, styles
from reporting.bulletins.making import Made, make


def a_day(text: str) -> date:
    """A day as YYYY-MM-DD."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise CommandError(_("“%(text)s”不是日期（格式：2022-02-28）。") % {"text": text}) from None


class Command(BaseCommand):
    help = _("按期间和样式生成12398热线通报，输出 JSON、公文和附表。")

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--organisation", metavar="CODE", help=_("编制单位代码，默认国家监管机构")
        )
        parser.add_argument("--from", dest="first", required=True, metavar="D", type=a_day)
        parser.add_argument("--to", dest="last", required=True, metavar="D", type=a_day)
        parser.add_argument("--style", required=True, choices=list(styles.styles()))
        parser.add_argument("--balance", choices=arithmetic.BALANCES)
        for kind in ("json", "docx", "xlsx"):
            parser.add_argument(f"--{kind}", metavar="F", help=_("输出文件；- 表示标准输出"))

    def handle(self, *args: Any, **options: Any) -> None:
        """Build once, write every form that is asked for; without any, JSON on standard output."""
        try:
            period = Period(options["first"], options["last"])
        except ValueError:
            raise CommandError(_("--to 早于 --from。")) from None
        office = self.office(options["organisation"])
        now = clock.now()
        try:
            made = make(office, period, style=options["style"], balance=options["balance"], now=now)
        except Refused as refused:
            raise CommandError(str(refused)) from refused
        if not made.style.covers(period.first, period.last):
            said = _("注意：%(period)s不在“%(style)s”的适用期内。")
            words = {"period": made.bulletin.period.text, "style": made.style.name}
            self.stderr.write(said % words)
        self.write(made, office, options)

    @staticmethod
    def office(code: str | None) -> Organisation:
        if not code:
            return national_regulator()
        found = Organisation.objects.filter(code=code).first()
        if found is None:
            raise CommandError(_("没有代码为“%(code)s”的单位。") % {"code": code})
        return found

    def write(self, made: Made, office: Organisation, options: dict[str, Any]) -> None:
        day = made.bulletin.period.last
        heads = documents.Heads(issuer=office.name_on(day), day=day)
        if options["docx"]:
            document = documents.document_of(made.bulletin, made.style, heads, office=made.office)
            self.put(options["docx"], officialdoc.to_docx(document))
        if options["xlsx"]:
            self.put(options["xlsx"], documents.workbook(made.bulletin, heads))
        if options["json"] or not (options["docx"] or options["xlsx"]):
            text = json.dumps(made.bulletin.json(), ensure_ascii=False, indent=1)
            self.put(options["json"] or "-", f"{text}\n".encode())

    def put(self, target: str, content: bytes) -> None:
        """Into a file, or onto standard output for -."""
        if target == "-":
            out = getattr(self.stdout, "_out", sys.stdout)
            stream = getattr(out, "buffer", None)
            if stream is not None:
                stream.write(content)
            else:
                out.write(content.decode())
            return
        try:
            Path(target).write_bytes(content)
        except OSError as error:
            words = {"file": target, "error": error.strerror}
            raise CommandError(_("不能写入 %(file)s：%(error)s") % words) from error
