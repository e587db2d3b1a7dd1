"""The replay of stage 1: what its folder says is what the script, read by hand, makes happen."""

import csv
import json
import shutil
import sqlite3
from collections import Counter
from decimal import Decimal
from email import policy
from email.parser import BytesParser

import pytest
from django.core.management import CommandError, call_command

from config import letter_words
from tests import recount
from tests.factories import accounts
from tests.running import replay as play
from tests.running import run

# A play takes long where other tests run beside it.
pytestmark = pytest.mark.timeout(900)


@pytest.fixture(scope="module")
def played(tmp_path_factory):
    folder = tmp_path_factory.mktemp("replay")
    done = play(folder, "--campaign", "residential-2011", "--until", "2011-11-30", "--seed", "1")
    assert done.returncode == 0, done.stdout + done.stderr
    return folder / "out"


@pytest.fixture(scope="module")
def summary(played):
    return json.loads((played / "summary.json").read_text(encoding="utf-8"))


def table(played, name):
    with (played / "export" / f"{name}.csv").open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def test_stage_one_ends_as_the_script_says(summary):
    """Eleven companies: nine accepted, one exempted, one filed last; eight duties of the bureau."""
    first = summary["phases"][0]
    assert first["state"] == "open"
    assert first["duties"] == {
        "all": 19,
        "due": 19,
        # Eight of the bureau's own; of the companies all but Guiyang (exempted), Kunming (in
        # review) and Nanning (filed on the last morning).
        "accepted": 16,
        "returned": 1,
        "returned_times": 2,
        # Shenzhen, Kunming and Nanning after the 25th.
        "late": 3,
        "exempted": 1,
    }
    assert len(summary["organisations"]) >= 11


def test_the_later_phases_have_not_begun(summary):
    assert [phase["state"] for phase in summary["phases"][1:]] == ["planned"] * 3
    assert all(phase["duties"]["accepted"] == 0 for phase in summary["phases"][1:])


def test_receipts_are_numbered_without_gap_for_each_recipient(played):
    serials = {}
    for row in table(played, "receipts"):
        serials.setdefault((row["recipient"], row["year"]), []).append(int(row["serial"]))
    assert serials
    for found in serials.values():
        assert sorted(found) == list(range(1, len(found) + 1))


def test_yunnan_and_guizhou_report_to_their_offices_with_a_copy_to_the_south_bureau(played):
    reports = {
        r["organisation"]: r for r in table(played, "duties") if r["duty"] == "kickoff-report"
    }
    assert (reports["CSG-YN"]["recipient"], reports["CSG-YN"]["copy_to"]) == ("SERC-YN", "SERC-NF")
    assert (reports["CSG-GZ"]["recipient"], reports["CSG-GZ"]["copy_to"]) == ("SERC-GZ", "SERC-NF")
    for direct in ("CSG-GD", "CSG-GX", "CSG-HI", "GXSL"):
        assert (reports[direct]["recipient"], reports[direct]["copy_to"]) == ("SERC-NF", "")


def test_the_group_that_was_returned_twice_filed_three_versions(played):
    versions = [
        r
        for r in table(played, "filings")
        if r["organisation"] == "GXSL" and r["duty"] == "kickoff-report"
    ]
    assert [r["version"] for r in versions] == ["1", "2", "3"]
    decisions = [r["decision"] for r in table(played, "reviews") if r["organisation"] == "GXSL"]
    assert decisions == ["received", "returned", "received", "returned", "received", "accepted"]


def test_every_mail_that_went_out_is_a_readable_file(played):
    sent = [r for r in table(played, "letters") if r["channel"] == "mail" and r["state"] == "sent"]
    files = sorted((played / "letters").glob("*.eml"))
    assert len(files) == len(sent) > 20
    for path in files:
        message = BytesParser(policy=policy.default).parsebytes(path.read_bytes())
        assert message["Subject"]
        assert message.get_body(("plain",)).get_content().strip()


def test_no_letter_is_left_parked_or_unsent(played):
    states = {r["state"] for r in table(played, "letters")}
    assert states <= {"sent", "queued"}


def test_every_letter_says_in_words_what_it_is_about(played):
    groups = {letter_words.group(r["kind"]) for r in table(played, "letters")}
    assert {"filing", "reminder", "case"} <= groups <= set(letter_words.GROUPS)


def test_the_stage_report_is_issued_with_its_three_files(played, summary):
    (report,) = summary["reports"]
    assert (report["phase"], report["organisation"], report["state"]) == (1, "SERC-NF", "issued")
    assert report["document_number"].endswith("号")
    assert len(report["snapshot"]) == 64
    kinds = sorted(path.suffix for path in (played / "reports").iterdir())
    assert kinds == [".docx", ".pdf", ".xlsx"]


