"""Circulars: draft, edit, submit, approve, issue with letters, sign for, publish.

Source: campaign plan 二(二)2 (S1-2.2.2h), 三、(三)6(1) (S1-3.3.6(1)c).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Organisation
from accounts.permissions import Permission
from campaign.people import people_of
from campaign.scope import works_for
from campaign.services import rectification_entering
from complaints.models import Case
from core import audit, clock, outbox
from core.errors import Conflict, Refused
from core.officialdoc import clean
from reporting import circulars, ledger_sources
from reporting.circular_kinds import Said, said_in
from reporting.circulars import Account, Content
from reporting.models import Circular, CircularReceipt, CircularVersion
from reporting.notifications import circular as wording
from reporting.services.circular_printing import heads_for, heads_now, keep, print_out
from reporting.services.papers import Desk, Printed
from reporting.services.reports.common import given, noted
from reporting.workflow import circular as workflow

if TYPE_CHECKING:
    from accounts.models import User

desk = Desk(
    Circular,
    kind="circular",
    related=("organisation", "current_version", "redress__first__current_version"),
    refusal=workflow.refusal,
    busy=gettext_lazy("通报刚被他人办理，请刷新后再试。"),
)


def draft_refusal(organisation: Organisation | None, *, by: User) -> str:
    """Why the person may not draft a circular for the office; empty when they may."""
    if organisation is None or not organisation.is_regulator:
        return _("通报由监管机构编制。")
    if not works_for(by, Permission.REPORT_EDIT, organisation):
        return _("由%(organisation)s具有“%(permission)s”权限的人员编制。") % {
            "organisation": organisation,
            "permission": Permission.REPORT_EDIT.label,
        }
    return ""


def chosen(numbers: Sequence[str], *, by: User) -> list[Case]:
    """The cases of these numbers in sight, in this order. ``Refused`` names what cannot be told."""
    seen = Case.objects.visible_to(by).filter(number__in=numbers).select_related("organisation")
    by_number = {case.number: case for case in seen}
    wrong = [
        _("找不到诉求%(number)s。") % {"number": number}
        for number in numbers
        if number not in by_number
    ]
    cases = [by_number[number] for number in dict.fromkeys(numbers) if number in by_number]
    wrong += [why_not for case in cases if (why_not := circulars.case_refusal(case))]
    if wrong:
        raise Refused("\n".join(wrong))
    return cases


def draft(
    *,
    organisation: Organisation,
    title: str,
    numbers: Sequence[str],
    public: bool,
    occasion: str,
    by: User,
    now: datetime,
) -> Circular:
    """Begin a circular with the cases in their own masked words; the same occasion gives the same.

    It goes to the companies that the cases are about. Raises ``Refused``.
    """
    if why_not := draft_refusal(organisation, by=by):
        raise Refused(why_not)
    key = f"{organisation.pk}:{occasion}"
    if found := Circular.objects.filter(occasion=key).first():
        return found
    title = titled(title)
    cases = chosen(numbers, by=by)
    if not cases:
        raise Refused(_("请选择要通报的案件。"))
    companies = {case.organisation.pk: case.organisation for case in cases if case.organisation}
    content = Content("", _("请各单位举一反三，认真整改。"), tuple(map(circulars.suggested, cases)))
    return begin(
        organisation=organisation,
        title=title,
        public=public,
        key=key,
        content=content,
        cases=cases,
        companies=companies,
        by=by,
        now=now,
    )


def begin(
    *,
    organisation: Organisation,
    title: str,
    public: bool,
    key: str,
    content: Said,
    cases: Sequence[Case],
    companies: Mapping[int, Organisation],
    by: User,
    now: datetime,
    **more: Any,
) -> Circular:
    """Enter a circular with its first version; the same key gives the same. Raises ``Refused``."""
    sound(content, cases, title=title, now=now)
    printed = print_out(content, heads_for(organisation, title, list(companies.values()), now))
    with transaction.atomic():
        circular, new = Circular.objects.get_or_create(
            occasion=key,
            defaults={
                "organisation": organisation,
                "title": title,
                "public": public,
                "created_by": by,
                "created_at": now,
                **more,
            },
        )
        if new:
            circular.addressees.set(companies)
            circular.cases.set(cases)
            version = keep(circular, printed, number=1, by=by, now=now)
            audit.record("circular.draft", circular, by=by, now=now, digest=version.digest)
    return circular


def titled(title: str) -> str:
    title = clean(title).strip()
    if not title:
        raise Refused(_("请填写标题。"))
    if len(title) > circulars.LONGEST["title"]:
        raise Refused(_("标题不能超过%(n)d字。") % {"n": circulars.LONGEST["title"]})
    return title


def sound(
    content: Said,
    cases: Sequence[Case],
    *,
    title: str,
    now: datetime,
    before: Said | None = None,
) -> None:
    """Raise ``Refused`` with everything that must not stand in it, or is missing; ``before`` is
    what the circular said that this one corrects."""
    today = clock.day_of(now)
    if wrong := list(content.problems(cases, title=title, on=today, before=before)):
        raise Refused("\n".join(wrong))


def _sound_for(circular: Circular, content: Said, *, now: datetime) -> None:
    """The same of other words for a circular that stands."""
    before = said_in(circular.redress.first) if circular.act else None
    sound(content, concerned(circular), title=circular.title, now=now, before=before)


def concerned(circular: Circular) -> list[Case]:
    """The cases whose complainants it may not name: of a correction also those that it leaves out,
    of a withdrawal those of what it withdraws."""
    return list(
        Case.objects.filter(
            pk__in=Circular.cases.through.objects.filter(
                circular__in={circular.pk, circular.root_pk}
            ).values("case")
        )
    )


def edit(
    *,
    circular: Circular,
    seen: int,
    intro: str,
    demands: str,
    accounts: Mapping[int, str],
    public: bool,
    note: str = "",
    left_out: Collection[int] = (),
    by: User,
    now: datetime,
) -> CircularVersion:
    """Keep other words as the next version; ``accounts`` maps cases to how they are told.

    A correction says in its ``note`` what it puts right, and leaves cases out that are not to be
    told any more. Raises ``Refused`` with every problem, and ``Conflict`` when somebody saved in
    between.
    """
    circular = editable(circular, Circular.Kind.CASES, by=by)
    told = tuple(
        Account(one.case, one.number, one.company, accounts.get(one.case, one.account))
        for one in accounts_of(circular)
        if not (circular.act and one.case in left_out)
    )
    if circular.act and not told:
        words = _("更正至少保留一件案件；都不再通报的，请放弃本更正，撤销原通报。")
        raise Refused(words)
    content = Content(intro.strip(), demands.strip(), told, note_of(circular, note))
    return revise(circular, content, seen=seen, public=public, by=by, now=now)


def accounts_of(circular: Circular) -> list[Account]:
    """What may be told in it: its cases, and in a correction those that it left out so far."""
    content = Content.of(circular.current_version.content)
    if not circular.act:
        return list(content.cases)
    own = {one.case: one for one in content.cases}
    first = Content.of(circular.redress.first.current_version.content)
    return [own.get(one.case, one) for one in first.cases]


def to_leave_out(circular: Circular, content: Content) -> dict[int, str]:
    """What a correction leaves out so far, and what it may not tell any more, with the reason."""
    if not circular.act:
        return {}
    first = circular.redress.first
    kept = {one.case for one in content.cases}
    cases = list(first.cases.select_related("organisation"))
    refused = _untellable(circular, content, cases)
    return {pk: why for pk, why in refused.items() if why or pk not in kept}


def note_of(circular: Circular, note: str) -> str:
    """What a correction puts right; nothing where there is none to correct. Raises ``Refused``."""
    return noted(note) if circular.act else ""


def editable(circular: Circular, form: str, *, by: User) -> Circular:
    """The circular as it stands, if it is of the form and the person may edit it."""
    circular = desk.current(circular)
    if circular.form != form:
        raise Refused(_("本通报是%(kind)s。") % {"kind": circular.form_words})
    desk.check(circular, workflow.EDIT, by=by)
    return circular


def revise(
    circular: Circular, content: Said, *, seen: int, public: bool, by: User, now: datetime
) -> CircularVersion:
    """Keep what is said as the next version. Raises ``Refused``, ``Conflict``."""
    _sound_for(circular, content, now=now)
    printed = print_out(content, heads_now(circular, now))
    with transaction.atomic():
        circular = desk.lock_for(circular, workflow.EDIT, by=by)
        if circular.current_version.number != seen:
            raise Conflict(_("通报刚被他人修改过，请刷新页面，核对后再修改。"))
        version = keep(circular, printed, number=seen + 1, by=by, now=now)
        if circular.act and isinstance(content, Content):
            circular.cases.set([one.case for one in content.cases])
        circular.public = public
        circular.save(update_fields=["public"])
        audit.record(
            "circular.edit", circular, by=by, now=now, version=version.number, public=public
        )
    return version


def send_back(circular: Circular, *, reason: str, by: User, now: datetime) -> Circular:
    """Return it to the editor with a reason. Raises ``Refused``."""
    return desk.move(circular, workflow.SEND_BACK, by=by, now=now, reason=given(reason))


def approve(circular: Circular, *, by: User, now: datetime, seen: int | None = None) -> Circular:
    """Answer for the current version; who made any version of it may not. Raises ``Refused``."""
    return desk.approve(circular, workflow.APPROVE, by=by, now=now, seen=seen)


def issue(circular: Circular, *, by: User, now: datetime) -> Circular:
    """Give the next document number, print the final files, and write to every company named.

    Number, files and letters together or not at all. Cases may have moved on since they were
    chosen: each must still be proven, and its complainant still not named. Raises ``Refused``,
    ``Conflict``.
    """

    def printing(standing: Circular, number: str) -> Printed:
        content = said_in(standing)
        _still_told(standing, content)
        _sound_for(standing, content, now=now)
        return print_out(content, heads_now(standing, now, number=number))

    return desk.issue(circular, workflow.ISSUE, printing=printing, by=by, now=now, then=_write_to)


def _still_told(circular: Circular, content: Said) -> None:
    """Raise ``Refused`` with every case that may not be told any more, or not of the company that
    the circular names."""
    cases = list(circular.cases.select_related("organisation"))
    wrong = list(filter(None, _untellable(circular, content, cases).values()))
    if wrong and circular.act:
        wrong.append(
            _("请退回修改，在更正中不再通报上述案件。")
            if circular.form == Circular.Kind.CASES
            else _("请退回并放弃本更正，撤销原通报。")
        )
    if wrong:
        raise Refused("\n".join(wrong))


def _untellable(circular: Circular, content: Said, cases: Sequence[Case]) -> dict[int, str]:
    """Why each case may not be told any more, or not of the company named; empty where it may."""
    named = set(circular.addressees.values_list("pk", flat=True))
    found = {case.pk: content.refusal(case) for case in cases}
    if circular.form != Circular.Kind.CASES:
        return found
    moved = _("诉求%(number)s的被反映单位已改为%(organisation)s，请重新编制通报。")
    for case in cases:
        unit = case.organisation
        if unit is not None and unit.pk not in named and not found[case.pk]:
            found[case.pk] = moved % {"number": case.number, "organisation": unit}
    return found


def publish(circular: Circular, *, by: User, now: datetime) -> Circular:
    """Put the issued circular on the public page. Raises ``Refused``.

    What was disproved since it was issued is not told to everybody.
    """
    standing = desk.current(circular)
    desk.check(standing, workflow.PUBLISH, by=by)
    _still_told(standing, said_in(standing))
    return desk.move(circular, workflow.PUBLISH, by=by, now=now, published_at=now)


def to_sign(circular: Circular, *, by: User) -> list[Organisation]:
    """The addressees for which the person still has to sign."""
    if circular.state not in workflow.OUT or circular.withdrawn_by is not None:
        return []
    signed = circular.receipts.values("organisation")
    waiting = circular.addressees.exclude(pk__in=signed).order_by("path")
    return [one for one in waiting if works_for(by, Permission.CASE_HANDLE, one)]


@transaction.atomic
def sign_for(circular: Circular, *, by: User, now: datetime) -> list[CircularReceipt]:
    """A person signs for every addressee for which they work. Raises ``Refused``, ``Conflict``."""
    circular = desk.lock(circular)
    places = to_sign(circular, by=by)
    if not places:
        if (gone := circular.withdrawn_by) is not None:
            words = {"number": gone.document_number}
            raise Conflict(_("该通报已由%(number)s撤销，不需要签收。") % words)
        mine = any(works_for(by, Permission.CASE_HANDLE, one) for one in circular.addressees.all())
        if mine and circular.state in workflow.OUT:
            raise Conflict(_("该通报已经签收。"))
        raise Refused(_("只能由主送单位的人员签收。"))
    made = [
        CircularReceipt.objects.create(
            circular=circular, organisation=place, signed_by=by, signed_at=now
        )
        for place in places
    ]
    for one in made:
        audit.record("circular.sign_for", circular, by=by, now=now, organisation=one.organisation)
    return made


def _write_to(circular: Circular, now: datetime) -> None:
    """A letter with the document to each company, and a notice to whoever handles cases there;
    where an office's rule says so, its items enter the ledger of rectification."""
    day = clock.day_of(now)
    version = circular.current_version
    for company in circular.addressees.order_by("path"):
        if company.email:
            outbox.post(**wording.sent(circular, company, [version.docx, version.pdf]), now=now)
        for person in people_of(company, Permission.CASE_HANDLE, on=day):
            outbox.post(**wording.arrived(circular, company, person), now=now)
    for origin in ledger_sources.of_circular(circular):
        rectification_entering.offer(origin, now=now)
