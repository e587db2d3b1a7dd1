"""The scanner's answer decides; without a scanner files say so; a silent scanner keeps all out."""

import socket
import struct
import threading

import pytest

from core import files
from core.models import StoredFile
from tests.core.test_files import keep, kept, media  # noqa: F401
from tests.workbooks import attachments as made

pytestmark = pytest.mark.django_db


class Scanner(threading.Thread):
    """A clamd of our own: answers one INSTREAM by whether the content holds the word."""

    def __init__(self, listener, answer=None):
        super().__init__(daemon=True)
        self.listener, self.answer, self.received = listener, answer, b""

    def run(self):
        line, _address = self.listener.accept()
        with line, line.makefile("rb") as stream:
            assert stream.read(10) == b"zINSTREAM\0"
            while size := struct.unpack(">L", stream.read(4))[0]:
                self.received += stream.read(size)
            found = b"Eicar FOUND" if b"EICAR" in self.received else b"OK"
            line.sendall(b"stream: " + (self.answer or found) + b"\0")


@pytest.fixture
def scanner(tmp_path, settings):
    """Start a scanner on a Unix socket or a port of its own."""
    listeners = []

    def start(answer=None, port=False):
        if port:
            listener = socket.create_server(("127.0.0.1", 0))
            settings.CLAMD_SOCKET = f"127.0.0.1:{listener.getsockname()[1]}"
        else:
            listener = socket.socket(socket.AF_UNIX)
            settings.CLAMD_SOCKET = str(tmp_path / "clamd.sock")
            listener.bind(settings.CLAMD_SOCKET)
            listener.listen()
        listeners.append(listener)
        thread = Scanner(listener, answer)
        thread.start()
        return thread

    yield start
    for listener in listeners:
        listener.close()


@pytest.mark.parametrize("port", [False, True], ids=["unix", "tcp"])
def test_a_clean_file_is_kept_and_says_so(scanner, port):
    thread = scanner(port=port)
    assert keep(made.pdf()).scan == "clean"
    thread.join(5)
    assert thread.received == made.pdf()


def test_an_infected_file_is_refused_and_not_kept(scanner, media):  # noqa: F811
    scanner()
    with pytest.raises(files.Rejected, match="未通过病毒扫描"):
        keep(made.pdf(b"EICAR"))
    assert kept(media) == []
    assert not StoredFile.objects.exists()


def test_a_scanner_that_fails_keeps_the_file_out(scanner):
    scanner(answer=b"INSTREAM size limit exceeded. ERROR")
    with pytest.raises(files.Rejected, match="病毒扫描服务出错"):
        keep(made.pdf())


def test_a_scanner_that_is_not_there_keeps_every_file_out(settings, tmp_path):
    settings.CLAMD_SOCKET = str(tmp_path / "absent.sock")
    with pytest.raises(files.Rejected, match="暂时没有响应"):
        keep(made.pdf())
    assert not StoredFile.objects.exists()
