"""One demo for all tests that look at one: planting it is the dearest thing that they do."""

import pytest

from config.demo import AUTUMN
from tests.running import Running


@pytest.fixture(scope="session")
def started(tmp_path_factory):
    """A demo that was started from nothing, as `make demo` starts it, in its first autumn, which
    is planted in a third of the time. Whoever needs it no longer to serve may stop it; its data
    stays."""
    running = Running(tmp_path_factory.mktemp("demo") / "data", "--date", AUTUMN.isoformat())
    try:
        yield running.wait()
    finally:
        running.stop()
