"""Named points in the code where a test may make a process die, stall or fail.

They do nothing unless both a setting (only in ``config.settings.testing``) and an environment
variable ask for it: ``PORTAL_FAILPOINTS="mail.sent=crash,audit.locked=sleep:2"``.
"""

from __future__ import annotations

import os
import signal
import time

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

VARIABLE = "PORTAL_FAILPOINTS"


class Failpoint(Exception):
    """What a point set to ``raise`` raises."""


def failpoint(name: str) -> None:
    """Do what the test asked for at this point; nothing anywhere else."""
    if VARIABLE not in os.environ:
        return
    refuse_in_production()
    for rule in os.environ[VARIABLE].split(","):
        point, _, action = rule.partition("=")
        if point == name:
            _act(name, action)


def refuse_in_production() -> None:
    """Raises ``ImproperlyConfigured`` where the variable is set and the settings forbid it."""
    if VARIABLE in os.environ and not getattr(settings, "FAILPOINTS", False):
        raise ImproperlyConfigured(f"{VARIABLE} is for the test suite only; unset it.")


def _act(name: str, action: str) -> None:
    verb, _, argument = action.partition(":")
    if verb == "crash":
        os._exit(86)
    elif verb == "stop":
        os.kill(os.getpid(), signal.SIGSTOP)
    elif verb == "sleep":
        time.sleep(float(argument))
    elif verb == "raise":
        raise Failpoint(name)
    else:
        raise ImproperlyConfigured(f"{VARIABLE}: unknown action {action!r}")
