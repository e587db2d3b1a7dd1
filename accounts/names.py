"""Sign-in names: one spelling each, so that two accounts never look alike (等保 身份鉴别 a)."""

import unicodedata


def normalised(username: str) -> str:
    """The one spelling of a user name: without width, case and outer blanks.

    >>> normalised(" Ｚhang.Wei ")
    'zhang.wei'
    """
    return unicodedata.normalize("NFKC", username).strip().casefold()
