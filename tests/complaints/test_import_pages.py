"""Importing a file on a page: handed in, worked off in the background, errors by cell."""

import io
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import load_workbook

from complaints import tasks
from complaints.models import Case, CaseImport
from complaints.services import uploading
from core import clock, outbox
from core.jobs import Cancelled
from core.models import Job, Letter
from tests.complaints import files
from tests.complaints.files import row
from tests.factories.accounts import organisation
from tests.factories.complaints import at, handler, regulator_officer

pytestmark = pytest.mark.django_db
NOW = at("2018-06-01 09:00")


@pytest.fixture
def officer(catalogues, client):
    person = regulator_officer()
    client.force_login(person)
    with clock.standing_at(NOW):
        yield person


def hand_in(client, made, **fields):
    upload = SimpleUploadedFile(made.name, made.getvalue())
    sent = {"owner": organisation("SERC-NF").pk, "source": "12398", "upload": upload, **fields}
    return client.post("/cases/import/", sent)


def test_a_file_is_handed_in_worked_off_and_told(officer, client):
    answer = hand_in(client, files.xlsx([row("1"), row("2")]))
    made = CaseImport.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/cases/import/{made.pk}/")
    waiting = client.get(f"/cases/import/{made.pk}/").content.decode()
    assert "正在处理" in waiting
    assert f"/jobs/{made.job_id}/" in waiting
    outbox.run_due(now=NOW)
    page = client.get(f"/cases/import/{made.pk}/").content.decode()
    assert "已全部导入" in page
    made.refresh_from_db()
    assert (made.state, made.rows, made.created, made.upload) == ("entered", 2, 2, None)
    assert set(Case.objects.values_list("created_by", flat=True)) == {officer.pk}
    job = Job.objects.get()
    assert (job.state, job.done, job.total) == ("done", 4, 4)
    notice = Letter.objects.notices_for(officer).get(kind="job.finished")
    assert notice.url == f"/cases/import/{made.pk}/"
    assert "cases.xlsx" in client.get("/cases/import/").content.decode()


def test_every_error_stands_on_the_page_and_in_the_marked_copy(officer, client):
    phone = "13800001234"
    rows = [row("1"), row("2", 反映渠道="鸽子", 联系电话=phone), row("3", 匿名="也许")]
    hand_in(client, files.text(rows))
    outbox.run_due(now=NOW)
    made = CaseImport.objects.get()
    page = client.get(f"/cases/import/{made.pk}/").content.decode()
    assert "2 处必须改正" in page
    assert "D3" in page
    assert "M4" in page
    assert phone not in page
    assert not Case.objects.exists()
    answer = client.get(f"/files/{made.copy.uuid}/")
    book = load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    assert book["诉求记录"]["D3"].comment is not None
    assert made.copy.name == "cases（标注错误）.xlsx"


def test_only_checked_a_file_enters_nothing(officer, client):
    hand_in(client, files.lines([row("1")]), dry_run="on")
    outbox.run_due(now=NOW)
    assert CaseImport.objects.get().state == "checked"
    assert not Case.objects.exists()
    page = client.get(f"/cases/import/{CaseImport.objects.get().pk}/").content.decode()
    assert "检查通过，没有导入" in page


def test_the_template_is_there_to_download(officer, client):
    answer = client.get("/cases/import/template.xlsx")
    book = load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    assert book.sheetnames[0] == "诉求记录"


def test_what_is_no_file_of_cases_is_refused_on_the_form(officer, client):
    answer = client.post(
        "/cases/import/",
        {
            "owner": organisation("SERC-NF").pk,
            "source": "12398",
            "upload": SimpleUploadedFile("a.pdf", b"%PDF-1.4 %%EOF"),
        },
    )
    assert answer.status_code == 409
    assert "不支持这种文件" in answer.content.decode()
    nothing = client.post("/cases/import/", {"source": "12398"})
    assert nothing.status_code == 422
    foreign = hand_in(client, files.xlsx([row("1")]), owner=organisation("SERC-YN").pk)
    assert foreign.status_code == 422
    assert not CaseImport.objects.exists()


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le"])
def test_text_in_another_encoding_is_refused_with_the_encodings_that_are_read(
    officer, client, encoding
):
    answer = hand_in(client, files.text([files.row("1")], encoding=encoding))
    assert answer.status_code == 409
    assert "文件不是 UTF-8 或 GBK 编码的文本" in answer.content.decode()


