"""Verbs on files of a case, and the reply that brings them."""

import contextlib

from django.db import transaction

from audit.choices import Source
from audit.services import record_change
from complaints.choices import FileKind, NoteCode, NoteKind
from complaints.models import Complaint, ComplaintFile, ComplaintNote
from complaints.services.base import NotAllowed
from complaints.services.cases import add_note
from complaints.services.telling import askers_of, managers_of, tell_people
from office.attachments import keeping
from office.models import Attachment


def add_files(complaint, uploads, *, by, now, kind=FileKind.EVIDENCE) -> list[ComplaintFile]:
    """Add files (of office.fields.FilesField). One that the case has already is not kept twice. Raises NotAllowed on a case that is over."""
    with _kept(complaint, uploads, by=by, now=now) as attachments, transaction.atomic():
        fresh = Complaint.objects.select_for_update().get(pk=complaint.pk)
        if not fresh.is_open:
            raise NotAllowed("state", fresh)
        return [_link(complaint, attachment, kind, None, by=by, now=now) for attachment in attachments]


def reply(complaint, text, *, by, now, kind=NoteKind.INTERNAL, uploads=()) -> ComplaintNote:
    """A note with its evidence. The desk is told of what others reply. Raises as `add_note`."""
    with _kept(complaint, uploads, by=by, now=now) as attachments, transaction.atomic():
        note = add_note(complaint, text, by=by, now=now, kind=kind)
        for attachment in attachments:
            _link(complaint, attachment, FileKind.EVIDENCE, note, by=by, now=now)
        desk = [person for person in askers_of(complaint) or managers_of(complaint.store) if person.pk != by.pk]
        if by.works_in:
            tell_people(complaint, desk, "complaint_reply", key=str(note.pk), by=by.full_name)
    return note


@contextlib.contextmanager
def _kept(complaint, uploads, *, by, now):
    known = set(Attachment.objects.filter(pk__in=complaint.files.values("attachment")).values_list("sha256", flat=True))
    with keeping(uploads, store=complaint.store, by=by, now=now) as rows:
        fresh = {row.sha256: row for row in rows if row.sha256 not in known}
        yield list(fresh.values())


def _link(complaint, attachment, kind, note, *, by, now) -> ComplaintFile:
    attachment.save(force_insert=True)
    row = ComplaintFile.objects.create(complaint=complaint, attachment=attachment, kind=kind, note=note)
    if note is None:
        params = {"name": attachment.name, "kind": str(kind)}
        ComplaintNote.objects.create(complaint=complaint, at=now, by=by, code=NoteCode.FILE, params=params)
    how = {"by": by, "source": Source.FORM, "customer_id": complaint.customer_id, "at": now}
    record_change(complaint, {}, deed="file", params={"file": row.pk, "name": attachment.name}, **how)
    return row
