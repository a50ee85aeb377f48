"""Notices as the floors above write them, files as people upload them."""

import contextlib
import itertools

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from office.files import FileRefused, checked_type
from office.models import Notice

_serial = itertools.count(1)


def notice_to(person, *, code="import_silence", params=None, key=None, **fields):
    """An unread notice; by default the one about a month without imports."""
    return Notice.objects.create(
        user=person,
        store=person.store,
        code=code,
        params={"days": 31} if params is None else params,
        key=key or f"matter-{next(_serial)}",
        created_at=timezone.now(),
        **fields,
    )


HEADS = {
    "png": b"\x89PNG\r\n\x1a\n" + b"\0" * 40,
    "jpg": b"\xff\xd8\xff\xe0" + b"\0" * 40,
    "pdf": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n",
    "mp3": b"ID3\x04" + b"\0" * 40,
    "amr": b"#!AMR\n" + b"\0" * 40,
}


def upload(name, content=None):
    """A file as a form gets it, checked; its content is what its name says unless another is given."""
    if content is None:
        content = HEADS[name.rpartition(".")[2]] + name.encode()
    file = SimpleUploadedFile(name, content)
    with contextlib.suppress(FileRefused):
        file.file_type = checked_type(file, most=10**6)
    return file