def test_what_one_person_handed_in_no_other_sees(officer, client):
    hand_in(client, files.text([row("1", 反映渠道="鸽子")]))
    outbox.run_due(now=NOW)
    made = CaseImport.objects.get()
    for other in (regulator_officer("SERC-YN"), regulator_officer()):
        if other.pk == officer.pk:
            continue
        client.force_login(other)
        assert client.get(f"/cases/import/{made.pk}/").status_code == 404
        assert client.get(f"/files/{made.copy.uuid}/").status_code == 404
    client.force_login(handler("CSG-GD-ZQ"))
    assert client.get("/cases/import/").status_code == 200


def test_a_company_imports_its_own_orders(catalogues, client):
    client.force_login(handler("CSG-GD"))
    with clock.standing_at(NOW):
        order = row("95-1", 反映渠道="95598电话", 诉求性质="故障报修", 业务类别="低压故障")
        made = files.xlsx([order])
        upload = SimpleUploadedFile(made.name, made.getvalue())
        sent = {"owner": organisation("CSG-GD").pk, "source": "95598", "upload": upload}
        client.post("/cases/import/", sent)
        outbox.run_due(now=NOW)
    case = Case.objects.get()
    assert (case.owner.code, case.source, case.clocks.exists()) == ("CSG-GD", "95598", True)


def test_worked_off_twice_nothing_changes(officer, client):
    hand_in(client, files.xlsx([row("1")]))
    made = CaseImport.objects.get()
    for _time in range(2):
        uploading.work_off(made, progress=lambda *told: None, now=NOW)
    assert Case.objects.count() == 1


def test_errors_and_copies_go_when_they_have_served(officer, client):
    hand_in(client, files.text([row("1", 反映渠道="鸽子")]))
    outbox.run_due(now=NOW)
    uploading.clear(now=NOW + timedelta(days=29))
    assert CaseImport.objects.get().copy is not None
    uploading.clear(now=NOW + timedelta(days=31))
    made = CaseImport.objects.get()
    assert (made.copy, made.problems, made.faults) == (None, [], 1)
    assert "已超过保存期限" in client.get(f"/cases/import/{made.pk}/").content.decode()


def test_given_up_after_the_last_row_it_stays_imported(officer, client):
    hand_in(client, files.xlsx([row("1")]))
    made = CaseImport.objects.get()

    def progress(done, total):
        if done == total:
            raise Cancelled

    uploading.work_off(made, progress=progress, now=NOW)
    made.refresh_from_db()
    assert (made.state, made.created, Case.objects.count()) == ("entered", 1, 1)


def test_a_worker_that_was_overtaken_takes_nothing_from_the_other(officer, client, monkeypatch):
    hand_in(client, files.xlsx([row("1")]))
    job = Job.objects.get()

    def overtaken(*_told):
        raise Cancelled

    monkeypatch.setattr(Job, "progress", overtaken)
    with pytest.raises(Cancelled):
        tasks.import_file(job, now=NOW)
    made = CaseImport.objects.get()
    assert (made.state, made.upload is None) == ("waiting", False)


def test_given_up_it_says_so(officer, client):
    hand_in(client, files.xlsx([row("1")]))
    made = CaseImport.objects.get()
    client.post(f"/jobs/{made.job_id}/cancel/")
    outbox.run_due(now=NOW)
    made.refresh_from_db()
    assert not Case.objects.exists()
    page = client.get(f"/cases/import/{made.pk}/").content.decode()
    assert "已取消" in page
    uploading.clear(now=NOW)
    made.refresh_from_db()
    assert (made.state, made.upload) == ("failed", None)
    assert "没有导入任何记录" in client.get(f"/cases/import/{made.pk}/").content.decode()
