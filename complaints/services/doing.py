"""One act under way, as it is handed from step to step."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import Organisation, User
from accounts.permissions import Permission
from complaints import claim_refusals
from complaints.models import Case
from complaints.procedure_definition import Definition
from complaints.refusals import Actor
from complaints.workflow import Act, Side
from core.errors import Refused


@dataclass
class Doing:
    """One act under way: what was answered, and what it changes."""

    case: Case
    act: Act
    rules: Definition
    actor: Actor
    at: datetime
    now: datetime
    answers: dict[str, Any]
    # Codes and keys for the timeline and the audit trail; never personal data.
    data: dict[str, Any] = field(default_factory=dict)
    to_complainant: bool = False
    # Whether the text is what the complainant says.
    own_words: bool = False
    tell: list[tuple[Organisation, Permission]] = field(default_factory=list)

    @property
    def organisation(self) -> Organisation:
        """In whose name it is done."""
        side = self.rules.moves[self.act].side
        if side == Side.REGULATOR:
            user = self.actor.user
            return (user.home if user else None) or self.case.owner
        if side == Side.GOVERNMENT:
            return claim_refusals.government(self.case, self.rules.moves[self.act].needs)[0]
        return self.case.owner if side == Side.OWNER else self.case.holder

    @property
    def person(self) -> User:
        """Who does it, where a machine may not. Raises ``Refused``."""
        if self.actor.user is None:
            raise Refused(_("%(act)s须由经办人员办理。") % {"act": self.act.label})
        return self.actor.user
