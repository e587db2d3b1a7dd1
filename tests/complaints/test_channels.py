"""One intake for every way in which people reach the office, as each era knew them."""

import re

import pytest
from django.urls import reverse

from complaints.models import Case
from core import clock
from tests.factories.accounts import organisation
from tests.factories.complaints import at

pytestmark = pytest.mark.django_db
NEW = reverse("complaints:new")
# Source and channel; the labels as the lists of 2025 call them.
IN_2025 = {
    ("12398", "phone"): "电话",
    ("12398", "internet"): "12398互联网终端",
    ("12398", "wechat"): "微信公众号",
    ("12398", "app"): "移动应用程序(APP)",
    ("12398", "fax"): "传真",
    ("12398", "email"): "电子邮件",
    ("12398", "message"): "留言",
    ("letter", "letter"): "信函",
    ("visit", "visit"): "来访",
    ("web", "online"): "网上提交",
}


def offered(client):
    """Code and label of the channels in the form."""
    page = client.get(NEW).content.decode()
    choices = re.search(r'<select name="channel".*?</select>', page, re.S)[0]
    return dict(re.findall(r'<option value="(\w+)">\s*([^<]+?)\s*</option>', choices))


def taken(client, when, source, channel):
    form = {
        "owner": organisation("SERC-NF").pk,
        "source": source,
        "received_at": f"{when:%Y-%m-%dT%H:%M}",
        "channel": channel,
        "nature": "enquiry",
        "industry": "power",
        "content": "咨询电价",
    }
    return client.post(NEW, form)


@pytest.mark.clause("S1-3.3.5(1)a")
def test_telephone_web_mail_fax_letter_visit_and_app_come_in_by_one_form(client, people):
    client.force_login(people.officer)
    when = at("2025-03-03 09:00")
    with clock.standing_at(when):
        assert (
            IN_2025.items()
            <= {
                (source, code): label
                for code, label in offered(client).items()
                for source, wanted in IN_2025
                if wanted == code
            }.items()
        )
        for source, channel in IN_2025:
            assert taken(client, when, source, channel).status_code == 302, (source, channel)
    assert sorted(Case.objects.values_list("source", "channel")) == sorted(IN_2025)


@pytest.mark.clause("S1-3.3.5(1)a")
def test_each_era_has_its_own_ways(client, people):
    client.force_login(people.officer)
    when = at("2012-03-05 09:00")
    with clock.standing_at(when):
        ways = offered(client)
        assert ways["phone"] == "12398电话"
        assert ways["sms"] == "12398短信"
        assert {"fax", "email", "letter", "visit"} <= ways.keys()
        assert not {"app", "wechat", "internet"} & ways.keys()
        assert taken(client, when, "12398", "app").status_code == 422
        assert taken(client, when, "12398", "sms").status_code == 302
