"""Filling in: autosave, conflicts, workbooks, files, warnings; and that drafts stay inside."""

import io
import zipfile

import pytest

from core import files
from core.errors import Conflict, Refused
from core.models import AuditEvent, StoredFile
from reporting import examine, parts
from reporting.models import Attachment, Filing, FilingVersion, PartUpload
from reporting.services import drafting
from tests.factories import accounts, reporting
from tests.factories import campaign as campaigns

pytestmark = pytest.mark.django_db
NOW = reporting.NOW


def part_of(filing, code):
    version = Filing.objects.get(pk=filing.pk).current_version
    return next(part for part in parts.of_version(version) if part.code == code)


def workbook(filing, code, rows):
    upload = io.BytesIO(part_of(filing, code).form.template(rows))
    upload.name = "填好的表.xlsx"
    return upload


def save(filing, rows, *, seen, by, part="leading_group"):
    return drafting.save_part(filing=filing, part=part, rows=rows, seen=seen, by=by, now=NOW)


# --- Beginning ------------------------------------------------------------------------------------


def test_a_draft_lists_the_five_parts_of_the_kick_off_report(duty, people):
    filing = drafting.start(duty=duty, by=people["filer"], now=NOW)
    assert [part.code for part in parts.of_version(filing.current_version)] == [
        "leading_group",
        "demonstration_points",
        "implementation_plan",
        "service_commitments",
        "windows",
    ]


def test_beginning_twice_gives_the_same_draft(duty, people):
    first = drafting.start(duty=duty, by=people["filer"], now=NOW)
    second = drafting.start(duty=duty, by=people["filer"], now=NOW)
    assert first.pk == second.pk
    assert FilingVersion.objects.count() == 1


@pytest.mark.parametrize(
    ("where", "role"),
    [
        ("CSG-GD", "company_lead"),
        ("CSG-GD", "company_viewer"),
        ("CSG-HI", "company_filer"),
        ("SERC-NF", "regulator_officer"),
        ("NEA-ROOT", "regulator_officer"),
    ],
)
def test_only_filers_of_the_company_begin(duty, where, role):
    with pytest.raises(Refused):
        drafting.start(duty=duty, by=accounts.member(where, role), now=NOW)


def test_a_duty_that_has_not_opened_cannot_be_filled_in(campaign):
    later = campaigns.duty(campaign, "self-inspection")
    with pytest.raises(Refused, match="未启动"):
        drafting.start(duty=later, by=reporting.filer(later.organisation), now=NOW)


# --- Saving ---------------------------------------------------------------------------------------


def test_half_typed_rows_are_kept_as_they_are(duty, people):
    filing = reporting.started(duty)
    rows = [{"name": "林远山", "phone": "12"}, {"name": "", "phone": None}]
    version = save(filing, rows, seen=0, by=people["filer"])
    kept = Filing.objects.get().current_version.rows("leading_group")
    assert [(row["name"], row["phone"]) for row in kept] == [("林远山", "12")]
    assert version.revisions == {"leading_group": 1}


def test_fit_values_are_kept_in_one_form(duty, people):
    filing = reporting.started(duty)
    rows = [{"name": "城东营业厅", "shows_12398": "有", "posted_on": "2011年11月14日"}]
    save(filing, rows, seen=0, by=people["filer"], part="windows")
    kept = Filing.objects.get().current_version.rows("windows")[0]
    assert (kept["shows_12398"], kept["posted_on"]) == (True, "2011-11-14")


def test_two_people_on_one_part_do_not_overwrite_each_other(duty, people):
    filing = reporting.started(duty)
    second = accounts.member(duty.organisation, "company_filer")
    save(filing, [{"name": "林远山"}], seen=0, by=people["filer"])
    with pytest.raises(Conflict, match="刚被他人保存过"):
        save(filing, [{"name": "周晓岚"}], seen=0, by=second)
    rows = Filing.objects.get().current_version.rows("leading_group")
    assert [row["name"] for row in rows] == ["林远山"]


def test_two_people_on_two_parts_do_not_disturb_each_other(duty, people):
    filing = reporting.started(duty)
    second = accounts.member(duty.organisation, "company_filer")
    save(filing, [{"name": "林远山"}], seen=0, by=people["filer"])
    save(filing, [{"name": "四会供电局"}], seen=0, by=second, part="demonstration_points")
    version = Filing.objects.get().current_version
    assert version.revisions == {"leading_group": 1, "demonstration_points": 1}
    assert set(version.editors) == {people["filer"].pk, second.pk}


