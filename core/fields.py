"""Model fields of our own."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from django.core.exceptions import FieldError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from core import crypto
from core.crypto import Rotated


class Unread(str):
    """Stands for a value that cannot be read: it was changed, or its key is not listed any more.

    It tells so where it is shown, and is never written back.
    """


class EncryptedTextField(models.TextField):  # type: ignore[type-arg]
    """A text that is encrypted in the database and plain in Python.

    It can be found by ``isnull`` only; keep a ``crypto.blind_index`` beside it to find equal
    values. Empty stays empty, so that "not given" can be told apart without the key.

    ``tolerant``: what cannot be read gives ``Unread`` instead of raising ``Unreadable``, for lists
    in which one damaged row must not hide the others.
    """

    description = "Text, encrypted at rest"

    def __init__(self, *args: Any, tolerant: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.tolerant = tolerant

    @property
    def context(self) -> str:
        """What is bound into each value: it can be read in this field only."""
        return f"{self.model._meta.label_lower}.{self.name}"

    def get_prep_value(self, value: Any) -> Any:
        if isinstance(value, Unread):
            raise crypto.Unreadable(f"{self.name} could not be read and is not written back")
        value = super().get_prep_value(value)
        return crypto.encrypt(value, context=self.context) if value else value

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> str | None:
        if not value or not value.startswith(crypto.PREFIX):
            return value
        try:
            return crypto.decrypt(value, context=self.context)
        except crypto.Unreadable:
            if not self.tolerant:
                raise
            return Unread(_("（无法解密：密钥不在列，或者内容已损坏）"))

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name != "isnull":
            raise FieldError(f"{self.name} is encrypted: look it up by its blind index")
        return super().get_lookup(lookup_name)


class EncryptedJSONField(EncryptedTextField):
    """A list or mapping that is unreadable in the database. It cannot be searched, on purpose.

    ``tolerant`` gives a list that holds ``Unread``.
    """

    # For the type checker: in Python it holds any JSON value, not a text.
    _pyi_private_set_type: Any
    _pyi_private_get_type: Any
    description = "JSON, encrypted at rest"

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        text = super().from_db_value(value, expression, connection)
        if isinstance(text, Unread):
            return [text]
        return json.loads(text) if text else None

    def to_python(self, value: Any) -> Any:
        return json.loads(value) if isinstance(value, str) and value else value

    def get_prep_value(self, value: Any) -> Any:
        if is_unread(value):
            raise crypto.Unreadable(f"{self.name} could not be read and is not written back")
        # A text is JSON already: that is how ``rotate`` writes a value anew.
        if not isinstance(value, str):
            value = json.dumps(value, ensure_ascii=False, sort_keys=True, cls=DjangoJSONEncoder)
        return crypto.encrypt(value, context=self.context)


def is_unread(value: Any) -> bool:
    """Whether a value of a tolerant field stands for one that cannot be read."""
    return any(isinstance(one, Unread) for one in (value if isinstance(value, list) else [value]))


_rotations: dict[str, Callable[[], Rotated]] = {}


def register_rotation(name: str, fn: Callable[[], Rotated]) -> None:
    """``fn()`` writes what is encrypted outside our fields under today's key; says how many."""
    _rotations[name] = fn


def rotations() -> dict[str, Callable[[], Rotated]]:
    """What else is encrypted, by name."""
    return dict(_rotations)


def rotate(model: type[models.Model]) -> Rotated:
    """Write every encrypted value of a model under today's key; how many were written.

    Row by row and only where the value is still the one that was read, so it may run beside
    writers and may be stopped and started again. What cannot be read is counted and left.
    """
    fields = [f for f in model._meta.get_fields() if isinstance(f, EncryptedTextField)]
    written = unreadable = 0
    for field in fields:
        stored = Cast(F(field.name), models.TextField())
        rows = model._base_manager.annotate(_stored=stored)
        found = rows.values_list("pk", "_stored").filter(_stored__startswith=crypto.PREFIX)
        for pk, value in found.iterator(chunk_size=500):
            try:
                text = crypto.decrypt(value, context=field.context)
            except crypto.Unreadable:
                unreadable += 1
                continue
            if not crypto.is_current(value):
                written += rows.filter(pk=pk, _stored=value).update(**{field.name: text})
    return Rotated(written, unreadable)
