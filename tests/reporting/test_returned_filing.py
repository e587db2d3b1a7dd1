"""A returned filing as the company meets it: desk, list, wizard, check, certification."""

import re

import pytest

from reporting import work
from reporting.models import Filing
from reporting.services import drafting
from tests.factories import reporting

pytestmark = pytest.mark.django_db
NOW = reporting.NOW
WINDOWS, GROUP = "对外服务窗口公示12398和95598热线情况", "专项行动领导小组名单"


@pytest.fixture
def returned(duty, people):
    """Guangdong's report, sent back for its windows and its leading group."""
    filing = reporting.started(duty)
    reporting.fill(filing)
    lacks = [
        reporting.lack(filing, "windows", "照片看不清公示牌"),
        reporting.lack(filing, "leading_group", "缺少联系电话"),
    ]
    return reporting.played(filing, "returned", deficient=lacks)


def started(client, filing, people):
    client.force_login(people["filer"])
    return client.post(f"/filings/duty/{filing.duty_id}/start/")


def mend_windows(filing, people):
    row = Filing.objects.get(pk=filing.pk).current_version.rows("windows")[0]
    reporting.attach(
        filing, "windows", reporting.png(9), "补拍.png", by=people["filer"], row_key=row["_key"]
    )


def mend_group(filing, people):
    version = Filing.objects.get(pk=filing.pk).current_version
    rows = version.rows("leading_group")
    rows[0]["post"] = "党组书记"
    drafting.save_part(
        filing=filing,
        part="leading_group",
        rows=rows,
        seen=version.revisions.get("leading_group", 0),
        by=people["filer"],
        now=NOW,
    )


@pytest.mark.parametrize("begun", [False, True])
def test_desk_and_list_name_what_is_to_be_mended(client, returned, people, begun):
    if begun:
        started(client, returned, people)
    (item,) = (i for i in work.items(people["filer"], now=NOW) if "报告启动部署" in str(i.title))
    assert f"需补正：{GROUP}、{WINDOWS}" in item.detail
    client.force_login(people["filer"])
    assert client.get(item.url).status_code == 200
    page = client.get("/filings/").content.decode()
    assert f"需补正：{GROUP}、{WINDOWS}" in page


def test_before_it_is_taken_up_the_desk_leads_to_the_remarks(client, returned, people):
    (item,) = (i for i in work.items(people["filer"], now=NOW) if "报告启动部署" in str(i.title))
    client.force_login(people["filer"])
    page = client.get(item.url).content.decode()
    for words in ("照片看不清公示牌", "缺少联系电话", "开始补正"):
        assert words in page


def test_the_wizard_opens_at_the_first_deficient_part(client, returned, people):
    answer = started(client, returned, people)
    assert answer["Location"] == f"/filings/{returned.pk}/parts/leading_group/"
    page = client.get(answer["Location"]).content.decode()
    assert "缺少联系电话" in page
    assert 'value="next"' in page


def test_save_and_next_goes_to_the_next_deficient_part_and_then_to_the_list(
    client, returned, people
):
    started(client, returned, people)
    base = f"/filings/{returned.pk}"
    version = Filing.objects.get().current_version
    shown = client.get(f"{base}/parts/leading_group/").content.decode()
    seen = re.search(r'name="seen" id="seen" value="(\d+)"', shown)[1]
    assert version.revisions.get("leading_group", 0) == int(seen)
    sent = {"seen": seen, "act": "next"}
    answer = client.post(f"{base}/parts/leading_group/", sent)
    assert answer["Location"] == f"{base}/parts/windows/"
    assert 'value="next"' not in client.get(f"{base}/parts/windows/").content.decode()


def test_good_parts_are_kept_and_say_so(client, returned, people):
    started(client, returned, people)
    page = client.get(f"/filings/{returned.pk}/edit/").content.decode()
    # Three parts are still as they were accepted, two wait to be mended.
    assert "已完成 3 / 5" in page
    assert page.count(">退回</span>") == 2


def test_check_and_certification_show_what_changed_since_the_return(client, returned, people):
    started(client, returned, people)
    mend_windows(returned, people)
    mend_group(returned, people)
    client.force_login(people["filer"])
    page = client.get(f"/filings/{returned.pk}/check/").content.decode()
    for words in ("第 2 版与第 1 版对照", "补拍.png", "党组书记"):
        assert words in page
    drafting.request_certification(filing=returned, by=people["filer"], now=NOW)
    client.force_login(people["lead"])
    page = client.get(f"/filings/{returned.pk}/certify/").content.decode()
    for words in ("第 2 版与第 1 版对照", "补拍.png", "党组书记", "照片看不清公示牌"):
        assert words in page


def test_a_first_version_has_nothing_to_be_compared_with(client, duty, people):
    filing = reporting.filed(duty, state="certifying")
    client.force_login(people["lead"])
    assert "对照" not in client.get(f"/filings/{filing.pk}/certify/").content.decode()


def test_the_list_opens_where_there_is_something_to_do(client, duty, people):
    reporting.filed(duty, state="certifying")
    client.force_login(people["lead"])
    page = client.get("/filings/")
    assert page.context["chosen"].key == "certify"
    assert "报告启动部署情况" in page.content.decode()
    assert client.get("/filings/?view=todo").context["chosen"].key == "todo"
