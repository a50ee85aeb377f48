"""The backup of every night, and who is told when there was none."""

from django.conf import settings
from django.utils.translation import gettext as _

from office.backups.errors import WORDS, BackupError
from office.backups.writing import Backup, make_backup
from office.choices import Severity
from office.services import notify, resolve
from office.watch.alarms import PERMISSION

CODE = "backup_failed"


def nightly_backup() -> Backup | None:
    """Make one and keep the newest settings.BACKUP_KEEP; None where that is 0. A failure is told to those who look after the house."""
    if not settings.BACKUP_KEEP:
        return None
    try:
        made = make_backup(keep=settings.BACKUP_KEEP)
    except BackupError as fault:
        params = {"code": fault.code, "params": {name: str(value) for name, value in fault.params.items()}}
        told = {"permission": PERMISSION, "severity": Severity.URGENT, "url_name": "house:health"}
        notify(store=None, code=CODE, key=CODE, params=params, **told)
        raise
    resolve(store=None, code=CODE)
    return made


def _word(params):
    return _("The nightly backup could not be made: %(reason)s") % {
        "reason": str(WORDS[params["code"]]) % params["params"]
    }


NOTICE_WORDS = {CODE: _word}
