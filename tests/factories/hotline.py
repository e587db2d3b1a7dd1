"""A company's hotline system for tests: where it is called about its cases."""

from accounts.services import webhooks
from core import clock
from tests.factories.clients import issued


def endpoint(company="CSG-GD", *, url="https://hotline.example/hook", kinds=(), client=None):
    """An address of a company's system that is called."""
    return webhooks.open_endpoint(
        client=client or issued(company).client,
        name="95598业务支持系统",
        url=url,
        kinds=kinds,
        by=None,
        now=clock.now(),
    )
