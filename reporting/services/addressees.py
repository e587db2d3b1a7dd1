"""Who gets the reports of a subscription on a day: offices, and people who may still read them."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from accounts.permissions import Permission, roles_with
from campaign.people import people_of
from campaign.scope import workplaces
from core import clock

if TYPE_CHECKING:
    from accounts.models import Organisation, User
    from reporting.models import Subscription

Span = tuple[date, date | None]


class Addressees:
    """The mailboxes of a subscription with the names behind them, read once, asked for any day."""

    def __init__(self, subscription: Subscription) -> None:
        self._offices = [(one.email, str(one)) for one in subscription.recipients.all()]
        self._people = [
            (one.email, str(one), _reading_spans(one, subscription.organisation))
            for one in subscription.people.filter(is_active=True)
        ]

    def on(self, day: date) -> dict[str, str]:
        """Address to name, each address once; people only while a post lets them read reports."""
        people = [(address, name) for address, name, spans in self._people if _within(day, spans)]
        found: dict[str, str] = {}
        for address, name in (*self._offices, *people):
            if address:
                found.setdefault(address, name)
        return found


def may_read(person: User, office: Organisation) -> bool:
    """Whether the person reads reports today in that office or in one above it."""
    places = workplaces(person, Permission.REPORT_VIEW)
    return any(office.path.startswith(place.path) for place in places)


def _reading_spans(person: User, office: Organisation) -> list[Span]:
    """First and last days on which a post or a delegation, in that office or in one above it, lets
    the person read reports."""
    roles = roles_with(Permission.REPORT_VIEW)
    posts = person.memberships.filter(withdrawn_at__isnull=True, role__in=roles)
    held = person.delegations_held.filter(revoked_at__isnull=True, role__in=roles)
    days = ("starts_on", "ends_on")
    found = [
        *posts.values_list(*days, "organisation__path"),
        *held.values_list(*days, "content_object__path"),
    ]
    return [(first, last) for first, last, path in found if office.path.startswith(path)]


def _within(day: date, spans: list[Span]) -> bool:
    return any(first <= day and (last is None or day <= last) for first, last in spans)


def nobody() -> str:
    """Why nothing goes out where no address is left."""
    return _("没有可用的收件地址。")


def keepers(subscription: Subscription, *, now: datetime) -> list[User]:
    """Whoever set it up, as long as they work there; once they left, all who may mend it."""
    day = clock.day_of(now)
    editors = people_of(subscription.organisation, Permission.REPORT_EDIT, on=day)
    made = subscription.created_by
    return editors if editors and made not in editors else [made]
