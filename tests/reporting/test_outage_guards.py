"""What a company cannot make unsaid: announcements, begun outages, cancellations, persons."""

from datetime import timedelta

import pytest
from django.urls import reverse

from core import clock, outbox
from core.models import AuditEvent
from reporting.models import FindingProposal, OutageLead, OutageNotice
from reporting.services import outages as services
from tests.factories.accounts import member, organisation
from tests.factories.complaints import received
from tests.factories.outages import NOW, at, filed, filer
from tests.reading import text_of

pytestmark = pytest.mark.usefixtures("catalogues", "kickoff_eve")
WEEK_END = {"planned_start": at("2011-11-26 08:00"), "planned_end": at("2011-11-26 17:00")}
PAST = {"planned_start": at("2011-11-20 08:00"), "planned_end": at("2011-11-20 17:00")}
SILENT = {"published_at": None, "channels": []}


def codes(notice):
    return sorted(flag.code for flag in OutageNotice.objects.get(pk=notice.pk).flags.all())


def typed(notice, **said):
    """The form of a notice as it stands, with what somebody types over it."""
    day = "%Y-%m-%dT%H:%M"
    values = {
        name: getattr(notice, name)
        for name in ("kind", "reason", "document", "area", "area_type", "households", "method")
    }
    values |= {name: "、".join(getattr(notice, name)) for name in ("lines", "transformer_areas")}
    for name in ("planned_start", "planned_end", "published_at"):
        moment = getattr(notice, name)
        values[name] = f"{moment.astimezone(clock.ZONE):{day}}" if moment else ""
    values |= {"channels": notice.channels, "seen": notice.version, "change_reason": ""}
    return {**values, **said}


def edit(client, notice, **said):
    notice.refresh_from_db()
    url = reverse("reporting:outage_edit", args=[notice.pk])
    return client.post(url, typed(notice, **said))


@pytest.fixture
def company(client):
    client.force_login(filer())
    return client


@pytest.mark.clause("S1-2.1.1h")
def test_an_announcement_moved_earlier_needs_a_reason_and_changes_no_judgement(company):
    """Told on the 23rd for the 26th; three days later the company says it was the 10th."""
    notice = filed(published_at=at("2011-11-23 09:00"), **WEEK_END)
    assert codes(notice) == ["late"]
    assert edit(company, notice, published_at="2011-11-10T09:00").status_code == 409
    done = edit(company, notice, published_at="2011-11-10T09:00", change_reason="原填写有误")
    assert done.status_code == 302
    notice.refresh_from_db()
    assert (codes(notice), notice.lead_ok) == (["corrected", "late"], False)
    # Still judged by what was said first: two days and 23 hours.
    assert notice.lead_seconds == 2 * 86400 + 23 * 3600
    shown = text_of(company.get(reverse("reporting:outage", args=[notice.pk])))
    assert "公告时间事后改早" in shown
    assert "2天23小时" in shown
    # Filed as not announced on the 24th, an earlier day cannot have been the announcement either.
    quiet = filed("TD-2", **SILENT, **WEEK_END)
    assert edit(company, quiet, published_at="2011-11-10T09:00").status_code == 409
    edit(company, quiet, published_at="2011-11-10T09:00", change_reason="补登")
    assert codes(quiet) == ["corrected", "late"]


@pytest.mark.clause("S1-2.1.1g")
def test_what_was_announced_stays_announced_and_a_move_counts_from_when_it_was_filed(company):
    """Announced in good time for the 2nd; moved to the 30th with an announcement of yesterday."""
    notice = filed(
        published_at=at("2011-11-20 10:00"),
        planned_start=at("2011-12-02 08:00"),
        planned_end=at("2011-12-02 17:00"),
    )
    refused = edit(company, notice, change_reason="撤回", published_at="", channels=[])
    assert refused.status_code == 409
    assert "已经公告" in text_of(refused)
    times = {"planned_start": "2011-11-30T23:00", "planned_end": "2011-11-30T23:50"}
    moved = edit(
        company, notice, published_at="2011-11-23T00:01", change_reason="施工调整", **times
    )
    assert moved.status_code == 302
    notice.refresh_from_db()
    # From the 24th it is six days by dates; from the 23rd it would have been seven.
    assert codes(notice) == ["late"]
    assert notice.lead_seconds == int((at("2011-11-30 23:00") - NOW).total_seconds())


