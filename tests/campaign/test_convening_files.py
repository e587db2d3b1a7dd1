"""Files of meetings are checked while nobody waits for a lock."""

from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.db import connection

from campaign import services
from campaign.services import convening
from core import files
from core.clock import standing_at
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


@pytest.mark.parametrize("year", ["0001", "9999"])
def test_a_meeting_out_of_all_calendars_is_named_at_its_field(client, catalogues, year):
    campaign = factory.launched_campaign()
    with standing_at(factory.LAUNCH):
        client.force_login(accounts.member("SERC-NF", "regulator_officer"))
        answer = client.post(
            f"/campaigns/{campaign.pk}/meetings/new/",
            {
                "title": "启动会",
                "starts_at": f"{year}-01-01T00:00",
                "ends_at": f"{year}-12-31T23:59",
                "place": "广州",
                "agenda": "部署",
                "invitees": [accounts.organisation("CSG-GD").pk],
            },
        )
    assert answer.status_code == 422
    errors = answer.context["form"].errors
    assert set(errors) == {"starts_at", "ends_at"}
    assert "应在1991-01-01至2016-12-31之间" in errors["starts_at"][0]


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_days_of_issue_and_founding_have_bounds_too(client, catalogues, day):
    campaign = factory.launched_campaign()
    with standing_at(factory.LAUNCH):
        client.force_login(accounts.member("SERC-NF", "regulator_officer"))
        created = client.post(
            "/campaigns/new/",
            {
                "source": campaign.template_id,
                "issuing_organisation": campaign.issuing_organisation_id,
                "code": "second-2011",
                "issued_on": day,
            },
        )
        assert "issued_on" in created.context["form"].errors
        group = client.post(
            f"/campaigns/{campaign.pk}/groups/leading/edit/",
            {
                "name": "小组",
                "duties": "督促",
                "set_up_on": day,
                "seat-TOTAL_FORMS": 0,
                "seat-INITIAL_FORMS": 0,
            },
        )
        assert group.status_code == 422
        assert "set_up_on" in group.context["form"].errors