def test_every_figure_of_the_stage_report_is_what_the_tables_come_to(played, tmp_path):
    again, told, wrong = recount.differences(played)
    assert (wrong, recount.unknown(played)) == ([], set())
    assert again == told > 80
    # Whoever leaves a report out of the tables is found out.
    shutil.copytree(played / "export", tmp_path / "export")
    path = tmp_path / "export" / "duties.csv"
    lines = path.read_text(encoding="utf-8-sig").splitlines(keepends=True)
    kept = [one for one in lines if "kickoff-report" not in one or "CSG-HI" not in one]
    path.write_text("".join(kept), encoding="utf-8-sig")
    missed = {one.split()[1].rstrip(":") for one in recount.differences(tmp_path)[2]}
    assert {"company.filed", "groups.companies", "windows.total", "points.areas"} <= missed


def test_whoever_alters_a_figure_is_found_out_whichever_it_is(played, tmp_path):
    shutil.copytree(played / "export", tmp_path / "export")
    rows = table(played, "figures")
    for row in rows:
        row["value"] = str(Decimal(row["value"] or 0) + 1)
    path = tmp_path / "export" / "figures.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.DictWriter(stream, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    assert len(recount.differences(tmp_path)[2]) == len(rows)


# --- cases ----------------------------------------------------------------------------------------


def case(played, received_at, owner):
    (found,) = [
        r
        for r in table(played, "cases")
        if r["received_at"].startswith(received_at) and r["owner"] == owner
    ]
    return found


@pytest.mark.parametrize(
    ("received_at", "owner", "expected"),
    [
        # Closed, visited and filed away.
        ("2011-10-27T10:30", "SERC-NF", "archived unsubstantiated CSG-GD-SZ"),
        # Refused because a court has it; passed on because water is no electricity; withdrawn.
        ("2011-11-02T10:05", "SERC-NF", "archived refused SERC-NF"),
        ("2011-11-03T14:45", "SERC-NF", "passed_on passed_on SERC-NF"),
        ("2011-11-09T16:00", "SERC-NF", "withdrawn withdrawn SERC-NF"),
        # The same matter by letter goes on with the first one.
        ("2011-11-21T09:30", "SERC-NF", "merged  SERC-NF"),
        # Verified after the company's answer, and not informed yet.
        ("2011-11-10T08:55", "SERC-NF", "verified substantiated CSG-GX"),
    ],
)
def test_cases_end_where_the_script_leads_them(played, received_at, owner, expected):
    found = case(played, received_at, owner)
    assert f"{found['state']} {found['outcome']} {found['holder']}" == expected


def test_a_slip_that_came_back_twice_was_arbitrated(played):
    found = case(played, "2011-11-08T09:35", "SERC-NF")
    assert (found["returned"], found["holder"], found["state"]) == ("2", "CSG-GD-GZ", "handling")


def test_clocks_of_cases_met_missed_and_running_stand_in_the_export(played):
    """Transferred on Friday 4 November: ten working days end on Friday the 18th, unanswered."""
    late = case(played, "2011-11-03T16:50", "SERC-NF")
    (clock,) = [r for r in table(played, "case_clocks") if r["case"] == late["number"]]
    assert clock["due_at"] == "2011-11-18T23:59:59+08:00"
    assert (clock["clock"], clock["state"], clock["stopped_at"]) == ("company", "running", "")


def test_the_summary_of_cases_can_be_counted_again_from_the_export(played, summary):
    rows, clocks = table(played, "cases"), table(played, "case_clocks")
    told = summary["cases"]
    assert told["all"] == len(rows) > 300
    assert told["counted"] == sum(not r["merged_into"] for r in rows) == told["all"] - 1
    for name in ("source", "nature", "state"):
        assert told[f"by_{name}"] == dict(sorted(Counter(r[name] for r in rows).items()))
    running = [r for r in clocks if r["state"] == "running"]
    assert told["clocks"]["running"] == len(running)
    overdue = [r for r in running if r["due_at"] < "2011-11-30T23:59:59"]
    assert told["clocks"]["overdue"] == len(overdue) > 0


