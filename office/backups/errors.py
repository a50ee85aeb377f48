"""Why a backup or a restore was refused or broke off, in words a person can act on."""

import errno

from django.utils.functional import Promise as LazyText
from django.utils.translation import gettext_lazy as _

WORDS: dict[str, LazyText] = {
    "disk_full": _("The disk is full: %(path)s could not be written. Free some space or choose another folder (--to)."),
    "not_writable": _("%(path)s cannot be written to. Choose another folder (--to), or let this user write there."),
    "io": _("%(path)s could not be read or written: %(fault)s"),
    "ahead": _("The database is newer than this program: it knows a migration %(name)s that is not here. Update the program first."),
    "missing": _("There is no file %(path)s."),
    "no_backup": _("%(path)s is no backup of DCRC: it is not a .zip with a manifest."),
    "cut_off": _("%(path)s is incomplete: it was cut off while being copied or made. Nothing was changed."),
    "damaged": _("%(path)s is damaged: %(member)s is not what was written. Nothing was changed."),
    "newer": _(
        "This backup was made by a newer program (version %(version)s): it knows a migration %(name)s that is not here. "
        "Update the program first. Nothing was changed."
    ),
    "not_loaded": _("The rows of %(table)s could not be taken in: %(fault)s. Nothing was changed."),
    "wrong_count": _("%(table)s has %(found)s rows instead of %(expected)s. Nothing was changed."),
    "no_right": _("This database user may not create a schema or own the tables: %(fault)s. Nothing was changed."),
    "busy": _("Somebody is working in the database and did not let go of it for 30 seconds. Stop DCRC and try again. Nothing was changed."),
}  # fmt: skip


class BackupError(Exception):
    """`code` is lasting; str() words it with `params`."""

    def __init__(self, code, **params):
        super().__init__(code)
        self.code = code
        self.params = params

    def __str__(self):
        return str(WORDS[self.code]) % self.params


def of_os(fault, path) -> BackupError:
    """What the system refused, in words."""
    path = getattr(fault, "filename", None) or path
    if fault.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return BackupError("disk_full", path=path)
    if fault.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return BackupError("not_writable", path=path)
    return BackupError("io", path=path, fault=fault.strerror or str(fault))