def test_content_is_unreadable_in_the_database(duty):
    from django.db import connection

    reporting.filed(duty, state="draft")
    with connection.cursor() as cursor:
        cursor.execute("SELECT parts FROM reporting_filingversion")
        stored = cursor.fetchone()[0]
    assert stored.startswith("enc:")
    assert "林远山" not in stored


def test_a_version_that_waits_for_certification_cannot_be_changed(duty, people):
    filing = reporting.filed(duty, state="certifying")
    with pytest.raises(Refused):
        save(filing, [], seen=1, by=people["filer"])
    with pytest.raises(Refused):
        reporting.attach(filing, "implementation_plan", b"x", "x.pdf", by=people["filer"])
    drafting.recall(filing=filing, by=people["filer"], now=NOW)
    save(filing, reporting.rows_for("leading_group"), seen=1, by=people["filer"])


def test_giving_a_draft_up_leaves_a_trace_and_nothing_else(duty, people):
    filing = reporting.filed(duty, state="draft")
    drafting.withdraw_draft(filing=filing, by=people["filer"], now=NOW, reason="重填")
    assert not FilingVersion.objects.exists()
    assert not Attachment.objects.exists()
    assert AuditEvent.objects.filter(kind="filing.withdraw_draft", reason="重填").count() == 1
    again = drafting.start(duty=duty, by=people["filer"], now=NOW)
    assert again.current_version.number == 1


# --- Workbooks ------------------------------------------------------------------------------------


def test_a_workbook_is_looked_at_before_it_takes_its_place(duty, people):
    filing = reporting.started(duty)
    upload = drafting.upload_part_workbook(
        filing=Filing.objects.get(),
        part="leading_group",
        upload=workbook(filing, "leading_group", reporting.rows_for("leading_group")),
        by=people["filer"],
        now=NOW,
    )
    assert Filing.objects.get().current_version.rows("leading_group") == []
    drafting.confirm_upload(upload=upload, by=people["filer"], now=NOW)
    rows = Filing.objects.get().current_version.rows("leading_group")
    assert [row["name"] for row in rows] == ["林远山", "周晓岚", "何建波"]
    with pytest.raises(Refused, match="已经办理过"):
        drafting.confirm_upload(upload=upload, by=people["filer"], now=NOW)


def test_a_workbook_with_errors_names_the_cells_and_takes_no_place(duty, people):
    filing = reporting.started(duty)
    rows = reporting.rows_for("leading_group")
    rows[0]["phone"], rows[1]["name"] = "12", ""
    upload = drafting.upload_part_workbook(
        filing=Filing.objects.get(),
        part="leading_group",
        upload=workbook(filing, "leading_group", rows),
        by=people["filer"],
        now=NOW,
    )
    assert [(p["cell"], p["severity"]) for p in upload.problems] == [("E4", "hard"), ("A5", "hard")]
    with pytest.raises(Refused, match="还有错误"):
        drafting.confirm_upload(upload=upload, by=people["filer"], now=NOW)


def test_a_workbook_read_before_somebody_saved_is_stale(duty, people):
    filing = reporting.started(duty)
    upload = drafting.upload_part_workbook(
        filing=Filing.objects.get(),
        part="leading_group",
        upload=workbook(filing, "leading_group", reporting.rows_for("leading_group")),
        by=people["filer"],
        now=NOW,
    )
    save(filing, [{"name": "吴静怡"}], seen=0, by=people["filer"])
    with pytest.raises(Conflict):
        drafting.confirm_upload(upload=upload, by=people["filer"], now=NOW)


def test_windows_keep_their_photos_when_the_list_comes_again_as_a_workbook(duty, people):
    filing = reporting.started(duty)
    reporting.fill(filing, only={"windows"})
    before = {row["name"]: row["_key"] for row in _rows("windows")}
    rows = [*reversed(reporting.rows_for("windows")), {"name": "城南营业厅", "address": "南路3号"}]
    rows[2] |= {"shows_12398": "是", "shows_95598": "是"}
    upload = drafting.upload_part_workbook(
        filing=Filing.objects.get(),
        part="windows",
        upload=workbook(filing, "windows", rows),
        by=people["filer"],
        now=NOW,
    )
    drafting.confirm_upload(upload=upload, by=people["filer"], now=NOW)
    after = {row["name"]: row["_key"] for row in _rows("windows")}
    assert {name: after[name] for name in before} == before
    result = examine.version(Filing.objects.get().current_version)
    windows = next(part for part in result.parts if part.part.code == "windows")
    assert [problem.rule for problem in windows.hard] == ["row_attachment"]


