"""The roof: settings, URLs, Celery and its beat schedule, WSGI. Wiring by dotted names; nobody imports it."""

from dcrc.celery import app as celery_app

__all__ = ["celery_app"]
