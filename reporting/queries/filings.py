"""Lists of filings: what a company still owes, and what lies on a reviewer's desk.

Both are lists of duties, so that what was never begun is counted too; every number on a page is the
length of the list that it opens.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.permissions import Permission
from campaign.models import Duty
from campaign.presenting import lamp_of
from campaign.scope import with_absorbed
from campaign.workflow import UNFINISHED, DutyState
from core import clock
from core.workdays import WorkCalendar
from reporting import parts
from reporting.models import Review
from reporting.models.filing import filer_side
from reporting.workflow.filing import State

if TYPE_CHECKING:
    from accounts.models import User


@dataclass(frozen=True)
class View:
    """A named part of a list: its key in the query string, its label, and its condition."""

    key: str
    label: Any
    condition: Any  # Q, or a function of now that gives one

    def on(self, duties: QuerySet[Duty], *, now: datetime) -> QuerySet[Duty]:
        condition = self.condition(now) if callable(self.condition) else self.condition
        return duties.filter(condition)


def _overdue(now: datetime) -> Q:
    return Q(state__in=UNFINISHED, due_at__lt=now)


FILED = "filing__filed_version__state"
COMPANY_VIEWS = (
    View(
        "todo",
        gettext_lazy("待填报"),
        Q(state__in=(DutyState.OPEN, DutyState.RETURNED))
        & ~Q(filing__current_version__state=State.CERTIFYING),
    ),
    View("certify", gettext_lazy("待复核认证"), Q(filing__current_version__state=State.CERTIFYING)),
    View("sent", gettext_lazy("已报送待审"), Q(state=DutyState.SUBMITTED)),
    View("returned", gettext_lazy("退回补正"), Q(state=DutyState.RETURNED)),
    View("overdue", gettext_lazy("已逾期"), _overdue),
    View("accepted", gettext_lazy("已通过"), Q(state=DutyState.ACCEPTED)),
    View("all", gettext_lazy("全部"), Q()),
)
DESK_VIEWS = (
    View("received", gettext_lazy("新收到"), Q(**{FILED: State.SUBMITTED})),
    View("review", gettext_lazy("待审核"), Q(**{FILED: State.RECEIVED})),
    View("returned", gettext_lazy("已退回待重报"), Q(**{FILED: State.RETURNED})),
    View("overdue", gettext_lazy("逾期未报"), _overdue),
    View("accepted", gettext_lazy("已通过"), Q(**{FILED: State.ACCEPTED})),
    View("all", gettext_lazy("全部"), Q()),
)


def with_reports(duties: QuerySet[Duty]) -> QuerySet[Duty]:
    """Duties that ask for a report, with all that a row shows, read in one query."""
    return (
        duties.exclude(definition__parts=[])
        .exclude(state=DutyState.WITHDRAWN)
        .select_related(
            "definition__campaign",
            "definition__phase",
            "organisation__region",
            "recipient",
            "copy_to",
            "responsible_person",
            "filing__current_version",
            "filing__filed_version__receipt",
        )
    )


def own(user: User) -> QuerySet[Duty]:
    """Reports that the person's own organisation owes."""
    return with_reports(Duty.objects.visible_to(user).filter(filer_side(user)))


def offices(user: User) -> list[Any]:
    """Regulators' offices in which the person may look at filings."""
    return [p for p in with_absorbed(user, Permission.FILING_VIEW) if p.is_regulator]


SCOPES = (
    ("mine", gettext_lazy("本单位受理")),
    ("copies", gettext_lazy("抄送本单位")),
    ("territory", gettext_lazy("辖区全部")),
)


def on_desk(user: User, scope: str = "mine") -> QuerySet[Duty]:
    """Reports that go to the person's office; or are copied to it; or all in its territory."""
    places = offices(user)
    duties = with_reports(Duty.objects.visible_to(user))
    if scope == "copies":
        return duties.filter(copy_to__in=places)
    if scope == "territory":
        return duties if places else duties.none()
    return duties.filter(recipient__in=places)


