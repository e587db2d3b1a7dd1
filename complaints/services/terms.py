"""The lists by which cases are entered and counted: entries come and end, and never disappear."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import Permission
from complaints import asks, visiting
from complaints.catalogue import BEGINNING
from complaints.models import Procedure, Term
from complaints.procedures import definition_of
from complaints.services import public
from complaints.workflow import REPORT
from core import audit, clock
from core.errors import Conflict, Refused
from core.spans import not_ended

# How a case ended where nobody looked into it: acts write these by themselves.
WRITTEN_BY_ACTS = ("answered", "refused", "passed_on", "withdrawn")
# Lists from which something has to be chosen to go on.
ASKED = frozenset(
    ask.term for asked in asks.ASKS.values() for ask in asked if ask.kind == "term" and ask.required
)
CODE = re.compile(r"[a-z][a-z0-9_]{1,39}")


def may_manage(user: User) -> bool:
    return user.can(Permission.CATALOGUE_MANAGE)


@transaction.atomic
def add_term(
    *,
    kind: str,
    code: str,
    label: str,
    label_en: str,
    valid_from: date,
    by: User,
    now: datetime,
    parent: Term | None = None,
    sources: list[str] | None = None,
    natures: list[str] | None = None,
    livelihood: bool = False,
) -> Term:
    """Enter a term from a day on; the same code may begin again after it ended. ``Refused``."""
    _ask(by)
    if not CODE.fullmatch(code):
        raise Refused(_("代码须以小写字母开头，只含小写字母、数字和下划线，2至40位。"))
    if valid_from < BEGINNING:
        raise Refused(_("启用日期不能早于%(day)s。") % {"day": BEGINNING.isoformat()})
    if parent is not None and parent.kind != kind:
        raise Refused(_("上级须是同一目录的条目。"))
    same = Term.objects.of(kind).filter(code=code)
    if same.filter(not_ended(valid_from)).exists():
        raise Refused(_("代码“%(code)s”在该日期仍在使用，请先停用原条目。") % {"code": code})
    last = Term.objects.of(kind).order_by("-order").values_list("order", flat=True).first()
    try:
        with transaction.atomic():
            term = Term.objects.create(
                kind=Term.Kind(kind),
                code=code,
                label=label.strip(),
                label_en=label_en.strip(),
                parent=parent,
                sources=sorted(sources or []),
                natures=sorted(natures or []),
                livelihood=livelihood and kind == Term.Kind.CATEGORY,
                valid_from=valid_from,
                order=(last or 0) + 1,
            )
    except IntegrityError as error:
        raise Conflict(_("他人刚刚增加了同一代码的条目，请刷新后再试。")) from error
    _record("term.add", term, by, now, label=term.label, valid_from=valid_from.isoformat())
    return term


@transaction.atomic
def end_term(term: Term, *, on: date | None, by: User, now: datetime) -> Term:
    """Let a term count until a day, that day included; None: without end again. ``Refused``.

    What is over stays as it was: cases of that time go on to be shown and counted by it.
    """
    _ask(by)
    term = Term.objects.select_for_update(of=("self",)).get(pk=term.pk)
    today = clock.day_of(now)
    if term.valid_until is not None and term.valid_until < today:
        raise Refused(_("该条目已经停用，不能更改；需要时请增加新的条目。"))
    if on is None:
        _free_after(term)
    elif on < max(today, term.valid_from):
        raise Refused(_("停用日期不能早于今天，也不能早于启用日期。"))
    elif why_not := needed_by(term) or _missed_after(term, on):
        raise Refused(why_not)
    before = term.valid_until.isoformat() if term.valid_until else ""
    Term.objects.filter(pk=term.pk).update(valid_until=on)
    _record("term.end", term, by, now, before=before, valid_until=on.isoformat() if on else "")
    term.refresh_from_db()
    return term


def _free_after(term: Term) -> None:
    later = Term.objects.of(term.kind).filter(code=term.code, valid_from__gt=term.valid_from)
    if later.exists():
        raise Refused(_("同一代码已有以后启用的条目，不能取消停用。"))


def needed_by(term: Term) -> str:
    """Why a term cannot end: a rule of the portal names it; empty when none does."""
    form = public.settings()
    named: dict[str, Any] = {
        Term.Kind.OUTCOME: (*asks.FINDINGS, *WRITTEN_BY_ACTS),
        Term.Kind.CHANNEL: (form["channel"],),
        Term.Kind.INDUSTRY: (form["industry"],),
        Term.Kind.SATISFACTION: (visiting.UNREACHABLE, *visiting.CONTENT),
        Term.Kind.NATURE: (REPORT, "complaint", "appeal"),
    }
    if term.code in named.get(term.kind, ()):
        return _("办理规则直接引用“%(label)s”，不能停用。") % {"label": term.label}
    for procedure in Procedure.objects.all():
        if term.code in _named_in(procedure, term.kind):
            words = {"label": term.label, "name": procedure.name}
            return _("办理程序“%(name)s”适用于“%(label)s”，不能停用。") % words
    return ""


def _named_in(procedure: Procedure, kind: str) -> list[str]:
    """Codes of a list that a procedure speaks of: what it is for, or whose time differs."""
    if kind == Term.Kind.NATURE:
        return list(procedure.natures)
    rules = definition_of(procedure).clocks.values()
    special = (one for rule in rules for one in rule.allowance.special)
    return [is_ for field, is_, _value, _unit in special if field == kind]


def _missed_after(term: Term, on: date) -> str:
    """Why a list cannot do without an entry after a day; empty when it can."""
    left = Term.objects.of(term.kind).filter(Q(valid_until__isnull=True) | Q(valid_until__gt=on))
    if left.filter(parent=term).exists():
        return _("“%(label)s”还有在用的下级条目，请先停用下级条目。") % {"label": term.label}
    others = [
        one
        for one in left.exclude(pk=term.pk)
        if not one.natures or (term.natures and set(term.natures) <= set(one.natures))
    ]
    if term.kind in ASKED and not others:
        return _("办理时须从该目录选择，请先增加其他条目，再停用“%(label)s”。") % {
            "label": term.label
        }
    return ""


def _ask(by: User) -> None:
    if not may_manage(by):
        raise Refused(_("您没有维护诉求目录的权限。"))


def _record(kind: str, term: Term, by: User, now: datetime, **details: str) -> None:
    audit.record(kind, term, by=by, now=now, list=term.kind, code=term.code, **details)
