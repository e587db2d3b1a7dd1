"""Content with personal data in it, kept as JSON under the portal's key."""

from __future__ import annotations

import json
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder

from core import crypto
from core.fields import EncryptedTextField


class EncryptedJSONField(EncryptedTextField):
    """A list or mapping that is unreadable in the database. It cannot be searched, on purpose."""

    description = "JSON, encrypted at rest"

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        text = super().from_db_value(value, expression, connection)
        return json.loads(text) if text else None

    def to_python(self, value: Any) -> Any:
        return json.loads(value) if isinstance(value, str) and value else value

    def get_prep_value(self, value: Any) -> Any:
        # A text is JSON already: that is how ``core.fields.rotate`` writes a value anew.
        if not isinstance(value, str):
            value = json.dumps(value, ensure_ascii=False, sort_keys=True, cls=DjangoJSONEncoder)
        return crypto.encrypt(value, context=self.context)
