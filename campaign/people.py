"""Who is to be written to; kept here under the name that campaigns and reports know."""

from accounts.staff import Directory, people_of

__all__ = ["Directory", "people_of"]
