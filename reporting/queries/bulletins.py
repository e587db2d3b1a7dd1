"""Bulletins that wait for somebody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.permissions import Permission
from campaign.scope import with_absorbed
from reporting.models import (
    Bulletin,
    BulletinVersion,
    Circular,
    CircularReceipt,
    CircularVersion,
)
from reporting.workflow.bulletin import State
from reporting.workflow.circular import OUT

if TYPE_CHECKING:
    from accounts.models import User


def waiting_for(user: User) -> QuerySet[Bulletin]:
    """Bulletins that this person is to approve (made by others only) or to number next."""
    offices = with_absorbed(user, Permission.REPORT_APPROVE)
    wrote = Exists(BulletinVersion.objects.filter(bulletin=OuterRef("pk"), edited_by=user))
    ready = Q(state=State.APPROVED) | (Q(state=State.REVIEW) & ~wrote)
    return Bulletin.objects.filter(ready, organisation__in=offices)


def circulars_to_sign(user: User) -> QuerySet[Circular]:
    """Circulars that came to the person's own units, which have not signed for them yet; what was
    withdrawn waits for nobody."""
    places = [place for place in with_absorbed(user, Permission.CASE_HANDLE) if place.is_company]
    went = Circular.addressees.through.objects.filter(organisation__in=places)
    signed = CircularReceipt.objects.filter(
        circular=OuterRef("circular"), organisation=OuterRef("organisation")
    )
    waiting = went.exclude(Exists(signed)).values("circular")
    return Circular.objects.in_force().filter(pk__in=waiting, state__in=OUT)


def circulars_waiting_for(user: User) -> QuerySet[Circular]:
    """Circulars that this person is to approve (made by others only) or to number next."""
    offices = with_absorbed(user, Permission.REPORT_APPROVE)
    wrote = Exists(CircularVersion.objects.filter(circular=OuterRef("pk"), edited_by=user))
    ready = Q(state=State.APPROVED) | (Q(state=State.REVIEW) & ~wrote)
    return Circular.objects.filter(ready, organisation__in=offices)
