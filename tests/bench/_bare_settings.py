"""The settings of the tests, with the doors of ``_bare``."""

from config.settings.testing import *  # noqa: F403, TID251

ROOT_URLCONF = "tests.bench._bare"
