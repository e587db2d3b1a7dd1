"""Reporting's entries in the menu."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from accounts.permissions import Permission
from core.navigation import Entry, Group
from reporting import supply_work
from reporting.models import DefinitionChange, FindingProposal
from reporting.queries import bulletins, filings, plans, reports, return_lists

if TYPE_CHECKING:
    from accounts.models import User


def waiting_for_company(user: User, *, now: datetime) -> int:
    """Length of the list that the entry opens: reports still to be filled in."""
    return filings.COMPANY_VIEWS[0].on(filings.own(user), now=now).count()


def waiting_on_desk(user: User, *, now: datetime) -> int:
    """Length of the list that the entry opens: reports that have just come in."""
    return filings.DESK_VIEWS[0].on(filings.on_desk(user), now=now).count()


def waiting_reports(user: User, *, now: datetime) -> int:
    """Length of the list that the entry opens: reports that wait for the person's own act."""
    return reports.waiting_for(user).count()


def waiting_bulletins(user: User, *, now: datetime) -> int:
    """Bulletins that wait for the person's approval or number."""
    return bulletins.waiting_for(user).count()


def waiting_findings(user: User, *, now: datetime) -> int:
    """Length of the list that the entry opens: proposals that nobody decided on."""
    return FindingProposal.objects.visible_to(user).waiting().count()


def waiting_supply(user: User, *, now: datetime) -> int:
    """What waits for the person about shortage: the length of their part of the desk."""
    return len(supply_work.waiting(user, now=now))


def waiting_returns(user: User, *, now: datetime) -> int:
    """Length of the list that the entry opens: returns to fill in, or to review."""
    return return_lists.waiting(user).count()


def waiting_definitions(user: User, *, now: datetime) -> int:
    """Length of the list that the entry opens: changes of definitions not decided yet."""
    return DefinitionChange.objects.visible_to(user).waiting().count()


def waiting_plans(user: User, *, now: datetime) -> int:
    """Ordered-use plans that came in and wait for the person's office or unit."""
    return plans.on_desk(user).count()


ENTRIES = [
    Entry(
        _("本单位报送"),
        "reporting:filing_list",
        "file-upload",
        permission=Permission.FILING_VIEW,
        order=30,
        group=Group.FILING,
        count=waiting_for_company,
        phone=True,
    ),
    Entry(
        _("报送审核"),
        "reporting:review_desk",
        "file-check",
        permission=(Permission.FILING_REVIEW, Permission.REPORT_VIEW),
        order=31,
        group=Group.FILING,
        count=waiting_on_desk,
        phone=True,
    ),
    Entry(
        _("定期报表"),
        "reporting:return_list",
        "table",
        permission=Permission.FILING_VIEW,
        order=31,
        group=Group.FILING,
        count=waiting_returns,
        phone=True,
    ),
    Entry(
        _("报表定义"),
        "reporting:return_forms",
        "template",
        permission=Permission.RETURN_FORM_MANAGE,
        order=62,
        group=Group.RULES,
    ),
    Entry(
        _("定义改动"),
        "reporting:definition_changes",
        "adjustments",
        permission=(Permission.RULE_MANAGE, Permission.RETURN_FORM_MANAGE),
        order=63,
        group=Group.RULES,
        count=waiting_definitions,
    ),
    Entry(
        _("阶段报告"),
        "reporting:reports",
        "report-analytics",
        permission=Permission.REPORT_VIEW,
        order=32,
        group=Group.FILING,
        count=waiting_reports,
    ),
    Entry(
        _("12398通报"),
        "reporting:bulletins",
        "speakerphone",
        permission=Permission.REPORT_VIEW,
        order=33,
        group=Group.FILING,
        count=waiting_bulletins,
    ),
    Entry(
        _("监管指标"),
        "reporting:goals",
        "chart-dots",
        permission=Permission.INDICATOR_VIEW,
        order=34,
        group=Group.FILING,
    ),
    Entry(
        _("停限电"),
        "reporting:outages",
        "bolt-off",
        permission=Permission.OUTAGE_VIEW,
        order=36,
        group=Group.SUPPLY,
    ),
    Entry(
        _("有序用电方案"),
        "reporting:plans",
        "plug",
        permission=Permission.FILING_VIEW,
        order=36,
        group=Group.SUPPLY,
        count=waiting_plans,
    ),
    Entry(
        _("问题线索"),
        "reporting:proposals",
        "flag",
        permission=Permission.FINDING_VIEW,
        order=15,
        group=Group.SUPERVISION,
        count=waiting_findings,
    ),
    Entry(
        _("有序用电执行"),
        "reporting:activations",
        "bolt",
        permission=Permission.FILING_VIEW,
        order=36,
        group=Group.SUPPLY,
        count=waiting_supply,
    ),
]
