"""Help topics: which exist, and which one belongs to the page that a person stands on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Topic:
    """A help page: templates/core/help/<slug>.html, and the URL names it explains."""

    slug: str
    title: Any
    url_names: tuple[str, ...] = ()


TOPICS: dict[str, Topic] = {}


def register(*topics: Topic) -> None:
    """Add topics; apps call this from ``AppConfig.ready``."""
    TOPICS.update({topic.slug: topic for topic in topics})


register(
    Topic("desk", _("工作台"), ("desk",)),
    Topic("keyboard", _("键盘操作")),
    Topic("deadlines", _("期限和亮灯")),
    Topic("notices", _("消息通知"), ("core:notices",)),
    Topic("search", _("查找"), ("core:search",)),
)


def topic_for(url_name: str) -> Topic | None:
    """The topic that explains the page with this URL name, if there is one."""
    return next((topic for topic in TOPICS.values() if url_name in topic.url_names), None)
