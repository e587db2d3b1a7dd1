"""Mail: what each answer of the relay means, sealed headers, attachments, the folder."""

import email
from datetime import datetime, timedelta
from email import policy

import pytest
from django.core import mail as django_mail
from django.core.files.uploadedfile import SimpleUploadedFile

from core import clock, files, outbox
from core.models import Letter
from tests.core.relay import VARIABLE, Relay, accepted

NOW = datetime(2011, 11, 24, 9, 30, tzinfo=clock.ZONE)
pytestmark = pytest.mark.django_db


@pytest.fixture
def relay(tmp_path, settings, monkeypatch):
    """Starts a relay that answers each recipient as told."""
    monkeypatch.setenv(VARIABLE, str(tmp_path / "ledger"))
    running = []

    def start(answers=None):
        server = Relay(tmp_path / "ledger", answers=answers)
        running.append(server.__enter__())
        settings.EMAIL_BACKEND = "core.mail.SmtpBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        settings.EMAIL_TIMEOUT = 5
        return server

    yield start
    for server in running:
        server.__exit__()


def post(key="k", **changes):
    given = {"channel": "mail", "kind": "filing.receipt", "to": "a@grid.example", "now": NOW}
    given |= {"subject": "回执", "body": "您的报送已收到。"}
    return outbox.post(key=key, **(given | changes))


def carried(letter, now=NOW):
    outbox.run_due(now=now)
    letter.refresh_from_db()
    return letter.state, letter.error


def test_a_relay_that_takes_it_makes_it_sent(relay, tmp_path):
    relay()
    letter = post()
    assert carried(letter) == ("sent", "")
    assert accepted(tmp_path / "ledger") == {letter.message_id: 1}


@pytest.mark.parametrize(
    ("answer", "state", "told"),
    [
        ("550 no such person", "parked", "邮件服务器拒收（550）。"),
        ("552 mailbox full for good", "parked", "邮件服务器拒收（552）。"),
        ("450 mailbox busy", "queued", "邮件服务器暂时不收（450）。"),
        ("421 closing down", "queued", "邮件服务器暂时不收（421）。"),
    ],
)
def test_a_refusal_for_now_goes_back_and_one_for_good_is_parked(relay, answer, state, told):
    relay(lambda _address: answer)
    assert carried(post()) == (state, told)


def test_a_letter_that_only_some_got_is_shown_to_a_person(relay, tmp_path):
    relay(lambda address: "550 no" if address.startswith("gone") else "250 OK")
    letter = post(to=["a@grid.example", "gone@grid.example", "b@grid.example"])
    assert carried(letter) == ("parked", "有 1 个收件地址被拒收，其余已送达。")
    assert accepted(tmp_path / "ledger") == {letter.message_id: 1}


def test_a_server_that_is_away_is_tried_again(settings):
    settings.EMAIL_BACKEND = "core.mail.SmtpBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    assert carried(post()) == ("queued", "无法连接邮件服务器。")


@pytest.mark.parametrize(
    ("can_be_asked", "kind", "state"),
    [
        (True, "filing.receipt", "sent"),
        (False, "filing.receipt", "unknown"),
        (False, "reminder.deadline", "queued"),
    ],
)
def test_a_line_that_breaks_after_the_message_is_asked_about(
    relay, settings, can_be_asked, kind, state
):
    relay()
    settings.MAIL_LEDGER = "tests.core.relay.knows" if can_be_asked else ""
    found, reason = carried(post(subject="please hang up", kind=kind))
    assert found == state
    assert reason == ("" if state == "sent" else "发送途中连接中断。")


def test_the_letter_is_the_same_at_every_attempt(settings):
    letter = post(subject="回执\r\nBcc: everybody@grid.example")
    carried(letter)
    message = django_mail.outbox[0]
    assert message.subject == "回执 Bcc: everybody@grid.example"
    assert message.extra_headers == {
        "Message-ID": letter.message_id,
        "Date": "Thu, 24 Nov 2011 09:30:00 +0800",
        "Auto-Submitted": "auto-generated",
    }


def test_a_message_id_is_fixed_by_the_occasion_and_tells_nothing_of_it():
    first, second = post("reminder:duty:17"), post("reminder:duty:18")
    assert first.message_id != second.message_id
    assert "duty" not in first.message_id
    Letter.objects.all().delete()
    assert post("reminder:duty:17").message_id == first.message_id


def test_stored_files_go_along(tmp_path):
    upload = SimpleUploadedFile("第一阶段报告.pdf", b"%PDF-1.7\n%%EOF\n", "application/pdf")
    purpose = next(iter(files.catalogue()["purposes"]))
    stored = files.store(upload, by=None, now=NOW, organisation="GD", purpose=purpose)
    letter = post(attachments=[stored])
    assert letter.attachments == [str(stored.uuid)]
    assert carried(letter)[0] == "sent"
    name, content, kind = django_mail.outbox[0].attachments[0]
    assert (name, content, kind) == (
        "第一阶段报告.pdf",
        b"%PDF-1.7\n%%EOF\n",
        "application/pdf",
    )


def test_an_attachment_that_is_gone_parks_the_letter(tmp_path):
    gone = "00000000-0000-4000-8000-000000000000"
    assert carried(post("a", attachments=[gone])) == ("parked", "附件已不在文件库中。")


def test_the_folder_holds_one_file_per_letter_under_its_message_id(settings, tmp_path):
    settings.EMAIL_BACKEND, settings.EMAIL_FILE_PATH = "core.mail.FolderBackend", tmp_path / "mail"
    letter = post()
    assert carried(letter)[0] == "sent"
    path = next((tmp_path / "mail").iterdir())
    assert path.name == letter.message_id[1:].partition("@")[0] + ".eml"
    message = email.message_from_bytes(path.read_bytes(), policy=policy.default)
    assert (message["To"], message["Subject"]) == ("a@grid.example", "回执")
    assert message.get_content().strip() == "您的报送已收到。"


def test_the_pause_grows_to_a_limit_and_then_a_person_must_look(settings):
    settings.EMAIL_BACKEND = "core.mail.SmtpBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    letter, now, attempts = post(), NOW, 0
    while carried(letter, now)[0] == "queued":
        attempts += 1
        assert letter.not_before - now <= timedelta(hours=5)
        now = letter.not_before
    assert (letter.state, letter.attempts) == ("parked", 16)
    # Two days and more were given to a mail server that was away.
    assert now - NOW > timedelta(days=1)
