"""How a rule says no. Views turn these into pages, the API into problem+json."""


class Refused(Exception):
    """A move that may not be made now; the text tells the person why, in Chinese. HTTP 409."""


class Conflict(Refused):
    """Somebody else changed the object first, or a number came with other content. HTTP 409."""