@pytest.mark.clause("S1-2.1.1h", "S1-3.3.1(3)b")
def test_what_is_changed_after_it_began_leaves_what_was_found(company):
    notice = filed(**SILENT, **PAST, households=800)
    found = ["late", "missing", "unreported", "violation"]
    assert codes(notice) == found
    for said in ({"households": "0"}, {"kind": "fault", "reason": "weather"}):
        assert edit(company, notice, **said).status_code == 409
        assert edit(company, notice, change_reason="更正", **said).status_code == 302
        assert codes(notice) == found
    live = {"method": "live_working", "change_reason": "更正"}
    assert edit(company, notice, **live).status_code == 302
    assert set(found) - set(codes(notice)) <= {"unreported"}
    services.rejudge(now=NOW + timedelta(days=30))
    assert {"late", "missing", "violation"} <= set(codes(notice))
    notice.refresh_from_db()
    assert notice.lead_ok is False
    assert "信息已变更，原问题保留" in text_of(
        company.get(reverse("reporting:outage", args=[notice.pk]))
    )


@pytest.mark.clause("S1-2.1.1h", "S1-4.2g")
def test_a_cancellation_after_the_start_needs_proof_and_leaves_what_was_found(client):
    late = filed("H-3", **SILENT, **PAST, households=500)
    soon = filed("H-4", **SILENT, **WEEK_END)
    client.force_login(filer())
    cancel = reverse("reporting:outage_cancel", args=[late.pk])
    assert client.post(cancel, {"reason": "不停了"}).status_code == 409
    said = {"reason": "不停了，李四13877665544确认", "proof": "调度日志2011-1120"}
    assert client.post(cancel, said).status_code == 302
    assert codes(late) == ["late", "missing", "violation"]
    late.refresh_from_db()
    assert late.change_reason == "不停了，李四138****5544确认（没有停电的依据：调度日志2011-1120）"
    assert "13877665544" not in AuditEvent.objects.get(kind="outage.cancel").reason
    # In time it needs no proof, and nothing stands against it.
    in_time = reverse("reporting:outage_cancel", args=[soon.pk])
    assert client.post(in_time, {"reason": "天气原因"}).status_code == 302
    assert codes(soon) == []
    client.force_login(member("SERC-NF", "regulator_officer"))
    monitor = client.get(
        reverse("reporting:outage_monitor"), {"since": "2011-11-18", "until": "2011-11-30"}
    )
    [row] = monitor.context["rows"]
    assert (row["line"].n, row["line"].missing, row["line"].violations) == (1, 1, 1)
    for name in ("url", "missing_url", "violations_url"):
        listed = client.get(row[name]).context["rows"]
        assert [one["notice"].number for one in listed] == ["H-3"], name


@pytest.mark.parametrize(
    "said",
    [
        {"lines": "李桂花13877665544专线"},
        {"transformer_areas": "张三身份证440102197001011234台区"},
        {"substation": "李桂花13877665544"},
        {"area": "李桂花13877665544家"},
        {"number": "李桂花13877665544"},
    ],
)
def test_persons_are_refused_in_what_everybody_reads(company, said):
    given = typed(OutageNotice(kind="planned", reason="planned_work", area="民乐村"))
    given |= {"organisation": organisation("CSG-GD-ZQ").pk, "number": "G-1", "channels": []}
    given |= {"planned_start": "2011-12-05T08:00", "planned_end": "2011-12-05T12:00", **said}
    refused = company.post(reverse("reporting:outage_new"), given)
    assert refused.status_code == 422
    assert "不得填写" in text_of(refused)
    assert not OutageNotice.objects.exists()


def test_live_working_is_no_outage(client):
    """Nobody is off: nothing to announce, no finding, and the public is not told of one."""
    live = {"method": "live_working", "households": 500, **SILENT}
    quiet = filed("LW-1", **live, **PAST)
    filed("LW-2", method="live_working", households=0, **WEEK_END)
    assert codes(quiet) == []
    assert not FindingProposal.objects.exists()
    public = client.get(reverse("reporting:public_outages"))
    assert public.context["rows"] == []
    client.force_login(filer())
    report = reverse("reporting:outage_report", args=[quiet.pk])
    assert client.post(report, {"actual_start": "2011-11-20T08:30"}).status_code == 302
    # It went dark after all.
    assert {"missing", "violation"} <= set(codes(quiet))


