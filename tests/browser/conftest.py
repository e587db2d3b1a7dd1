"""Headless Chromium for the tests marked ``browser``; they run once, on the embedded database."""

import os

import pytest
from django.conf import settings
from playwright.sync_api import sync_playwright

from tests import servers
from tests.browser.server import FLAGS, Visitor, serving


def pytest_collection_modifyitems(items):
    path = servers.find("chromium")
    reason = "no Chromium on this machine" if not path else ""
    if not settings.EMBEDDED:
        reason = "browser tests run on the embedded database"
    for item in items:
        if reason and item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(scope="session")
def browser():
    # Playwright's own loop runs in this thread; Django would refuse the database for that.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=servers.find("chromium"), args=FLAGS)
        yield chromium
        chromium.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture(scope="session")
def server():
    with serving() as address:
        yield address


@pytest.fixture
def site(transactional_db, server):
    """Address of the portal over the test's database."""
    return server


@pytest.fixture
def visit(browser, site):
    """``visit(user, width=1440)`` → a ``Visitor`` with that person's session."""
    visitors = []

    def make(user=None, width=1440):
        visitors.append(Visitor(browser, site, width=width, user=user))
        return visitors[-1]

    yield make
    for visitor in visitors:
        visitor.close()
