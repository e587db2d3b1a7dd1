"""Entries of days and instants as browsers offer them, in the form that they send back."""

from __future__ import annotations

from typing import Any

from django import forms


class Day(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class Moment(forms.DateTimeInput):
    input_type = "datetime-local"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%dT%H:%M")


class SeveralFilesInput(forms.FileInput):
    allow_multiple_selected = True


class SeveralFiles(forms.FileField):
    """Any number of files under one name; each is judged when it is stored."""

    widget = SeveralFilesInput

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        if not data and self.required:
            super().clean(None, initial)
        one_by_one = super().clean
        return [one_by_one(each, initial) for each in data or []]
