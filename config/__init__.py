"""The project: settings, URLs, the home page, and commands that span apps."""

from config.celery import app as celery_app

__all__ = ["celery_app"]
