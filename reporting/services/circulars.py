"""Circulars: draft, edit, submit, approve, issue with letters, sign for, publish.

Source: campaign plan 二(二)2 (S1-2.2.2h), 三、(三)6(1) (S1-3.3.6(1)c).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import translation
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
from reporting.circulars import Content, Heads
from reporting.models import Circular, CircularReceipt, CircularVersion
from reporting.notifications import circular as wording
from reporting.services.papers import Desk, Printed, lay_down
from reporting.services.reports.common import given
from reporting.services.snapshots import digest_of
from reporting.workflow import circular as workflow

if TYPE_CHECKING:
    from accounts.models import User

desk = Desk(
    Circular,
    kind="circular",
    related=("organisation", "current_version"),
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
    printed = _print(content, _heads(organisation, title, list(companies.values()), now))
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
            version = _keep(circular, printed, number=1, by=by, now=now)
            audit.record("circular.draft", circular, by=by, now=now, digest=version.digest)
    return circular


def titled(title: str) -> str:
    title = clean(title).strip()
    if not title:
        raise Refused(_("请填写标题。"))
    if len(title) > circulars.LONGEST["title"]:
        raise Refused(_("标题不能超过%(n)d字。") % {"n": circulars.LONGEST["title"]})
    return title


def sound(content: Said, cases: Sequence[Case], *, title: str, now: datetime) -> None:
    """Raise ``Refused`` with everything that must not stand in it, or is missing."""
    today = clock.day_of(now)
    if wrong := list(content.problems(cases, title=title, on=today)):
        raise Refused("\n".join(wrong))


def edit(
    *,
    circular: Circular,
    seen: int,
    intro: str,
    demands: str,
    accounts: Mapping[int, str],
    public: bool,
    by: User,
    now: datetime,
) -> CircularVersion:
    """Keep other words as the next version; ``accounts`` maps cases to how they are told.

    Raises ``Refused`` with every problem, and ``Conflict`` when somebody saved in between.
    """
    circular = editable(circular, Circular.Kind.CASES, by=by)
    before = Content.of(circular.current_version.content)
    told = tuple(
        circulars.Account(one.case, one.number, one.company, accounts.get(one.case, one.account))
        for one in before.cases
    )
    content = Content(intro.strip(), demands.strip(), told)
    return revise(circular, content, seen=seen, public=public, by=by, now=now)


def editable(circular: Circular, kind: str, *, by: User) -> Circular:
    """The circular as it stands, if it is of the kind and the person may edit it."""
    circular = desk.current(circular)
    if circular.kind != kind:
        raise Refused(_("本通报是%(kind)s。") % {"kind": circular.get_kind_display()})
    desk.check(circular, workflow.EDIT, by=by)
    return circular


def revise(
    circular: Circular, content: Said, *, seen: int, public: bool, by: User, now: datetime
) -> CircularVersion:
    """Keep what is said as the next version. Raises ``Refused``, ``Conflict``."""
    sound(content, list(circular.cases.all()), title=circular.title, now=now)
    companies = list(circular.addressees.order_by("path"))
    heads = _heads(circular.organisation, circular.title, companies, now)
    printed = _print(content, heads)
    with transaction.atomic():
        circular = desk.lock_for(circular, workflow.EDIT, by=by)
        if circular.current_version.number != seen:
            raise Conflict(_("通报刚被他人修改过，请刷新页面，核对后再修改。"))
        version = _keep(circular, printed, number=seen + 1, by=by, now=now)
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
        cases = _still_told(standing, content)
        sound(content, cases, title=standing.title, now=now)
        companies = list(standing.addressees.order_by("path"))
        heads = _heads(standing.organisation, standing.title, companies, now, number=number)
        return _print(content, heads)

    return desk.issue(circular, workflow.ISSUE, printing=printing, by=by, now=now, then=_write_to)


def _still_told(circular: Circular, content: Said) -> list[Case]:
    """The cases of a circular, each of which may still be told of the company that it names.

    Raises ``Refused`` with every one that may not.
    """
    cases = list(circular.cases.select_related("organisation"))
    wrong = [why_not for case in cases if (why_not := content.refusal(case))]
    if circular.kind == Circular.Kind.CASES:
        named = set(circular.addressees.values_list("pk", flat=True))
        wrong += [
            _("诉求%(number)s的被反映单位已改为%(organisation)s，请重新编制通报。")
            % {"number": case.number, "organisation": case.organisation}
            for case in cases
            if case.organisation is not None and case.organisation.pk not in named
        ]
    if wrong:
        raise Refused("\n".join(wrong))
    return cases


def publish(circular: Circular, *, by: User, now: datetime) -> Circular:
    """Put the issued circular on the public page. Raises ``Refused``.

    What was disproved since it was issued is not told to everybody.
    """
    standing = desk.current(circular)
    _still_told(standing, said_in(standing))
    return desk.move(circular, workflow.PUBLISH, by=by, now=now, published_at=now)


def to_sign(circular: Circular, *, by: User) -> list[Organisation]:
    """The addressees for which the person still has to sign."""
    if circular.state not in workflow.OUT:
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


# -- what they share -------------------------------------------------------------------------------


def _print(content: Said, heads: Heads) -> Printed:
    with translation.override("zh-hans"):
        made = circulars.render(content.document(heads))
    return Printed((content, heads), lay_down(made, title=heads.title))


def _heads(
    organisation: Organisation,
    title: str,
    companies: Sequence[Organisation],
    now: datetime,
    *,
    number: str = "",
) -> Heads:
    day = clock.day_of(now)
    addressee = circulars.addressed(companies, day)
    return Heads(organisation.name_on(day), title, day, addressee, number)


def _keep(
    circular: Circular, printed: Printed, *, number: int, by: User, now: datetime
) -> CircularVersion:
    """Write the version down and make it the current one."""
    content = printed.source[0].kept()
    version = CircularVersion.objects.create(
        circular=circular,
        number=number,
        content=content,
        digest=digest_of(content),
        edited_by=by,
        edited_at=now,
        **printed.enter(circular, by=by, now=now),
    )
    circular.current_version = version
    circular.save(update_fields=["current_version"])
    return version


def heads_of(circular: Circular) -> Heads:
    """What stands around the current version: as it was printed."""
    instant = circular.issued_at or circular.current_version.edited_at
    companies = list(circular.addressees.order_by("path"))
    number = circular.document_number
    return _heads(circular.organisation, circular.title, companies, instant, number=number)
