"""How a rule says no. Views turn these into pages, the API into problem+json."""


class Refused(Exception):
    """A move that may not be made now; the text tells the person why, in Chinese. HTTP 409."""


class Conflict(Refused):
    """Somebody else changed the object first, or a number came with other content. HTTP 409."""


class TemporaryFailure(Exception):
    """An effect outside the database did not happen now and may well happen later."""


class PermanentFailure(Exception):
    """An effect outside the database will not happen however often it is tried."""


class OutcomeUnknown(Exception):
    """The line broke in the middle: the other side may or may not have taken the letter."""
