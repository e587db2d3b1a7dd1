"""Tables of the shared mechanisms."""

from core.models.audit import AuditChain, AuditEvent
from core.models.heartbeat import Heartbeat
from core.models.job import Job
from core.models.letter import Letter

__all__ = ["AuditChain", "AuditEvent", "Heartbeat", "Job", "Letter"]
