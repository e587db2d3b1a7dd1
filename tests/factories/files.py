"""Stored files as tests look at them."""

from core import files


def content_of(stored):
    """The plain content of a stored file."""
    with files.open(stored) as content:
        return content.read()
