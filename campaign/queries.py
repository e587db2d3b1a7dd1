"""Reads that the pages share: progress, board, duty tree, history. Everything starts from sight."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Organisation, Region, User
from campaign.inside import Column
from campaign.models import (
    Campaign,
    DocumentIssue,
    Duty,
    DutyDefinition,
    Objective,
    Participant,
)
from campaign.presenting import Shown, shown
from campaign.workflow import UNFINISHED, DutyState
from core.models import AuditEvent, StoredFile
from core.workdays import WorkCalendar

DONE = Q(state__in=(DutyState.ACCEPTED, DutyState.EXEMPTED))
SENT = Q(state=DutyState.SUBMITTED)


def duties_of(campaign: Campaign, user: User) -> QuerySet[Duty]:
    """The duties of a campaign in a person's sight, withdrawn ones left out."""
    return (
        Duty.objects.visible_to(user)
        .filter(definition__campaign=campaign)
        .exclude(state=DutyState.WITHDRAWN)
        .select_related(
            "definition__phase", "organisation__region", "recipient", "responsible_person"
        )
    )


@dataclass(frozen=True)
class Progress:
    """Counts over a set of duties; each is the length of the list that its number opens."""

    total: int = 0
    done: int = 0
    submitted: int = 0
    going: int = 0
    waiting: int = 0
    overdue: int = 0


def progress(duties: QuerySet[Duty], *, now: datetime) -> Progress:
    """Counts over the given duties at an instant."""
    return Progress(**duties.order_by().aggregate(**_counts(now)))


def progress_by_campaign(user: User, *, now: datetime) -> dict[int, Progress]:
    """The same for every campaign in sight, in one query."""
    duties = Duty.objects.visible_to(user).exclude(state=DutyState.WITHDRAWN).order_by()
    rows = duties.values("definition__campaign").annotate(**_counts(now))
    return {row.pop("definition__campaign"): Progress(**row) for row in rows}


def _counts(now: datetime) -> dict[str, Count]:
    return {
        "total": Count("pk"),
        "done": Count("pk", filter=DONE),
        "submitted": Count("pk", filter=SENT),
        "going": Count("pk", filter=in_state("going", now=now)),
        "waiting": Count("pk", filter=in_state("waiting", now=now)),
        "overdue": Count("pk", filter=in_state("overdue", now=now)),
    }


def progress_by_phase(duties: QuerySet[Duty]) -> dict[int, tuple[int, int]]:
    """(done, all) by phase number."""
    rows = (
        duties.order_by()
        .values_list("definition__phase__number")
        .annotate(done=Count("pk", filter=DONE), total=Count("pk"))
    )
    return {number: (done, total) for number, done, total in rows}


BOARD_STATES: Mapping[str, Any] = {
    "unfinished": gettext_lazy("只看未完成"),
    "going": gettext_lazy("在办"),
    "waiting": gettext_lazy("未启动"),
    "overdue": gettext_lazy("逾期"),
    "submitted": gettext_lazy("待审核"),
    "done": gettext_lazy("已完成"),
}


def in_state(state: str, *, now: datetime) -> Q:
    """The condition behind a choice of ``BOARD_STATES``; everything for any other word.

    Done, submitted, going, waiting and overdue leave nothing out and count nothing twice; what may
    not be worked on before its day is waiting, not going.
    """
    unfinished, waiting = Q(state__in=UNFINISHED), Q(state=DutyState.WAITING)
    return {
        "unfinished": unfinished,
        "going": unfinished & ~waiting & Q(due_at__gte=now),
        "waiting": waiting & Q(due_at__gte=now),
        "overdue": unfinished & Q(due_at__lt=now),
        "submitted": SENT,
        "done": DONE,
    }.get(state, Q())


LIVELIHOOD: Mapping[str, Any] = {
    "first": gettext_lazy("民生任务在前"),
    "only": gettext_lazy("只看民生任务"),
}


def livelihood_first(duties: QuerySet[Duty], choice: str, *order: str) -> QuerySet[Duty]:
    """Duties in an order, by choice with the tag 民生 first or those alone (S1-1.1.1)."""
    if choice == "only":
        duties = duties.filter(definition__livelihood=True)
    first = ["-definition__livelihood"] if choice == "first" else []
    return duties.order_by(*first, *order)


@dataclass(frozen=True)
class BoardFilter:
    """What the duty board is narrowed down to."""

    phase: int | None = None
    province: str = ""
    state: str = ""
    livelihood: str = ""

    def on(self, duties: QuerySet[Duty], *, now: datetime) -> QuerySet[Duty]:
        if self.phase is not None:
            duties = duties.filter(definition__phase__number=self.phase)
        if self.province:
            duties = duties.filter(organisation__region__code__startswith=self.province[:2])
        return duties.filter(in_state(self.state, now=now))


Found = tuple[Duty, Shown]


