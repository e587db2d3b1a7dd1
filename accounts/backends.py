"""How a person is recognised at sign-in."""

from allauth.account.auth_backends import AuthenticationBackend


class PortalBackend(AuthenticationBackend):
    """Sign-in by user name and password through allauth."""
