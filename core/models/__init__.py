"""Tables of the shared mechanisms."""

from core.models.audit import AuditChain, AuditEvent
from core.models.calendar import CalendarDay, CalendarVersion
from core.models.file import StoredFile
from core.models.heartbeat import Heartbeat
from core.models.job import Job
from core.models.letter import Letter
from core.models.request import KeyedRequest, SeenMessage

__all__ = [
    "AuditChain",
    "AuditEvent",
    "CalendarDay",
    "CalendarVersion",
    "Heartbeat",
    "Job",
    "KeyedRequest",
    "Letter",
    "SeenMessage",
    "StoredFile",
]