@dataclass
class Matrix:
    """The duty board: definitions across, organisations down, grouped by province."""

    definitions: list[DutyDefinition]
    groups: list[tuple[str, str, list[Organisation]]]
    cells: dict[tuple[int, int], Found] = field(default_factory=dict)
    # What stands inside the duties, as the apps above tell it.
    inside: list[Column] = field(default_factory=list)

    def inside_of(self, organisation: Organisation) -> list[tuple[Duty, Shown] | None]:
        """Cells of an organisation in the columns of ``inside``, each with its duty."""
        mine = [duty for (pk, _d), (duty, _s) in self.cells.items() if pk == organisation.pk]
        return [
            next(((duty, column.cells[duty.pk]) for duty in mine if duty.pk in column.cells), None)
            for column in self.inside
        ]

    @property
    def count(self) -> int:
        return len(self.cells)

    def rows(self) -> Iterable[tuple[str, Organisation, list[Found | None]]]:
        """Group label, organisation and its cells in the order of the columns."""
        for label, _note, organisations in self.groups:
            for organisation in organisations:
                yield (
                    label,
                    organisation,
                    [self.cells.get((organisation.pk, d.pk)) for d in self.definitions],
                )


def matrix(
    duties: QuerySet[Duty], *, now: datetime, calendar: WorkCalendar, livelihood: str = ""
) -> Matrix:
    """Put the given duties on a board. A constant number of queries."""
    order = ("definition__phase__number", "definition__order", "organisation__code")
    listed = list(livelihood_first(duties, livelihood, *order))
    definitions = {duty.definition_id: duty.definition for duty in listed}
    organisations = {duty.organisation_id: duty.organisation for duty in listed}
    cells = {
        (duty.organisation_id, duty.definition_id): (
            duty,
            shown(duty, now=now, calendar=calendar),
        )
        for duty in listed
    }
    return Matrix(list(definitions.values()), _grouped(organisations.values()), cells)


def _grouped(organisations: Iterable[Organisation]) -> list[tuple[str, str, list[Organisation]]]:
    """Companies by province in the order of the codes of GB/T 2260, regulators first."""
    provinces = dict(Region.objects.filter(code__endswith="0000").values_list("code", "short_name"))
    groups: dict[tuple[int, str], list[Organisation]] = {}
    for organisation in sorted(organisations, key=lambda one: one.code):
        region = (organisation.region_id or "")[:2] + "0000"
        key = (0, "") if organisation.is_regulator else (1, region)
        groups.setdefault(key, []).append(organisation)
    named = []
    for (side, region), members in sorted(groups.items()):
        label = provinces.get(region, _("其他")) if side else _("监管机构")
        named.append((label, "", members))
    return named


def provinces_of(duties: QuerySet[Duty]) -> list[tuple[str, str]]:
    """(code, short name) of the provinces that the duties lie in."""
    codes = {
        code[:2] + "0000"
        for code in duties.order_by().values_list("organisation__region_id", flat=True)
        if code
    }
    return list(
        Region.objects.filter(code__in=codes).order_by("code").values_list("code", "short_name")
    )


def regions_of(campaign: Campaign) -> list[str]:
    """Short names of the provinces in which a campaign is carried out."""
    executors = campaign.participants.filter(part=Participant.Part.EXECUTOR)
    codes = executors.values_list("organisation__region_id", flat=True)
    provinces = {code[:2] + "0000" for code in codes if code}
    found = Region.objects.filter(code__in=provinces).order_by("code")
    return list(found.values_list("short_name", flat=True))


def attachments_of(campaign: Campaign, user: User) -> list[tuple[DocumentIssue, list[StoredFile]]]:
    """The documents of a campaign in sight that have attachments, the first issued first."""
    seen = DocumentIssue.objects.visible_to(user).filter(campaign=campaign, files__isnull=False)
    issues = seen.distinct().order_by("issued_at", "pk").prefetch_related("files")
    return [(issue, sorted(issue.files.all(), key=lambda file: file.name)) for issue in issues]


@dataclass
class TreeNode:
    """A node of the duty tree with the evidence under it."""

    objective: Objective
    children: list[TreeNode] = field(default_factory=list)
    duties: set[int] = field(default_factory=set)
    done: set[int] = field(default_factory=set)

    @property
    def total(self) -> int:
        return len(self.duties)

    @property
    def finished(self) -> int:
        return len(self.done)


def tree(campaign: Campaign, duties: QuerySet[Duty]) -> list[TreeNode]:
    """The duty tree; a duty counts at its node and once at each node above."""
    nodes = {o.pk: TreeNode(o) for o in campaign.objectives.order_by("order")}
    links = duties.order_by().values_list("definition__objectives", "pk", "state")
    for objective, pk, state in links:
        while objective in nodes:
            node = nodes[objective]
            node.duties.add(pk)
            if state in (DutyState.ACCEPTED, DutyState.EXEMPTED):
                node.done.add(pk)
            objective = node.objective.parent_id
    roots = []
    for node in nodes.values():
        parent = nodes.get(node.objective.parent_id)
        (parent.children if parent else roots).append(node)
    return roots


def descendants(objective: Objective) -> list[int]:
    """A node and everything under it."""
    found, layer = [objective.pk], [objective.pk]
    while layer:
        layer = list(Objective.objects.filter(parent__in=layer).values_list("pk", flat=True))
        found += layer
    return found


def history(duty: Duty) -> list[AuditEvent]:
    """What happened to a duty, newest first."""
    events = AuditEvent.objects.filter(target_model="campaign.duty", target_id=str(duty.pk))
    return list(events.order_by("-at", "-pk"))


def next_deadlines(duties: QuerySet[Duty], *, now: datetime, limit: int = 5) -> list[Duty]:
    """Unfinished duties by deadline, the overdue ones first."""
    return list(
        duties.filter(state__in=UNFINISHED).order_by("due_at", "organisation__code")[:limit]
    )