def _rows(code):
    return Filing.objects.get().current_version.rows(code)


def bomb():
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"\0" * 30_000_000)
    return held.getvalue()


HOSTILE = {
    "not a workbook": (b"MZ\x90\0" + b"\0" * 400, "名单.xlsx"),
    "cut off": (b"PK\x03\x04" + b"\0" * 60, "名单.xlsx"),
    "bomb": (bomb(), "名单.xlsx"),
    "macro": (b"PK\x03\x04vbaProject.bin", "名单.xlsm"),
    "page": (b"<html><script>alert(1)</script>", "名单.xlsx"),
    "empty": (b"", "名单.xlsx"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_upload_leaves_nothing(duty, people, name):
    reporting.started(duty)
    content, filename = HOSTILE[name]
    upload = io.BytesIO(content)
    with pytest.raises(Refused) as refused:
        drafting.upload_part_workbook(
            filing=Filing.objects.get(),
            part="leading_group",
            upload=upload,
            name=filename,
            by=people["filer"],
            now=NOW,
        )
    assert str(refused.value)
    assert not PartUpload.objects.exists()
    assert not StoredFile.objects.exists()
    assert Filing.objects.get().current_version.parts == {}


# --- Files ----------------------------------------------------------------------------------------


def test_a_photo_that_is_no_picture_is_refused_and_not_kept(duty, people):
    filing = reporting.started(duty)
    reporting.fill(filing, only={"windows"})
    kept = StoredFile.objects.count()
    key = _rows("windows")[0]["_key"]
    with pytest.raises(files.Rejected):
        reporting.attach(
            filing, "windows", b"MZ\x90\0virus", "照片.png", by=people["filer"], row_key=key
        )
    with pytest.raises(files.Rejected):
        reporting.attach(filing, "windows", reporting.docx(), "照片.docx", by=people["filer"])
    assert StoredFile.objects.count() == kept


def test_a_photo_belongs_to_a_row_that_is_there(duty, people):
    filing = reporting.started(duty)
    with pytest.raises(Refused, match="已不存在"):
        reporting.attach(
            filing, "windows", reporting.png(), "照片.png", by=people["filer"], row_key="gone"
        )


def test_no_more_files_than_the_part_allows(duty, people):
    filing = reporting.started(duty)
    for number in range(10):
        reporting.attach(
            filing, "implementation_plan", reporting.docx(str(number)), "a.docx", by=people["filer"]
        )
    with pytest.raises(Refused, match="上限10个"):
        reporting.attach(
            filing, "implementation_plan", reporting.docx(), "b.docx", by=people["filer"]
        )


def test_photos_of_rows_that_are_gone_go_when_the_version_is_handed_over(duty, people):
    filing = reporting.filed(duty, state="draft")
    version = Filing.objects.get().current_version
    rows = version.rows("windows")[:1]
    save(filing, rows, seen=version.revisions["windows"], by=people["filer"], part="windows")
    drafting.request_certification(filing=filing, by=people["filer"], now=NOW)
    keys = Attachment.objects.filter(part="windows").values_list("row_key", flat=True)
    assert list(keys) == [rows[0]["_key"]]


# --- Handing over ---------------------------------------------------------------------------------


def test_hard_problems_keep_a_version_from_certification(duty, people):
    filing = reporting.started(duty)
    reporting.fill(filing, only={"leading_group", "implementation_plan"})
    with pytest.raises(Refused, match="必须改正：示范区县"):
        drafting.request_certification(filing=filing, by=people["filer"], now=NOW)


def test_a_soft_warning_wants_a_reason(duty, people):
    filing = reporting.filed(duty, state="draft")
    version = Filing.objects.get().current_version
    rows = version.rows("windows")
    rows[1]["shows_12398"] = "否"
    save(filing, rows, seen=version.revisions["windows"], by=people["filer"], part="windows")
    with pytest.raises(Refused, match="1处提示没有说明理由"):
        drafting.request_certification(filing=filing, by=people["filer"], now=NOW)
    warning = examine.version(Filing.objects.get().current_version).warnings[0]
    assert warning.problem.message == "该窗口尚未公示12398监管热线。"
    drafting.confirm_warnings(
        filing=filing, reasons={warning.key: "装修停业，12月5日恢复"}, by=people["filer"], now=NOW
    )
    drafting.request_certification(filing=filing, by=people["filer"], now=NOW)


def test_a_reason_does_not_hold_for_another_window(duty, people):
    filing = reporting.filed(duty, state="draft")
    version = Filing.objects.get().current_version
    rows = version.rows("windows")
    rows[1]["shows_12398"] = "否"
    save(filing, rows, seen=1, by=people["filer"], part="windows")
    warning = examine.version(Filing.objects.get().current_version).warnings[0]
    drafting.confirm_warnings(
        filing=filing, reasons={warning.key: "装修停业"}, by=people["filer"], now=NOW
    )
    rows[0]["shows_12398"], rows[1]["shows_12398"] = "否", "是"
    save(filing, rows, seen=2, by=people["filer"], part="windows")
    assert [w.reason for w in examine.version(Filing.objects.get().current_version).warnings] == [
        ""
    ]
    with pytest.raises(Refused, match="内容已有变化"):
        drafting.confirm_warnings(
            filing=filing, reasons={warning.key: "还是停业"}, by=people["filer"], now=NOW
        )


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (["组长", "组长", "成员"], "名单中应当有且只有一名组长。"),
        (["副组长", "成员", "成员"], "名单中应当有且只有一名组长。"),
        (["组长", "成员", "成员"], "名单中没有副组长。"),
    ],
)
def test_a_leading_group_has_one_head(duty, people, rows, message):
    filing = reporting.started(duty)
    group = reporting.rows_for("leading_group")
    for row, post in zip(group, rows, strict=True):
        row["duty"] = post
    save(filing, group, seen=0, by=people["filer"])
    result = examine.version(Filing.objects.get().current_version).parts[0]
    found = [p.message for p in [*result.hard, *(w.problem for w in result.warnings)]]
    assert message in found


