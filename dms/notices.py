"""What the import tells the people of a store by itself, and in which words. Rows keep codes; the sentence follows the reader."""

from django.utils.translation import gettext as _

from dms.choices import BatchOrigin, BatchState
from dms.models import Batch
from dms.wording import after_failure, word
from office import services as office
from office.choices import Severity

TO_WHOM = "dms.add_batch"  # whoever may act on it


def _counted(sentence, params):
    counts = {name: f"{params.get(name, 0):,}" for name in ("rows", "created", "updated", "unchanged", "rejected")}
    return sentence % {"file": params["file"], **counts}


def _imported(params):
    return _counted(
        _(
            "%(file)s was imported from the watched folder: %(rows)s rows, %(created)s new, %(updated)s changed,"
            " %(unchanged)s unchanged, %(rejected)s rejected."
        ),
        params,
    )


def _repeated(params):
    return (
        _(
            "%(file)s lay in the watched folder, but the same file was taken in before (no. %(batch)s); nothing was done."
        )
        % params
    )


def _sentences(params):
    return {"file": params["file"], "reasons": " ".join(word(code, more) for code, more in params["reasons"])}


WORDS = {
    "inbox_imported": _imported,
    "inbox_repeated": _repeated,
    "inbox_waiting": lambda params: (
        _("%(file)s from the watched folder waits for you: %(reasons)s") % _sentences(params)
    ),
    "inbox_refused": lambda params: (
        _("%(file)s from the watched folder was not imported: %(reasons)s") % _sentences(params)
    ),
    "inbox_stuck": lambda params: (
        _(
            "The watched folder cannot be worked: %(problem)s. Files stay where they are and are tried again every minute."
        )
        % {"problem": word(*params["problem"])}
    ),
    "inbox_odd": lambda params: (
        _(
            "%(file)s in the watched folder is a folder or a link and is not read. Put the files themselves into the folder."
        )
        % params
    ),
    "inbox_stray": lambda params: (
        _("“%(file)s” lies in the watched folder of no store. Each store has a folder named by its code.") % params
    ),
    "import_silence": lambda params: (
        _("Nothing has been imported for %(days)s days. Without new lists from the DMS nobody new is called.") % params
    ),
    "batch_stopped": lambda params: _("The import of %(file)s stopped: %(reasons)s") % _sentences(params),
    "batch_waiting": lambda params: (
        _("The import of %(file)s has been waiting for a decision for more than a day: import it or discard it.")
        % params
    ),
}


def tell(store, code, key, *, params, severity=Severity.INFO, url_name="", url_args=()):
    """Tell a matter of the import to those of the store who may import; once per `key`."""
    office.notify(
        store=store,
        permission=TO_WHOM,
        code=code,
        key=key,
        params=params,
        severity=severity,
        url_name=url_name,
        url_args=url_args,
    )


def waiting_key(batch_id) -> str:
    return f"batch-waiting-{batch_id}"


def file_key(token) -> str:
    """Of what is told of a file of the watched folder (InboxFile.token), however often it is tried."""
    return f"inbox-{token}"


def batch_went_on(batch):
    """Somebody decided: nobody need be reminded of it."""
    office.resolve(store=batch.store_id, code="batch_waiting", key=waiting_key(batch.pk))
    for token in batch.inbox_files.values_list("token", flat=True):
        office.resolve(store=batch.store_id, code="inbox_waiting", key=file_key(token))


def stopped_key(batch_id) -> str:
    return f"batch-stopped-{batch_id}"


def batch_has_run(batch):
    """An import is the end of every silence, and of what had stopped the same file before; one that stopped itself is told to
    those who may import, unless whoever ran it tells it."""
    batch_went_on(batch)
    same = Batch.objects.filter(store=batch.store_id, sha256=batch.sha256, state=BatchState.FAILED).exclude(pk=batch.pk)
    for pk in same.values_list("pk", flat=True):
        office.resolve(store=batch.store_id, code="batch_stopped", key=stopped_key(pk))
    if batch.state == BatchState.DONE:
        office.resolve(store=batch.store_id, code="import_silence")
    elif batch.origin == BatchOrigin.BROWSER or (batch.origin == BatchOrigin.INBOX and batch.has_landed):
        tell(
            batch.store,
            "batch_stopped",
            stopped_key(batch.pk),
            params={"file": batch.file_name, "reasons": after_failure(batch)},
            severity=Severity.WARNING,
            url_name="dms:batch",
            url_args=[batch.pk],
        )


def batch_is_undone(batch):
    """Nobody need do anything about it any more."""
    office.resolve(store=batch.store_id, code="batch_stopped", key=stopped_key(batch.pk))
