"""A portal for measuring: the database migrated, the catalogues loaded, quiet logs."""

from __future__ import annotations

import logging

from django.core.management import call_command

from tests.factories.campaign import LAUNCH


def prepared() -> None:
    from config.management.commands.load_catalogues import load_all

    logging.disable(logging.WARNING)
    call_command("migrate", "--verbosity", "0")
    load_all(now=LAUNCH)
