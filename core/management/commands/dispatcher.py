"""``manage.py dispatcher``: the background work of an embedded portal, without a broker."""

from __future__ import annotations

import logging
import signal
import threading
import time
from contextlib import suppress
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.db import DatabaseError, connection

from core import anchor, audit, beats, clock, outbox, tasks

logger = logging.getLogger(__name__)
BEAT_SECONDS = 10


class Command(BaseCommand):
    help = "Runs the periodic duties and carries due letters until it is told to end (SIGTERM)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="one round, then end")
        parser.add_argument("--poll", type=float, default=1.0, help="seconds between looks")
        parser.add_argument("--name", default="dispatcher", help="name of its heartbeat")

    def handle(self, *args: Any, **options: Any) -> None:
        self.ending = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self.ending.set())
        self.next_tick = self.next_beat = 0.0
        with audit.coming_from("dispatcher"):
            while not self.ending.is_set():
                self.look(options["name"])
                if options["once"]:
                    break
                self.ending.wait(options["poll"])
        with suppress(DatabaseError):
            anchor.write(now=clock.now())

    def look(self, name: str) -> None:
        """One look; a database that is away for a while ends nothing."""
        try:
            self.round(name)
        except DatabaseError:
            logger.exception("dispatcher_round_failed")
            connection.close()

    def round(self, name: str) -> None:
        if time.monotonic() >= self.next_beat:
            beats.beat(name, now=clock.now())
            self.next_beat = time.monotonic() + BEAT_SECONDS
        if time.monotonic() >= self.next_tick:
            tasks.run_duties()
            self.next_tick = time.monotonic() + settings.OUTBOX["tick_seconds"]
        # One by one, so that an end or a tick never waits for a long queue.
        letters = outbox.due(now=clock.now()).values_list("pk", flat=True)[:100]
        for letter_id in list(letters):
            if self.ending.is_set() or time.monotonic() >= self.next_tick:
                return
            outbox.deliver(letter_id, now=clock.now())
