"""Reports of hot and hard issues: kept as a draft, submitted, corrected by another version."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Organisation, User
from accounts.permissions import Permission
from accounts.reach import works_for
from complaints.models import HotIssue, HotIssueReport, Term
from complaints.services.records import Faulty, find_region
from core import audit, clock, masking
from core.errors import Conflict, Refused
from core.periods import Period

State = HotIssueReport.State
MOST_ISSUES = 30
LONGEST = {"title": 80, "description": 2000, "measures": 2000}
LONGEST_SUMMARY = 4000
MOST = 2_147_483_647
PERIODS = ("month", "quarter", "half", "year")


@dataclass(frozen=True)
class Issue:
    """One issue as it is handed in; the region by code or name."""

    title: str
    kind: str = HotIssue.Kind.HOT
    category: str = ""
    region: str = ""
    count: int = 0
    description: str = ""
    measures: str = ""
    due_on: date | None = None
    solved: bool = False


@dataclass(frozen=True)
class Content:
    """Everything that a report says."""

    issues: Sequence[Issue] = ()
    received: int | None = None
    complaints: int | None = None
    summary: str = ""

    def digest(self) -> str:
        """Tells a repeated message from a changed one."""
        plain = json.dumps(asdict(self), ensure_ascii=False, sort_keys=True, default=str)
        return hashlib.sha256(plain.encode()).hexdigest()


def refusal(organisation: Organisation, *, by: User) -> str:
    """Why the person may not report for the company; empty when they may."""
    if not organisation.is_company:
        return _("焦点、难点问题由供电企业报送。")
    if not works_for(by, Permission.CASE_HANDLE, organisation):
        return _("由%(organisation)s承办诉求的人员报送。") % {"organisation": organisation}
    return ""


@transaction.atomic
def report_issues(
    *,
    organisation: Organisation,
    period: Period,
    issues: Sequence[Issue],
    received: int | None = None,
    complaints: int | None = None,
    summary: str = "",
    correction: str = "",
    by: User | None = None,
    client: Any = None,
    now: datetime,
) -> tuple[HotIssueReport, bool]:
    """Hand in a whole report at once; the same content again changes nothing (False).

    A machine's right to speak for the company is asked before. Raises ``Faulty`` with every mistake
    by field, ``Conflict`` where another content stands already and no ``correction`` says why.
    """
    content = Content(tuple(issues), received, complaints, summary)
    standing = _standing(organisation, period)
    if standing is not None and standing.digest == content.digest():
        return standing, False
    if standing is not None and not correction.strip():
        raise Conflict(_("本期报告已经报送，内容不同；更正须写明原因。"))
    report = keep(
        organisation=organisation,
        period=period,
        content=content,
        correction=correction,
        by=by,
        client=client,
        now=now,
    )
    return submit(report=report, by=by, now=now), True


@transaction.atomic
def keep(
    *,
    organisation: Organisation,
    period: Period,
    content: Content,
    correction: str = "",
    by: User | None = None,
    client: Any = None,
    now: datetime,
) -> HotIssueReport:
    """Write the draft of a period; it replaces the draft that stood. ``Faulty``, ``Refused``."""
    _may(organisation, by)
    # One at a time for each company: versions are counted on.
    Organisation.objects.select_for_update(of=("self",)).get(pk=organisation.pk)
    if errors := dict(problems(organisation, period, content, now=now)):
        raise Faulty(errors)
    of_period = HotIssueReport.objects.filter(
        organisation=organisation, first_day=period.first, last_day=period.last
    )
    report = of_period.filter(state=State.DRAFT).first()
    if report is None:
        last = of_period.order_by("-version").first()
        if last is not None and not correction.strip():
            raise Refused(_("本期报告已经报送，如需更正请从该报告办理。"))
        report = HotIssueReport(
            organisation=organisation,
            first_day=period.first,
            last_day=period.last,
            version=last.version + 1 if last else 1,
            created_by=by,
            created_at=now,
        )
    report.correction = masking.mask_text(correction.strip())[:300] or report.correction
    report.client_name = str(client)[:80] if client is not None else ""
    report.received, report.complaints = content.received, content.complaints
    report.summary, report.digest = content.summary.strip(), content.digest()
    report.save()
    report.issues.all().delete()
    HotIssue.objects.bulk_create(_rows(report, content))
    audit.record(
        "issues.draft",
        report,
        by=by,
        now=now,
        organisation=organisation,
        version=report.version,
        issues=len(content.issues),
    )
    return report


def _rows(report: HotIssueReport, content: Content) -> Iterator[HotIssue]:
    for order, issue in enumerate(content.issues, start=1):
        fields = asdict(issue)
        region = find_region(fields.pop("region")) if issue.region else None
        texts = {name: fields[name].strip() for name in LONGEST}
        yield HotIssue(report=report, order=order, **{**fields, **texts, "region": region})


@transaction.atomic
def submit(*, report: HotIssueReport, by: User | None, now: datetime) -> HotIssueReport:
    """Hand the draft to the regulator; the version that stood before is kept as corrected."""
    report = HotIssueReport.objects.select_for_update(of=("self",)).get(pk=report.pk)
    _may(report.organisation, by)
    if report.state != State.DRAFT:
        raise Refused(_("报告已经报送。"))
    standing = _standing(report.organisation, report.period)
    if standing is not None:
        standing.state = State.REPLACED
        standing.save(update_fields=["state"])
    report.state, report.submitted_by, report.submitted_at = State.SUBMITTED, by, now
    report.save(update_fields=["state", "submitted_by", "submitted_at"])
    audit.record(
        "issues.submit",
        report,
        by=by,
        now=now,
        organisation=report.organisation,
        reason=report.correction,
        version=report.version,
    )
    return report


@transaction.atomic
def correct(*, report: HotIssueReport, reason: str, by: User, now: datetime) -> HotIssueReport:
    """Begin a corrected version with the words of the one that stands. Raises ``Refused``."""
    _may(report.organisation, by)
    if not reason.strip():
        raise Refused(_("请写明更正原因。"))
    if report.state != State.SUBMITTED:
        raise Refused(_("只能更正已报送的最新报告。"))
    found = HotIssueReport.objects.filter(
        organisation=report.organisation,
        first_day=report.first_day,
        last_day=report.last_day,
        state=State.DRAFT,
    ).first()
    if found is not None:
        return found
    return keep(
        organisation=report.organisation,
        period=report.period,
        content=content_of(report),
        correction=reason,
        by=by,
        now=now,
    )


@transaction.atomic
def drop(*, report: HotIssueReport, by: User, now: datetime) -> None:
    """Take a draft away. Raises ``Refused``."""
    report = HotIssueReport.objects.select_for_update(of=("self",)).get(pk=report.pk)
    _may(report.organisation, by)
    if report.state != State.DRAFT:
        raise Refused(_("报告已经报送，不能删除。"))
    version = report.version
    audit.record(
        "issues.drop", report, by=by, now=now, organisation=report.organisation, version=version
    )
    report.delete()


def content_of(report: HotIssueReport) -> Content:
    """What a report says, as it was handed in."""
    names = [name for name in Issue.__dataclass_fields__ if name != "region"]
    issues = tuple(
        Issue(region=row.region_id or "", **{name: getattr(row, name) for name in names})
        for row in report.issues.all()
    )
    return Content(issues, report.received, report.complaints, report.summary)


def _standing(organisation: Organisation, period: Period) -> HotIssueReport | None:
    standing = HotIssueReport.objects.standing().select_for_update(of=("self",))
    days = {"first_day": period.first, "last_day": period.last}
    return standing.filter(organisation=organisation, **days).first()


def _may(organisation: Organisation, by: User | None) -> None:
    if by is not None and (why_not := refusal(organisation, by=by)):
        raise Refused(why_not)
    if not organisation.is_company:
        raise Refused(_("焦点、难点问题由供电企业报送。"))


# -- what can be wrong -----------------------------------------------------------------------------


def problems(
    organisation: Organisation, period: Period, content: Content, *, now: datetime
) -> Iterator[tuple[str, str]]:
    """Every mistake by field: ``issues.0.title`` is the title of the first issue."""
    yield from _wrong_period(period, now)
    yield from _wrong_numbers(content)
    if len(content.issues) > MOST_ISSUES:
        yield "issues", _("一期最多报送%(n)d个问题。") % {"n": MOST_ISSUES}
    if not content.issues and not content.summary.strip():
        yield "summary", _("本期没有焦点、难点问题的，请在综合情况中说明。")
    if len(content.summary) > LONGEST_SUMMARY:
        yield "summary", _("内容过长（最多%(limit)d个字）。") % {"limit": LONGEST_SUMMARY}
    elif masking.mask_text(content.summary) != content.summary:
        yield "summary", _personal()
    known = set(Term.objects.of(Term.Kind.CATEGORY).on(period.last).values_list("code", flat=True))
    for place, issue in enumerate(content.issues):
        for field, message in _wrong_issue(issue, known):
            yield f"issues.{place}.{field}", message


def _personal() -> str:
    return _("内容中有电话、证件号等个人信息，请删除。")


def _wrong_period(period: Period, now: datetime) -> Iterator[tuple[str, str]]:
    if period.kind not in PERIODS:
        yield "period", _("报告期须为整月、季度、半年或年。")
    elif period.last >= clock.day_of(now):
        yield "period", _("%(period)s还没有结束。") % {"period": period.text}


def _wrong_numbers(content: Content) -> Iterator[tuple[str, str]]:
    for name in ("received", "complaints"):
        number = getattr(content, name)
        if number is not None and not 0 <= number <= MOST:
            yield name, _("件数不正确。")
    received, complaints = content.received, content.complaints
    if received is not None and complaints is not None and complaints > received:
        yield "complaints", _("投诉件数不能多于受理件数。")


def _wrong_issue(issue: Issue, known: set[str]) -> Iterator[tuple[str, str]]:
    if not issue.title.strip():
        yield "title", _("请填写问题。")
    if issue.kind not in HotIssue.Kind.values:
        yield "kind", _("类型不正确。")
    if issue.category and issue.category not in known:
        yield "category", _("业务类别“%(code)s”不在当时的目录中。") % {"code": issue.category}
    if issue.region and find_region(issue.region) is None:
        yield "region", _("找不到地区“%(name)s”。") % {"name": issue.region}
    if not 0 <= issue.count <= MOST:
        yield "count", _("件数不正确。")
    for name, limit in LONGEST.items():
        text = getattr(issue, name)
        if len(text) > limit:
            yield name, _("内容过长（最多%(limit)d个字）。") % {"limit": limit}
        elif masking.mask_text(text) != text:
            yield name, _personal()
