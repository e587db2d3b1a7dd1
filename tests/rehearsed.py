"""What a rehearsal lists, and what the ticks then send, on the database of a replay where from now
on nobody does anything: ``python -m tests.rehearsed FROM UNTIL`` prints both as JSON.

A process of its own, because the database is not the one of the tests.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta

ONE_DAY = timedelta(days=1)
# Who else writes does not write for a campaign.
TICKS = ("campaign.tick", "campaign.rectification", "campaign.dated")
TICKS += ("reporting.returns", "reporting.subscriptions")


def main(since: str, until: str) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.base")
    import django

    django.setup()
    from django.conf import settings

    from accounts.models import User
    from campaign.models import Campaign
    from campaign.rehearsal import rehearse
    from core import clock, outbox
    from core.models import Letter

    settings.CLOCK_MAY_MOVE = True
    begin, end = datetime.fromisoformat(since), datetime.fromisoformat(until)
    with clock.standing_at(begin):
        before = Letter.objects.count()
        lines = [one for one in rehearse(Campaign.objects.get(), now=begin) if one.when < end]
        written = Letter.objects.count() - before
    for now in _mornings(begin, end, [one.when for one in lines]):
        with clock.standing_at(now):
            for name in TICKS:
                outbox.ticks()[name](now=now)
            outbox.run_due(now=now)
    names = dict(User.objects.values_list("pk", "username"))
    sent = Letter.objects.filter(channel="notice", sent_at__gt=begin).order_by("sent_at", "pk")
    told = {
        "written": written,
        # Several lines stand in one letter.
        "rehearsed": sorted({(one.letter, one.to, _shown(one.when)) for one in lines}),
        "lines": sorted({(one.kind, one.about) for one in lines}),
        "sent": [
            (one.kind, names[one.recipient_id or 0], _shown(one.sent_at or begin)) for one in sent
        ],
    }
    print(json.dumps(told, ensure_ascii=False))


def _mornings(begin: datetime, end: datetime, told: list[datetime]) -> Iterator[datetime]:
    """Nine o'clock around everything that was rehearsed, and twice a month: what goes out then
    without having been rehearsed is found as well."""
    near = {
        when.astimezone(begin.tzinfo).date() + shift * ONE_DAY
        for when in told
        for shift in (-1, 0, 1)
    }
    now = begin.replace(hour=9, minute=0, second=0) + ONE_DAY
    while now < end:
        if now.date() in near or now.day in (1, 15):
            yield now
        now += ONE_DAY


def _shown(instant: datetime) -> str:
    from core import clock

    return instant.astimezone(clock.ZONE).isoformat(timespec="minutes")


if __name__ == "__main__":
    main(*sys.argv[1:])
