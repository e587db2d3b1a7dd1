"""Fields of reporting by the names that its migrations know."""

from core.fields import EncryptedJSONField

__all__ = ["EncryptedJSONField"]
