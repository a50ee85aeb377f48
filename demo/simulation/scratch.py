"""A database of its own on the same engine, made and dropped: nothing of the installation is read or written."""

import contextlib
import os
import tempfile
from pathlib import Path
from unittest import mock

from celery import Task
from django.conf import settings
from django.db import connection


@contextlib.contextmanager
def scratch_database():
    """Inside, the default connection is a fresh, migrated database, uploads go to a temporary folder, and no worker is rung."""
    former = connection.settings_dict["NAME"]
    with tempfile.TemporaryDirectory(prefix="dcrc-simulation-") as folder, _set(MEDIA_ROOT=folder), silence():
        name = f"dcrc_sim_{os.getpid()}"
        if connection.vendor == "sqlite":
            name = str(Path(folder) / f"{name}.sqlite3")
        before = connection.settings_dict["TEST"].get("NAME")
        connection.settings_dict["TEST"]["NAME"] = name
        try:
            connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
            try:
                yield
            finally:
                connection.creation.destroy_test_db(former, verbosity=0)
        finally:
            connection.settings_dict["TEST"]["NAME"] = before


@contextlib.contextmanager
def silence():
    """No bell reaches the installation's worker, which would look for rows it does not have: what it would do, the month does itself."""
    with mock.patch.object(Task, "apply_async", lambda *args, **options: None):
        yield


@contextlib.contextmanager
def _set(**values):
    before = {name: getattr(settings, name) for name in values}
    try:
        for name, value in values.items():
            setattr(settings, name, value)
        yield
    finally:
        for name, value in before.items():
            setattr(settings, name, value)
