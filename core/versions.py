"""Entries of a catalogue in versions: from a day on one says something else, or a new one comes.

A catalogue is a table with ``code`` and ``valid_from``, one row for each version. Which one counts
follows the day; what it says is never changed, so whatever was judged by it stays explained. Each
catalogue is a subclass with its own checks and what follows from a version.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Generic, TypeVar

from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as L  # noqa: N812

from core import audit, clock
from core.errors import Conflict, Refused

M = TypeVar("M", bound=models.Model)
CODE = re.compile(r"[a-z][a-z0-9_]+")


class Versions(Generic[M]):
    """One catalogue: its table, who keeps it, and what a version may say otherwise."""

    model: type[M]
    permission: Any
    fields: tuple[str, ...]
    # What the audit trail calls a further version.
    event: str
    # The column in which a further version ends the one before; empty where the later one counts.
    closes = ""
    # A version begins after the day on which it is made.
    ahead = True
    # New entries may come.
    grows = False

    not_yours = L("规则由具有“%(permission)s”权限的人员维护。")
    overtaken = L("该规则刚有新的版本，请刷新页面，核对后再办理。")

    def rows(self) -> models.QuerySet[M]:
        return self.model._default_manager.all()

    def latest(self, code: str) -> M | None:
        """The last version of an entry, in force or to come."""
        return self.rows().filter(code=code).order_by("-valid_from").first()

    def drafted(
        self, base: M | None, values: Mapping[str, Any], *, valid_from: date, code: str = ""
    ) -> M:
        """The further version as it would be, not stored; without a base the first one of a new
        entry. Raises ``Refused`` where it cannot be."""
        before: Any = base
        if before is not None and valid_from <= before.valid_from:
            text = _("启用日期须晚于最近一版的启用日期（%(day)s）。")
            raise Refused(text % {"day": before.valid_from})
        made: Any = self.first(code) if base is None else self.further(base)
        made.valid_from = valid_from
        self.say(made, values)
        self.check(base, made)
        until = getattr(made, "valid_until", None)
        if until is not None and until < valid_from:
            raise Refused(_("停用日期不能早于启用日期。"))
        if base is not None and not self.changes(base, made):
            raise Refused(_("与最近一版相同，没有改动。"))
        return made  # type: ignore[no-any-return]

    def first(self, code: str) -> M:
        """A new entry that says nothing yet. Raises ``Refused``."""
        column: Any = self.model._meta.get_field("code")
        if not CODE.fullmatch(code) or len(code) > column.max_length:
            text = _("代码由小写字母、数字和下划线组成，以字母开头，2至%(most)d个字符。")
            raise Refused(text % {"most": column.max_length})
        return self.model(code=code)

    def further(self, base: M) -> M:
        """A version that says the same as the one before."""
        kept = [one for one in base._meta.concrete_fields if not one.primary_key]
        said = {one.attname: getattr(base, one.attname) for one in kept}
        return self.model(**said | ({self.closes: None} if self.closes else {}))

    def say(self, made: M, values: Mapping[str, Any]) -> None:
        """Enter what was asked for; what was not stays as the version before has it."""
        for name in self.fields:
            if name in values:
                setattr(made, name, values[name])

    def check(self, base: M | None, made: M) -> None:
        """Raise ``Refused`` where a version cannot be."""

    def changes(self, base: M | None, made: M) -> dict[str, list[str]]:
        """What is said otherwise: {field: [before, after]}."""
        pairs = {
            name: [_text(getattr(base, name, None)), _text(getattr(made, name))]
            for name in self.fields
        }
        return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}

    @transaction.atomic
    def revise(
        self,
        *,
        code: str,
        values: Mapping[str, Any],
        valid_from: date,
        reason: str,
        seen: int,
        by: Any,
        now: datetime,
    ) -> M:
        """Let an entry say something else from a day on.

        ``by``: whoever adopted the draft of somebody else. ``seen``: the version that was changed,
        0 where no table holds one yet. Raises ``Refused`` and ``Conflict``.
        """
        if not by.can(self.permission):
            raise Refused(self.not_yours % {"permission": self.permission.label})
        base: Any = self.latest(code)
        if base is None and not self.grows or (base.pk if base else 0) != seen:
            raise Conflict(str(self.overtaken))
        if self.ahead and valid_from <= clock.day_of(now):
            raise Refused(_("启用日期须晚于今天；已过的，请退回重拟。"))
        if not reason.strip():
            raise Refused(_("请写明改动理由。"))
        made = self.drafted(base, values, valid_from=valid_from, code=code)
        told = self.changes(base, made)
        self._close(base, valid_from)
        try:
            with transaction.atomic():
                made.save(force_insert=True)
        except IntegrityError:
            raise Conflict(str(self.overtaken)) from None
        words = {"code": code, "valid_from": str(valid_from), "changes": told}
        words |= self.follow(made, now=now)
        audit.record(self.event, made, by=by, now=now, reason=reason.strip(), **words)
        return made

    def _close(self, base: Any, valid_from: date) -> None:
        """End the version before the day before; what ended earlier stays ended."""
        if not self.closes or base is None or not base.pk:
            return
        if (getattr(base, self.closes) or date.max) >= valid_from:
            setattr(base, self.closes, valid_from - timedelta(days=1))
            base.save(update_fields=[self.closes])

    def follow(self, made: M, *, now: datetime) -> dict[str, Any]:
        """Do what follows from a version, in its transaction; what more the audit trail says."""
        return {}


def _text(value: Any) -> str:
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    return "" if value is None else str(value)
