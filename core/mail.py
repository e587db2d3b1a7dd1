"""Carrying mail: the folder that stands in for a mail server, and the question to the relay.

A message counts as sent once the relay has taken it. SMTP alone cannot tell whether it did when the
line breaks at the end (RFC 5321, 6.1), so a relay that keeps a ledger of Message-IDs is asked; one
that keeps none answers nothing, and the outbox decides by the kind of the letter.
"""

from __future__ import annotations

import os
import re
import smtplib
from collections.abc import Iterator, Sequence
from email.utils import format_datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.smtp import EmailBackend
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from core import files
from core.clock import ZONE
from core.crypto import Unreadable
from core.errors import OutcomeUnknown, PermanentFailure, TemporaryFailure
from core.failpoints import failpoint
from core.models.file import StoredFile
from core.models.letter import Letter


def compose(letter: Letter) -> EmailMessage:
    """The message of a letter: the same bytes at every attempt, save for the MIME boundary."""
    message = EmailMessage(
        subject=letter.subject,
        body=letter.body,
        to=letter.to,
        headers={
            "Message-ID": letter.message_id,
            "Date": format_datetime(max(letter.created_at, letter.not_before).astimezone(ZONE)),
            "Auto-Submitted": "auto-generated",
        },
    )
    for name, content, content_type in _open_attachments(letter):
        message.attach(name, content, content_type)
    return message


def _open_attachments(letter: Letter) -> Iterator[tuple[str, bytes, str]]:
    for name in letter.attachments:
        which = {"pk": int(name)} if name.isdigit() else {"uuid": name}
        stored = StoredFile.objects.filter(**which).first()
        if stored is None:
            raise PermanentFailure(_("附件已不在文件库中。"))
        try:
            with files.open(stored) as content:
                yield stored.name, content.read(), stored.content_type
        except (FileNotFoundError, Unreadable) as error:
            raise PermanentFailure(_("附件的文件内容缺失。")) from error


def send(letter: Letter) -> None:
    """Hand the letter to the mail server.

    Raises ``TemporaryFailure``, ``PermanentFailure``, or ``OutcomeUnknown`` when the line broke
    after it was opened.
    """
    message = compose(letter)
    message.connection = connection = get_connection()
    try:
        connection.open()
    except smtplib.SMTPAuthenticationError as error:
        raise TemporaryFailure(_("邮件服务器拒绝登录。")) from error
    except (OSError, smtplib.SMTPException) as error:
        raise TemporaryFailure(_("无法连接邮件服务器。")) from error
    try:
        failpoint("mail.open")
        connection.send_messages([message])
    except smtplib.SMTPException as error:
        raise _translated(error) from error
    except OSError as error:
        raise OutcomeUnknown(_("发送途中连接中断。")) from error
    finally:
        _close(connection)


def _close(connection: Any) -> None:
    try:
        connection.close()
    except (OSError, smtplib.SMTPException):
        # The message is taken or refused by now; a rude goodbye changes neither.
        return


def _translated(error: smtplib.SMTPException) -> Exception:
    """What an SMTP refusal means: 4xx come again, 5xx never, a broken line nobody knows."""
    if isinstance(error, smtplib.SMTPServerDisconnected):
        return OutcomeUnknown(_("发送途中连接中断。"))
    codes = []
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        codes = [code for code, _text in error.recipients.values()]
    elif isinstance(error, smtplib.SMTPResponseException):
        codes = [error.smtp_code]
    told = "、".join(str(code) for code in sorted(set(codes)))
    if codes and all(500 <= code < 600 for code in codes):
        return PermanentFailure(_("邮件服务器拒收（{codes}）。").format(codes=told))
    return TemporaryFailure(_("邮件服务器暂时不收（{codes}）。").format(codes=told))


def has_arrived(letter: Letter) -> bool | None:
    """Whether the relay took the letter: yes, no, or None when it cannot be asked."""
    if settings.MAIL_LEDGER:
        return import_string(settings.MAIL_LEDGER)(letter.message_id)
    connection = get_connection()
    knows = getattr(connection, "knows", None)
    return knows(letter.message_id) if knows else None


class _TellsRefusals:
    """smtplib says nothing when only some addresses are refused; those people would never know."""

    def sendmail(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        refused = super().sendmail(*args, **kwargs)  # type: ignore[misc]
        if refused:
            told = _("有 {count} 个收件地址被拒收，其余已送达。")
            raise PermanentFailure(told.format(count=len(refused)))
        return refused


class _Smtp(_TellsRefusals, smtplib.SMTP):
    pass


class _SmtpSsl(_TellsRefusals, smtplib.SMTP_SSL):
    pass


class SmtpBackend(EmailBackend):
    """Django's SMTP, but a message that not everybody got does not count as sent."""

    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        return _SmtpSsl if self.use_ssl else _Smtp


class FolderBackend(BaseEmailBackend):
    """Writes each message as one .eml file named by its Message-ID; it can be asked."""

    def __init__(self, *args: Any, file_path: str | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.folder = Path(file_path or settings.EMAIL_FILE_PATH)

    def path(self, message_id: str) -> Path:
        name = re.sub(r"[^A-Za-z0-9._-]", "_", message_id.strip("<>").partition("@")[0])
        return self.folder / f"{name}.eml"

    def knows(self, message_id: str) -> bool:
        """Whether the message stands in the folder."""
        return self.path(message_id).exists()

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        self.folder.mkdir(parents=True, exist_ok=True)
        for message in email_messages:
            content = message.message()
            self._write(self.path(content["Message-ID"]), content.as_bytes())
        return len(email_messages)

    def _write(self, path: Path, content: bytes) -> None:
        """All or nothing: under a name of its own first, on the disk, then in its place."""
        partial = path.with_name(f".{path.name}.{os.getpid()}")
        with open(partial, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        failpoint("mail.written")
        os.replace(partial, path)
