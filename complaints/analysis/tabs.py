"""The pages of the analysis, as tabs beside each other."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from core.components import Tab


def section(current: str) -> list[Tab]:
    """Tabs of the analysis; ``current`` is the key of the page that is shown."""
    labels = {
        "analysis": _("统计分析"),
        "outages": _("频繁停电"),
        "repairs": _("故障抢修"),
        "issues": _("焦点、难点问题"),
        "inspections": _("专项稽查建议"),
    }
    return [
        Tab(label, reverse(f"complaints:{key}"), key == current) for key, label in labels.items()
    ]
