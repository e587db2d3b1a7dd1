"""Files of meetings are checked while nobody waits for a lock."""

from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.db import connection

from campaign import services
from campaign.services import convening
from core import files
from core.errors import Refused
from tests.factories import accounts
from tests.factories import campaign as factory

pytestmark = pytest.mark.django_db
NOW = factory.LAUNCH + timedelta(days=1)


@pytest.fixture
def meeting(catalogues):
    campaign = factory.launched_campaign()
    company = accounts.organisation("CSG-GD")
    return services.convene(
        campaign=campaign,
        title="专项行动启动会",
        starts_at=NOW,
        ends_at=NOW + timedelta(hours=2),
        place="广州",
        agenda="部署任务",
        organiser=campaign.issuing_organisation,
        invitees=[company],
        by=accounts.member(campaign.issuing_organisation, "regulator_officer"),
        now=factory.LAUNCH,
    )


def minutes(meeting, by, now=NOW):
    return services.record_minutes(
        meeting=meeting,
        minutes="部署了任务。",
        attended=[],
        upload=ContentFile(b"%PDF-1.4\n%%EOF\n", "纪要.pdf"),
        by=by,
        now=now,
    )


@pytest.fixture
def looked_at(monkeypatch):
    """How many transactions of the service are open while a file is checked."""
    depths, receive = [], files.receive

    def watched(*args, **kwargs):
        depths.append(len(connection.savepoint_ids))
        return receive(*args, **kwargs)

    monkeypatch.setattr(convening.files, "receive", watched)
    return depths


def test_a_file_of_the_minutes_is_checked_before_the_transaction(meeting, looked_at):
    minutes(meeting, accounts.member(meeting.organiser, "regulator_officer"))
    assert looked_at == [0]
    assert [one.name for one in meeting.files.all()] == ["纪要.pdf"]


@pytest.mark.parametrize("early", [True, False])
def test_who_may_not_write_minutes_has_no_file_checked(meeting, looked_at, early):
    where = meeting.organiser if early else "CSG-GD"
    role = "regulator_officer" if early else "company_filer"
    by = accounts.member(where, role)
    with pytest.raises(Refused):
        minutes(meeting, by, now=NOW - timedelta(minutes=1) if early else NOW)
    assert looked_at == []