# --- Drafts stay inside ---------------------------------------------------------------------------


def outsiders():
    return {
        "officer of the recipient": accounts.member("SERC-NF", "regulator_officer"),
        "lead of the recipient": accounts.member("SERC-NF", "regulator_lead"),
        "national officer": accounts.member("NEA-ROOT", "regulator_officer"),
        "other company": accounts.member("CSG-HI", "company_lead"),
        "administrator": accounts.member("CSG-GD", "system_administrator"),
    }


@pytest.mark.parametrize("state", ["draft", "certifying"])
def test_nobody_outside_sees_a_draft(client, duty, people, state):
    filing = reporting.filed(duty, state=state)
    photo = Attachment.objects.first().file
    for name, person in outsiders().items():
        client.force_login(person)
        for page in ("", "edit/", "check/", "certify/", "parts/windows/"):
            answer = client.get(f"/filings/{filing.pk}/{page}")
            assert answer.status_code in (403, 404), (name, page)
        assert client.get(photo.get_absolute_url()).status_code == 404, name
        # Nor does the page of the duty tell that somebody began.
        assert (
            f"/filings/{filing.pk}/"
            not in client.get(f"/campaigns/duties/{duty.pk}/").content.decode()
        )
        assert not Filing.objects.visible_to(person).exists(), name
        assert not FilingVersion.objects.visible_to(person).exists(), name


def test_a_second_version_stays_inside_while_the_first_is_seen(client, duty, people):
    reporting.filed(duty, state="returned")
    filing = reporting.started(duty)
    reporting.attach(
        filing, "implementation_plan", reporting.docx("新"), "新方案.docx", by=people["filer"]
    )
    new = Attachment.objects.get(file__name="新方案.docx").file
    client.force_login(people["officer"])
    page = client.get(f"/filings/{filing.pk}/").content.decode()
    assert "第 1 版" in page or "第1版" in page
    assert "新方案.docx" not in page
    assert "第 2 版" not in page
    assert client.get(new.get_absolute_url()).status_code == 404
    assert FilingVersion.objects.visible_to(people["officer"]).get().number == 1


def test_people_of_the_company_see_the_draft(client, duty, people):
    filing = reporting.filed(duty, state="draft")
    client.force_login(people["lead"])
    assert client.get(f"/filings/{filing.pk}/edit/").status_code == 200
