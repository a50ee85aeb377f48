"""Keep attachments and hand them out: below MEDIA_ROOT under random names, never executed, never shown as a page."""

import contextlib
import hashlib
import secrets
from pathlib import Path, PurePath

from django.conf import settings
from django.http import FileResponse, Http404

from audit.choices import AccessKind
from audit.services import record_access
from office.choices import SHOWN_INLINE
from office.models import Attachment

NAME_LENGTH = 150
# Whatever a browser makes of the bytes: no script, no form, no origin of ours.
SANDBOX = "default-src 'none'; sandbox"


@contextlib.contextmanager
def keeping(uploads, *, store, by, now):
    """Yields unsaved Attachments whose files are on the disk, in the order of `uploads` (of office.fields.FilesField).

    Save them and what points at them inside, in one transaction: if anything fails, the files are gone again, and so are those of
    rows that were not saved.
    """
    rows = []
    try:
        for upload in uploads:
            rows.append(_written(upload, store=store, by=by, now=now))
        yield rows
    except BaseException:
        _remove(rows)
        raise
    _remove([row for row in rows if row.pk is None])


def _remove(rows):
    for row in rows:
        (Path(settings.MEDIA_ROOT) / row.path).unlink(missing_ok=True)


def _written(upload, *, store, by, now) -> Attachment:
    relative = Path("attachments") / str(store.pk) / f"{now:%Y%m}" / secrets.token_hex(16)
    path = Path(settings.MEDIA_ROOT) / relative
    path.parent.mkdir(parents=True, exist_ok=True)
    digest, size = hashlib.sha256(), 0
    try:
        with path.open("xb") as file:
            for block in upload.chunks():
                digest.update(block)
                size += len(block)
                file.write(block)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return Attachment(
        store=store,
        path=relative.as_posix(),
        name=_plain(upload.name, upload.file_type),
        type=upload.file_type,
        size=size,
        sha256=digest.hexdigest(),
        by=by,
        at=now,
    )


def _plain(name, kind) -> str:
    """The name without folders and control characters, with the ending of what it is."""
    stem = PurePath(name.replace("\\", "/")).stem
    stem = "".join(letter for letter in stem if letter.isprintable()).strip() or "file"
    return f"{stem[: NAME_LENGTH - 6]}.{kind.value}"


def serve(attachment, *, by, customer_id=None, inline=False) -> FileResponse:
    """The file, and a line that `by` opened it. Only pictures are shown `inline`; everything else is saved by the browser.

    Raises Http404 where the file is gone from the disk.
    """
    path = Path(settings.MEDIA_ROOT) / attachment.path
    shown = inline and attachment.type in SHOWN_INLINE
    try:
        file = path.open("rb")
    except FileNotFoundError as fault:
        raise Http404 from fault
    record_access(attachment, by=by, kind=AccessKind.FILE, customer_id=customer_id, params={"name": attachment.name})
    kind = attachment.media_type if shown else "application/octet-stream"
    response = FileResponse(file, as_attachment=not shown, filename=attachment.name, content_type=kind)
    response["Content-Security-Policy"] = SANDBOX
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response