@dataclass(frozen=True)
class Filters:
    """What the filter bar of the desk asks for; empty means no limit."""

    phase: str = ""
    definition: str = ""
    organisation: str = ""
    late: str = ""

    def on(self, duties: QuerySet[Duty]) -> QuerySet[Duty]:
        if _is_number(self.phase):
            duties = duties.filter(definition__phase__number=int(self.phase))
        if _is_number(self.definition):
            duties = duties.filter(definition_id=int(self.definition))
        if self.organisation:
            duties = duties.filter(
                Q(organisation__name__icontains=self.organisation)
                | Q(organisation__short_name__icontains=self.organisation)
            )
        if self.late == "1":
            duties = duties.filter(first_submitted_at__gt=F("due_at_submission"))
        if self.late == "0":
            duties = duties.exclude(first_submitted_at__gt=F("due_at_submission"))
        return duties


def _is_number(text: str) -> bool:
    """Whether an address holds a number that the database can compare with."""
    return text.isascii() and text.isdigit() and len(text) < 10


@dataclass(frozen=True)
class Row:
    """One duty as a list shows it, to the company or to the regulator."""

    duty: Duty
    lamp: str
    countdown: str
    state: Any

    @property
    def filing(self) -> Any:
        return getattr(self.duty, "filing", None)

    @property
    def filed(self) -> Any:
        filing = self.filing
        return filing.filed_version if filing is not None else None

    @property
    def receipt(self) -> Any:
        return self.filed.receipt if self.filed is not None else None


def company_row(duty: Duty, *, now: datetime, calendar: WorkCalendar) -> Row:
    """The row as the filing organisation sees it: its draft counts."""
    filing = getattr(duty, "filing", None)
    version = filing.current_version if filing is not None else None
    if duty.state in (DutyState.OPEN, DutyState.RETURNED) and version is not None:
        state: Any = version.get_state_display()
    elif duty.state == DutyState.OPEN:
        state = _("未开始填报")
    elif version is not None and version.is_filed:
        state = version.get_state_display()
    else:
        state = duty.get_state_display()
    return Row(
        duty,
        lamp_of(duty, now=now, calendar=calendar),
        countdown(duty, now=now, calendar=calendar),
        state,
    )


def desk_row(duty: Duty, *, now: datetime, calendar: WorkCalendar) -> Row:
    """The row as a regulator sees it: nothing of a draft."""
    filing = getattr(duty, "filing", None)
    version = filing.filed_version if filing is not None else None
    if version is not None:
        state: Any = version.get_state_display()
    elif duty.state == DutyState.OPEN:
        state = _("未报送")
    else:
        state = duty.get_state_display()
    return Row(
        duty,
        lamp_of(duty, now=now, calendar=calendar),
        countdown(duty, now=now, calendar=calendar),
        state,
    )


def deficient_parts(duty: Duty) -> str:
    """Titles of the parts that were sent back and are to be mended; empty where none are."""
    filing = getattr(duty, "filing", None)
    if duty.state != DutyState.RETURNED or filing is None or filing.current_version is None:
        return ""
    version = filing.current_version
    marked = version.deficient_parts
    if version.state == State.RETURNED:
        review = version.reviews.filter(decision=Review.Decision.RETURNED).first()
        marked = {item["part"] for item in review.deficient} if review is not None else set()
    titles = [part.title for part in parts.of_version(version) if part.code in marked]
    return _("需补正：%(parts)s") % {"parts": "、".join(titles)} if titles else ""


def _row(duty: Duty, state: Any, *, now: datetime, calendar: WorkCalendar) -> Row:
    """One lamp for one state on every page: the board's (``campaign.presenting``)."""
    rest = countdown(duty, now=now, calendar=calendar)
    return Row(duty, lamp_of(duty, now=now, calendar=calendar), rest, state)


def countdown(duty: Duty, *, now: datetime, calendar: WorkCalendar) -> str:
    """How long there is still, in working days; or how long it is overdue."""
    if duty.state not in UNFINISHED:
        return ""
    today = clock.day_of(now)
    due = duty.due_at.astimezone(clock.ZONE)
    if now > duty.due_at:
        days = calendar.count_workdays(due.date(), today)
        return _("逾期%(days)d个工作日") % {"days": days} if days else _("已逾期")
    if due.date() == today:
        return _("今日%(time)s截止") % {"time": f"{due:%H:%M}"}
    return _("剩%(days)d个工作日") % {"days": calendar.count_workdays(today, due.date())}
