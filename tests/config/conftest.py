"""One demo for all tests that look at one: planting it is the dearest thing that they do."""

import os

import pytest

from config.demo import AUTUMN, FIRST_DAY
from tests.running import Running

# Its first autumn is planted in a third of the time; with SWEEP=full the demo stands where it does
# for everybody who starts it, in the middle of stage 3.
STANDS = FIRST_DAY if os.environ.get("SWEEP") == "full" else AUTUMN


@pytest.fixture(scope="session")
def started(tmp_path_factory):
    """A demo that was started from nothing, as `make demo` starts it. Whoever needs it no longer to
    serve may stop it; its data stays."""
    asked = () if STANDS == FIRST_DAY else ("--date", STANDS.isoformat())
    running = Running(tmp_path_factory.mktemp("demo") / "data", *asked)
    try:
        yield running.wait()
    finally:
        running.stop()
