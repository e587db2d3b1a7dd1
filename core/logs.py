"""Logs: one JSON line per event, with the request's id, and nothing personal in it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import structlog
from django.conf import settings
from django.http import HttpRequest
from django_structlog.middlewares import RequestMiddleware

# Tokens of links and feeds are longer than any other part of our addresses.
LONGEST_PART = 40
TOKEN = re.compile(rf"(?<=/)[^/\s?]{{{LONGEST_PART},}}")


def without_tokens(logger: Any, name: str, event: dict[str, Any]) -> dict[str, Any]:
    """Cut tokens out of paths that Django itself logs, such as "Not Found: /accounts/link/…/"."""
    if isinstance(text := event.get("event"), str):
        event["event"] = TOKEN.sub("…", text)
    return event


def in_confidence(path: str) -> bool:
    """Whether nobody may learn from the logs who opened a page."""
    return path.startswith(tuple(settings.LOG_WITHOUT_PERSON))


def without_browsers(logger: Any, name: str, event: dict[str, Any]) -> dict[str, Any]:
    """By the name of the browser somebody may be known as well as by their own."""
    if in_confidence(str(event.get("request", "")).partition(" ")[2]):
        event.pop("user_agent", None)
    return event


def without_expected_traces(logger: Any, name: str, event: dict[str, Any]) -> dict[str, Any]:
    """A closed door is an answer and no fault: Django adds a traceback to every 403."""
    record: Any = event.get("_record")
    if getattr(record, "name", "") == "django.request" and record.status_code < 500:
        event.pop("exc_info", None)
        record.exc_info = None
    return event


class RequestLog(RequestMiddleware):
    """Logs method and path; never the query (people search for names) and never a token."""

    @staticmethod
    def bind_user_id(request: HttpRequest) -> None:
        """A machine client is named by the public half of its token, never as a person; whoever
        opens the pages of confidence (``LOG_WITHOUT_PERSON``) not at all."""
        if in_confidence(request.path):
            return
        user: Any = getattr(request, "user", None)
        if getattr(user, "is_client", False):
            structlog.contextvars.bind_contextvars(client=user.key_id)
        else:
            RequestMiddleware.bind_user_id(request)

    @classmethod
    def bind_ip(cls, request: HttpRequest) -> None:
        if not in_confidence(request.path):
            super().bind_ip(request)

    @staticmethod
    def format_request(request: HttpRequest) -> str:
        parts = request.path.split("/")
        kept = "/".join(part if len(part) < LONGEST_PART else "…" for part in parts)
        return f"{request.method} {kept}"


PROCESSORS: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=False),
    without_expected_traces,
    without_browsers,
    structlog.processors.StackInfoRenderer(),
    structlog.processors.format_exc_info,
    without_tokens,
]


def configuration(folder: Path | None) -> dict[str, Any]:
    """Django's LOGGING: a rotating file in the embedded portal's folder, else standard output."""
    if folder is None:
        handler: dict[str, Any] = {"class": "logging.StreamHandler", "formatter": "json"}
    else:
        folder.mkdir(parents=True, exist_ok=True)
        handler = {
            "class": "logging.handlers.RotatingFileHandler",
            "filename": str(folder / "portal.log"),
            "maxBytes": 10_000_000,
            "backupCount": 3,
            "formatter": "json",
            "encoding": "utf-8",
            "delay": True,
        }
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "json": {
                "()": structlog.stdlib.ProcessorFormatter,
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    structlog.processors.JSONRenderer(ensure_ascii=False),
                ],
                "foreign_pre_chain": PROCESSORS,
            }
        },
        "handlers": {"portal": handler},
        "root": {"handlers": ["portal"], "level": "INFO"},
    }


def configure() -> None:
    """Let structlog's own events go the same way as everybody else's."""
    structlog.configure(
        processors=[
            # What nobody wants to read is not put together either.
            structlog.stdlib.filter_by_level,
            *PROCESSORS,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
