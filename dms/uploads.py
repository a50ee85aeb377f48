"""What is written down of an upload while it comes in (settings.FILE_UPLOAD_HANDLERS)."""

from django.conf import settings
from django.core.files.uploadhandler import FileUploadHandler


class CappedUpload(FileUploadHandler):
    """Lets through what a file may have and a little more, so that the form sees that it is too large; the rest is received and
    forgotten, and fills no disk."""

    def receive_data_chunk(self, raw_data, start):
        return raw_data if start <= settings.IMPORT_MAX_BYTES else None

    def file_complete(self, file_size):
        return None
