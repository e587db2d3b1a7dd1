"""What stands inside a duty, told by the apps above: columns of the board, groups that were set up.

The campaign knows that a report is due and whether it came; what it is made of is known to those
who read it. They register a provider here, as news travels up and never down.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from accounts.models import User
from campaign.models import Campaign, Duty
from campaign.presenting import Shown


@dataclass(frozen=True)
class Column:
    """One more column: its heading and, by number of the duty, what to show."""

    key: str
    label: str
    note: str = ""
    cells: Mapping[int, Shown] = field(default_factory=dict)


Provider = Callable[[Sequence[Duty], User, date], list[Column]]

_providers: dict[str, Provider] = {}


def register(name: str, provider: Provider) -> None:
    """Let the board ask ``provider(duties, user, today)``; it shows only what the user may see."""
    _providers[name] = provider


def columns(duties: Sequence[Duty], *, user: User, today: date) -> list[Column]:
    """Columns of all providers that have something to show for these duties."""
    found: list[Column] = []
    for provider in _providers.values():
        found += [column for column in provider(duties, user, today) if column.cells]
    return found


@dataclass(frozen=True)
class GroupLists:
    """Of the companies of a campaign: whose report names its group, and who need not report one."""

    # By number of the organisation, the page on which the list is read.
    reported: Mapping[int, str] = field(default_factory=dict)
    excused: frozenset[int] = frozenset()


GroupTeller = Callable[[Campaign, User], GroupLists]
_group_tellers: list[GroupTeller] = []


def register_groups(teller: GroupTeller) -> None:
    """Let the page of groups ask ``teller(campaign, user)``; it tells what the user may see."""
    if teller not in _group_tellers:
        _group_tellers.append(teller)


def group_lists(campaign: Campaign, *, user: User) -> GroupLists:
    """What all tellers know together."""
    told = [teller(campaign, user) for teller in _group_tellers]
    return GroupLists(
        {pk: url for one in told for pk, url in one.reported.items()},
        frozenset().union(*(one.excused for one in told)),
    )
