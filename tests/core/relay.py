"""A real mail server for tests, that notes each message it takes and can be asked about it."""

from __future__ import annotations

import asyncio
import os
import random
import socket
from collections import Counter
from email.parser import BytesHeaderParser
from pathlib import Path

from aiosmtpd.controller import Controller

VARIABLE = "PORTAL_TEST_LEDGER"


def knows(message_id: str) -> bool:
    """What the portal asks (setting MAIL_LEDGER): whether the message was taken."""
    return message_id in accepted(Path(os.environ[VARIABLE]))


def accepted(ledger: Path) -> Counter[str]:
    """How often each Message-ID was taken."""
    return Counter(ledger.read_text().splitlines()) if ledger.exists() else Counter()


class Relay:
    """Takes mail on a port of 127.0.0.1; ``answers`` chooses what it says to each recipient.

    Between taking a message and saying so it waits for one of ``pauses``, in seconds.
    """

    def __init__(
        self, ledger: Path, *, seed: int = 0, answers=None, pauses=(0, 0, 0.005, 0.02)
    ) -> None:
        self.pauses = pauses
        self.ledger, self.random, self.answers = ledger, random.Random(seed), answers
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.controller = Controller(self, hostname="127.0.0.1", port=self.port)

    def __enter__(self) -> Relay:
        self.controller.start()
        return self

    def __exit__(self, *_exc: object) -> None:
        self.controller.stop()

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        answer = self.answers(address) if self.answers else "250 OK"
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        message = BytesHeaderParser().parsebytes(envelope.content)
        with open(self.ledger, "a") as stream:
            stream.write(f"{message['Message-ID']}\n")
        # The message is taken; whoever dies now has not heard of it.
        await asyncio.sleep(self.random.choice(self.pauses))
        if "hang up" in (message["Subject"] or ""):
            server.transport.close()
        return "250 taken"
