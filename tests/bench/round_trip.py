"""Every published bulletin: figures → file → import by the command → built again, and compared."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import Any

from django.db import transaction

from tests.bench._portal import prepared


def run() -> dict[str, Any]:
    """Per bulletin: figures that came out, of how many, and rows per second of the import."""
    from complaints.models import Case
    from tests.bulletins import published
    from tests.bulletins.compare import differences
    from tests.bulletins.test_published import WRONG
    from tests.bulletins.test_round_trip import played

    prepared()
    found: dict[str, Any] = {}
    wrong = 0
    with tempfile.TemporaryDirectory() as folder:
        for name in published.IDS:
            with transaction.atomic():
                begin = time.perf_counter()
                bulletin, mine = played(name, Path(folder))
                seconds = time.perf_counter() - begin
                compared, different = differences(bulletin, mine)
                rows = Case.objects.count()
                transaction.set_rollback(True)
            unexpected = {k: v for k, v in different.items() if k not in WRONG.get(name, {})}
            wrong += len(unexpected)
            found[f"{name}: figures equal of"] = f"{compared - len(different)} of {compared}"
            found[f"{name}: rows, s"] = f"{rows}, {seconds:.1f}"
            if unexpected:
                found[f"{name}: not equal"] = str(unexpected)
    found["figures that differ without being a published mistake"] = wrong
    return found