def test_the_bulletin_of_october_counts_the_cases_of_october(played):
    (october,) = [r for r in table(played, "bulletins") if r["from"] == "2011-10-01"]
    assert (october["state"], october["organisation"]) == ("published", "SERC-NF")
    assert october["document_number"].endswith("号")
    files = list((played / "bulletins").iterdir())
    (kept,) = [f for f in files if f.name == "SERC-NF-2011-10-01-2011-10-31.json"]
    total = json.loads(kept.read_text(encoding="utf-8"))["total"]["count"]
    # What the South bureau took in itself: Yunnan and Guizhou have offices with own bulletins.
    by_the_regulator = {"12398", "letter", "visit"}
    counted = [
        r
        for r in table(played, "cases")
        if r["received_at"].startswith("2011-10")
        and r["owner"] == "SERC-NF"
        and r["source"] in by_the_regulator
    ]
    assert total == len(counted) > 50


def test_nobody_who_called_can_be_found_in_the_folder(played):
    from config.replay import cases, special

    stories = cases.load("residential-2011")
    secret = {s.record.get("complainant_name", "") for s in stories}
    secret |= {s.record.get("complainant_phone", "") for s in stories}
    secret |= {s.record.get("account_no", "") for s in stories}
    # Nor anybody of the special groups, or who looks after them.
    homes = special.HOMES
    secret |= {text for one in homes for text in (one.name, one.address, one.guardian)}
    secret -= {"", "清东社区"}
    assert len(secret) > 80
    texts = [p.read_text(encoding="utf-8-sig") for p in (played / "export").iterdir()]
    for path in (played / "letters").glob("*.eml"):
        message = BytesParser(policy=policy.default).parsebytes(path.read_bytes())
        texts.append(message.get_body(("plain",)).get_content() + message["Subject"])
    found = {one for one in secret for text in texts if one in text}
    assert found == set()


def test_the_same_seed_plays_the_same_campaign(played, started):
    """The demo is played in another process, further, and more is planted in it; all that the
    replay wrote and counted up to a day in stage 1 happened there as well."""
    until = "2011-11-24T00"
    letters, cases = told(started.data / "portal.sqlite3", until)
    for name, at, found, columns in (
        ("letters", "sent_at", letters, ("kind", "channel", "subject", "sent_at")),
        ("cases", "received_at", cases, ("number", "source", "region", "category", "received_at")),
    ):
        rows = [r for r in table(played, name) if "" < r[at] < until]
        again = Counter(tuple(row[key] for key in columns) for row in rows)
        assert again - found == Counter()
        assert again.total() > 500


def told(database, until):
    """Letters and cases of a database up to an instant of its place, as the tables show them."""
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as connection:
        place = "strftime('%Y-%m-%dT%H:%M:%S+08:00', {}, '+8 hours')"
        sent, received = place.format("sent_at"), place.format("received_at")
        letters = connection.execute(
            f"SELECT kind, channel, subject, {sent} FROM core_letter WHERE {sent} < ?", [until]
        )
        cases = connection.execute(
            f"SELECT number, source, coalesce(region_id, ''), category, {received} "
            f"FROM complaints_case WHERE {received} < ?",
            [until],
        )
        return Counter(letters), Counter(cases)


def test_the_letters_that_go_out_are_those_that_were_rehearsed(played, tmp_path):
    """From the last evening of stage 1 on nobody does anything: the reminders, escalations and
    requests for documents of the next seven months are exactly those of the rehearsal."""
    shutil.copytree(played.parent / "data", tmp_path / "data")
    done = run(
        *(tmp_path / "data", "-m", "tests.rehearsed"),
        *("2011-11-30T23:59:59+08:00", "2012-07-01T00:00:00+08:00"),
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["written"] == 0
    kinds = {"reminder", "escalation", "safeguard.missing", "rectification.overdue"}
    kinds |= {"demonstration.told"}
    sent = Counter((to, at) for kind, to, at in told["sent"] if kind in kinds)
    assert sent == Counter((to, at) for _letter, to, at in told["rehearsed"])
    assert sent.total() > 50
    # Eleven companies have not reported on their self-inspection by 31 May 2012 (plan 五(二)).
    assert {"reminder", "escalation"} <= {
        kind for kind, about in told["lines"] if about == "self-inspection"
    }


def test_a_database_with_people_in_it_is_left_alone(catalogues, tmp_path):
    accounts.member("CSG-GD-ZQ", "company_filer")
    with pytest.raises(CommandError, match="只能在空数据库上进行"):
        call_command("replay", out=tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_an_unknown_campaign_names_the_known_ones(tmp_path):
    with pytest.raises(CommandError, match="residential-2011"):
        call_command("replay", campaign="nothing", out=tmp_path / "out")
    assert not (tmp_path / "out").exists()
