"""Migrations that make many tables: Django draws its picture of all models once for them."""

from __future__ import annotations

from collections.abc import Iterator
from copy import copy
from typing import Any

from django.db import migrations
from django.db.migrations.operations.base import Operation

# What is added to a table that the same group makes is made with it.
_ADDITIONS = (migrations.AddField, migrations.AddIndex, migrations.AddConstraint)


class NewTables(migrations.Migration):
    """A migration whose new tables are told to Django's picture of the models all at once.

    Django draws that picture again for each step, with every model that the new one points to:
    for a hundred tables that took longer than to make them. The tables come out the same, which
    ``tests/core/test_migrating.py`` holds against Django's own way.
    """

    def apply(self, project_state: Any, schema_editor: Any, collect_sql: bool = False) -> Any:
        for new, group in self._groups():
            if new:
                self._make(group, project_state, schema_editor)
            else:
                part = copy(self)
                vars(part).update(operations=group)
                project_state = migrations.Migration.apply(
                    part, project_state, schema_editor, collect_sql
                )
        return project_state

    def _groups(self) -> Iterator[tuple[bool, list[Operation]]]:
        """Runs of steps that make tables and complete them, and runs of the others."""
        group: list[Operation] = []
        made: set[str] = set()
        for step in self.operations:
            new = isinstance(step, migrations.CreateModel)
            new = new or (isinstance(step, _ADDITIONS) and step.model_name_lower in made)
            if group and new != bool(made):
                yield bool(made), group
                group, made = [], set()
            group.append(step)
            if isinstance(step, migrations.CreateModel):
                made.add(step.name_lower)
        if group:
            yield bool(made), group

    def _make(self, group: list[Operation], state: Any, schema_editor: Any) -> None:
        # Drawn again at the first question, when all of the group is in it.
        state.__dict__.pop("apps", None)
        for step in group:
            step.state_forwards(self.app_label, state)
        for step in group:
            if isinstance(step, migrations.CreateModel):
                step.database_forwards(self.app_label, schema_editor, state, state)
