"""How the demo hashes passwords: quickly, because forty accounts are made at its start."""

from django.contrib.auth.hashers import PBKDF2PasswordHasher


class DemoHasher(PBKDF2PasswordHasher):
    """The production hasher with fewer rounds; named apart so that no real hash passes for it."""

    algorithm = "pbkdf2_sha256_demo"
    iterations = 20_000