def test_an_outage_that_overran_stays_on_the_public_page_and_is_flagged(client):
    """Planned to end yesterday at five; nobody said that power is back."""
    planned = {"planned_start": at("2011-11-23 08:00"), "planned_end": at("2011-11-23 17:00")}
    notice = filed("H4-50", area="仍在停电村", actual_start=at("2011-11-23 08:00"), **planned)
    back = {"actual_start": at("2011-11-23 08:00"), "actual_end": at("2011-11-23 16:00")}
    filed("H4-49", **planned, **back)
    assert codes(notice) == ["overrun"]
    public = reverse("reporting:public_outages")
    with clock.standing_at(NOW):
        for asked in ({}, {"q": "仍在停电"}):
            rows = client.get(public, asked).context["rows"]
            assert [(one.number, str(word)) for one, word in rows] == [("H4-50", "停电中")]
        fault = {"kind": "fault", "reason": "weather", **SILENT}
        times = {"planned_start": NOW - timedelta(hours=1), "planned_end": NOW + timedelta(hours=3)}
        filed("H4-51", **fault, **times, households=500, actual_start=NOW - timedelta(hours=1))
        rows = client.get(public).context["rows"]
        assert [one.number for one, _word in rows] == ["H4-50", "H4-51"]
        services.report(notice, {"actual_end": at("2011-11-23 21:00")}, by=filer(), now=NOW)
        rows = client.get(public).context["rows"]
        assert [one.number for one, _word in rows] == ["H4-51"]


@pytest.mark.parametrize("filed_at", ["2011-11-24 09:00", "2011-11-24 06:20"])
def test_a_notice_filed_after_the_start_hides_no_lead(client, filed_at):
    """Off at six, three callers from half past six; after them, or just before, comes a notice as
    of the 10th: neither told anybody before the power was off."""
    for caller in range(3):
        received(
            source="95598",
            owner="CSG-GD-ZQ",
            organisation="CSG-GD-ZQ",
            channel="phone_95598",
            nature="fault",
            category="lv_fault",
            account_no="",
            complainant_phone=f"1390000{caller:04}",
            feeder="10kV城东线",
            transformer_area="光明路1号台区",
            content="家里停电了",
            received_at=at("2011-11-24 06:30") + timedelta(minutes=caller),
            now=NOW,
        )
    times = {"planned_start": at("2011-11-24 06:00"), "planned_end": at("2011-11-24 12:00")}
    late = filed(published_at=at("2011-11-10 09:00"), now=at(filed_at), **times)
    with clock.standing_at(NOW):
        outbox.ticks()["reporting.outages"](now=NOW)
    lead = OutageLead.objects.get()
    assert (lead.nearest, lead.told_later) == ([[late.pk, "late"]], late)


def test_outages_of_one_place_are_counted_once_each_by_whatever_name(client):
    days = ("2011-10-10", "2011-11-01", "2011-11-19")

    def off(number, day, **said):
        times = {"planned_start": at(f"{day} 08:00"), "planned_end": at(f"{day} 12:00")}
        times |= {"actual_start": at(f"{day} 08:00"), "actual_end": at(f"{day} 12:00")}
        filed(number, published_at=at("2011-09-30 08:00"), **times, **said)

    off("F-1", days[2], transformer_areas=["三遍台区"] * 3)
    for place, name in enumerate(("10kV同名线", "10千伏同名线", "同名线")):
        off(f"L-{place}", days[place], lines=[name], transformer_areas=[])
    mixed = {"lines": ["10kV混合线"]}
    off("M-0", days[0], transformer_areas=[], **mixed)
    for place in (1, 2):
        off(f"M-{place}", days[place], transformer_areas=["混合线1号台区"], **mixed)
    filed("E-1", lines=[], transformer_areas=["东混合线1号台区"], **WEEK_END)
    client.force_login(member("SERC-NF", "regulator_viewer"))
    rows = client.get(reverse("reporting:outage_frequent")).context["rows"]
    told = {(one.place, one.times) for one, _level in rows}
    assert told == {("10kV同名线", 3), ("混合线1号台区", 3)}
    for one, _level in rows:
        listed = client.get(one.url).context["rows"]
        letter = "L" if "同名" in one.place else "M"
        assert {row["notice"].number for row in listed} == {f"{letter}-{n}" for n in range(3)}


def test_what_happened_lies_near_what_was_planned(client):
    notice = filed(**PAST)
    client.force_login(filer())
    url = reverse("reporting:outage_report", args=[notice.pk])
    for off, on, words in (
        ("2001-01-01T00:00", "2011-11-20T17:00", "与计划停电时间相差超过31日"),
        ("2011-11-20T08:00", "2011-11-20T08:00", "须晚于实际停电时间"),
    ):
        answer = client.post(url, {"actual_start": off, "actual_end": on})
        assert (answer.status_code, words in text_of(answer)) == (422, True)
    page = client.get(reverse("reporting:outage_new"))
    listed = [
        code for _label, group in page.context["form"].fields["reason"].choices[1:]
        for code, _text in group
    ]  # fmt: skip
    assert len(listed) == len(set(listed))
    assert {"construction", "danger"} <= set(listed)
