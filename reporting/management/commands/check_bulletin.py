"""Reads a published bulletin, names its own mistakes, and compares it with a built one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reporting.bulletins import checking, comparing
from reporting.bulletins.checking import Finding

CUSTOMS = {
    "largest": gettext_lazy("余数计入最大一项"),
    "last": gettext_lazy("余数计入最后一项"),
    "sum_of_children": gettext_lazy("按分项之和计"),
}


class Command(BaseCommand):
    help = _("核对已公布的通报：指出其中自相矛盾的数字，并可与系统编制的通报逐项比对。")

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "file", help=_("已公布通报的数据文件（JSON），或 build_bulletin 的输出")
        )
        parser.add_argument(
            "--built", metavar="F", help=_("build_bulletin 输出的 JSON，与公布的数字逐项比对")
        )
        parser.add_argument("--json", action="store_true", help=_("以 JSON 输出"))

    def handle(self, *args: Any, **options: Any) -> None:
        """Mistakes first, then differences; nothing found is said too."""
        published = read(options["file"])
        if "stated" not in published:
            published = checking.stored_form(published)
        built = read(options["built"]) if options["built"] else None
        try:
            found = checking.check(published)
            differing = comparing.compare(published, built) if built is not None else []
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            raise CommandError(
                _("不是通报数据：缺少或写错“%(part)s”。") % {"part": error}
            ) from None
        if options["json"]:
            found_json = {
                "conflicts": [asdict(one) for one in found],
                "differences": [asdict(one) for one in differing],
            }
            self.stdout.write(json.dumps(found_json, ensure_ascii=False, indent=1))
            return
        self.say(_("公布的数字前后一致。"), _("公布的数字有%(n)d处自相矛盾："), found)
        if built is not None:
            none = _("与按诉求编制的通报一致。")
            self.say(none, _("与按诉求编制的通报有%(n)d处不同："), differing)

    def say(self, nothing: str, some: str, found: list[Finding]) -> None:
        self.stdout.write(some % {"n": len(found)} if found else nothing)
        for one in found:
            custom = CUSTOMS.get(one.explained)
            self.stdout.write(f"- {one.message}{f'（{custom}）' if custom else ''}")


def read(name: str) -> Mapping[str, Any]:
    """The JSON object in a file. Raises ``CommandError`` in words."""
    try:
        found = json.loads(Path(name).read_text(encoding="utf-8"))
    except OSError as error:
        words = {"file": name, "error": error.strerror}
        raise CommandError(_("不能读取 %(file)s：%(error)s") % words) from None
    except ValueError:
        raise CommandError(_("%(file)s 不是 JSON 文件。") % {"file": name}) from None
    if not isinstance(found, Mapping):
        raise CommandError(_("%(file)s 里没有通报。") % {"file": name})
    return found
