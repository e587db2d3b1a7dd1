"""Files of cases: scans, recordings and photos, and who may open which."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from complaints.models import Case, CaseAttachment
from core import clock
from core.models import AuditEvent
from tests.factories.accounts import organisation
from tests.factories.complaints import at, played, received
from tests.workbooks import attachments as made

pytestmark = pytest.mark.django_db
MONDAY = at("2018-03-05 09:00")
MP3 = b"ID3\x04\x00\x00\x00\x00\x00\x00" + bytes(64)


@pytest.fixture(autouse=True)
def monday():
    with clock.standing_at(MONDAY):
        yield


@pytest.fixture
def as_(client):
    def sign_in(person):
        client.force_login(person)
        return client

    return sign_in


def handed(people, **fields):
    """A case of the office that the company's unit handles."""
    unit = organisation("CSG-GD-FS" if fields.get("nature") == "report" else "CSG-GD-ZQ")
    return played(
        received(received_at=MONDAY, **fields),
        ("accept", people.officer, {}),
        ("transfer", people.officer, {"organisation": unit}),
        start=MONDAY,
    )


def upload(client, case, *, name="a.png", content=None, **answers):
    content = made.png() if content is None else content
    data = {"files": SimpleUploadedFile(name, content), "kind": "photo", **answers}
    return client.post(reverse("complaints:attach", args=[case.pk]), data)


def opened(client, attachment):
    answer = client.get(attachment.file.get_absolute_url())
    if answer.streaming:
        assert b"".join(answer.streaming_content)
    return answer.status_code


def page(client, case):
    return client.get(reverse("complaints:case", args=[case.pk])).content.decode()


def test_a_file_is_open_to_those_for_whom_it_was_added(as_, people):
    case = handed(people)
    client = as_(people.officer)
    inside = {"audiences": ["regulator"], "kind": "scan", "label": "来信，电话13800001234"}
    assert upload(client, case, name="letter.pdf", content=made.pdf(), **inside).status_code == 302
    # The form that comes twice adds its file once.
    for _time in range(2):
        assert upload(client, case, audiences=["regulator", "company"]).status_code == 302
    letter, photo = CaseAttachment.objects.all()
    assert "来信，电话138****1234" in page(client, case)
    assert (opened(client, letter), opened(client, photo)) == (200, 200)
    company = as_(people.handler)
    shown = page(company, case)
    assert ("letter.pdf" in shown, "a.png" in shown) == (False, True)
    assert (opened(company, letter), opened(company, photo)) == (404, 200)
    assert opened(as_(people.stranger), photo) == 404
    client.logout()
    assert opened(client, photo) == 302
    trace = AuditEvent.objects.filter(kind="case.attach").earliest("pk")
    assert trace.details == {"file_kind": "scan", "count": 1}


def test_what_gives_a_secret_complainant_away_never_goes_to_companies(as_, people):
    report = handed(people, nature="report")
    client = as_(people.officer)
    for kind in ("scan", "recording"):
        answer = upload(client, report, kind=kind, audiences=["company"])
        assert (answer.status_code, "不能对供电企业公开" in answer.content.decode()) == (409, True)
    assert upload(client, report, audiences=["company"]).status_code == 302
    photo = CaseAttachment.objects.get()
    # Whoever handles the report opens it; the respondent does not even learn of the case.
    assert opened(as_(people.stranger), photo) == 200
    assert opened(as_(people.handler), photo) == 404


def test_a_recording_of_a_confidential_order_stays_with_the_service_desk(as_, people):
    fields = {"source": "95598", "owner": "CSG-GD", "channel": "phone_95598", "confidential": True}
    order = received(received_at=MONDAY, category="metering", **fields)
    unit = {"organisation": organisation("CSG-GD-ZQ")}
    order = played(order, ("dispatch", people.desk, unit), start=MONDAY)
    told = {"kind": "recording", "audiences": ["company"], "name": "a.mp3", "content": MP3}
    assert upload(as_(people.desk), order, **told).status_code == 302
    recording = CaseAttachment.objects.get()
    assert opened(as_(people.desk), recording) == 200
    assert opened(as_(people.handler), recording) == 404
    Case.objects.update(confidential=False)
    assert opened(as_(people.handler), recording) == 200


def test_a_file_is_withdrawn_by_its_uploader_or_the_receiver(as_, people):
    case = handed(people)
    upload(as_(people.officer), case, audiences=["regulator", "company"])
    photo = CaseAttachment.objects.get()
    url = reverse("complaints:withdraw_file", args=[case.pk, photo.pk])
    refused = as_(people.handler).post(url)
    assert (refused.status_code, "由上传人或者首接单位撤回" in refused.content.decode()) == (
        409,
        True,
    )
    assert as_(people.officer).post(url).status_code == 302
    assert opened(as_(people.officer), photo) == 404
    assert as_(people.officer).post(url).status_code == 404
    photo.refresh_from_db()
    assert (photo.withdrawn_by, photo.withdrawn_at) == (people.officer, MONDAY)
    assert "撤回附件" in page(as_(people.handler), case)


def test_uploads_are_checked_and_asked_for_their_readers(as_, people):
    case = handed(people)
    client = as_(people.officer)
    wrong = upload(client, case, name="a.exe", content=b"MZ" + bytes(64), audiences=["regulator"])
    assert (wrong.status_code, "不支持这种文件" in wrong.content.decode()) == (422, True)
    assert upload(client, case).status_code == 422
    assert not CaseAttachment.objects.exists()
    case = played(case, ("withdraw", people.officer, {"text": "x"}), start=MONDAY)
    played(case, ("archive", people.officer, {}), start=MONDAY)
    assert upload(client, case, audiences=["regulator"]).status_code == 409


def test_a_letter_is_entered_together_with_its_scan(as_, people):
    form = {
        "owner": organisation("SERC-NF").pk,
        "source": "letter",
        "received_at": "2018-03-05T08:55",
        "channel": "letter",
        "nature": "complaint",
        "industry": "power",
        "content": "频繁停电",
        "files_kind": "scan",
    }
    client, url = as_(people.officer), reverse("complaints:new")
    scan = SimpleUploadedFile("letter.pdf", b"no pdf at all")
    answer = client.post(url, {**form, "files": scan})
    assert (answer.status_code, Case.objects.count()) == (422, 0)
    scan = SimpleUploadedFile("letter.pdf", made.pdf())
    assert client.post(url, {**form, "files": scan}).status_code == 302
    (case,) = Case.objects.all()
    (kept,) = case.attachments.all()
    assert (kept.kind, kept.to_regulator, kept.to_company) == ("scan", True, False)
    assert opened(client, kept) == 200
