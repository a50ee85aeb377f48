"""Takes the files that lie in the watched folders, imports them, files them away, and tells the people of the store.

Each step ends in a row, so whoever is killed, the next run goes on where he stood: no file is lost and none imported twice.
A store's folder is worked by one worker at a time, and its owners come before its orders.
"""

import contextlib
import datetime as dt
import errno
import hashlib
import logging
import shutil

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import override

from accounts.models import Store
from common.locks import lock_words
from dms import notices, services
from dms.choices import UNDECIDED, BatchOrigin, BatchState, InboxState
from dms.errors import UnusableFile, WrongState
from dms.inbox import folders
from dms.inbox.report import report_bytes
from dms.models import Batch, InboxFile
from dms.recognise import check_mapping
from dms.sheets import all_sheets
from dms.wording import after_failure
from dms.workbook import write_error_workbook
from office.choices import Severity as Pressing
from office.services import notify, resolve

log = logging.getLogger(__name__)
IN_FAILED = (InboxState.WAITING, InboxState.REFUSED)
_HARMLESS = {"hidden_worksheets"}  # said on the result page, and nobody need be woken for it
_HANDLED = (BatchState.CANCELLED, BatchState.UNDONE, BatchState.FAILED)  # the same bytes may come again


def read_all() -> list[InboxFile]:
    """One round over the folders of all active stores, which are made where they are missing. Gives the files it settled.

    A file is taken in the first round that finds it unchanged for INBOX_QUIET_SECONDS since an earlier one.
    """
    stores = list(Store.objects.active().order_by("pk"))
    unsettled = set(InboxFile.objects.unsettled().values_list("store_id", flat=True))
    settled = []
    for store in stores:
        try:
            settled += read_store(store, has_unsettled=store.pk in unsettled)
        except OSError as problem:
            _tell_stuck(store, problem)
    _tell_strays({store.code for store in stores})
    return settled


def read_store(store, *, has_unsettled=True) -> list[InboxFile]:
    """Raises OSError where the folder itself cannot be worked."""
    folders.make_folders(store)
    look = folders.look(store)
    for name in look.odd:
        params, key = {"file": name}, f"inbox-odd-{store.pk}-{_short(name)}"
        notices.tell(store, "inbox_odd", key, params=params, severity=Pressing.WARNING, url_name="dms:inbox")
    ready = folders.quiet(store, look.files, timezone.now().timestamp())
    for entry in ready:
        if claimed := folders.claim(store, entry):
            _note(store, *claimed)
    _adopt(store)
    if not ready and not has_unsettled and not InboxFile.objects.unsettled().filter(store=store).exists():
        return []
    return _work_off(store)


def _note(store, token, name):
    InboxFile.objects.get_or_create(token=token, defaults={"store": store, "name": name})


def _adopt(store):
    """What somebody took who was killed before the row was there."""
    boxes = folders.taken(store)
    if boxes:
        known = set(InboxFile.objects.filter(token__in=boxes).values_list("token", flat=True))
        for token in boxes.keys() - known:
            _note(store, token, boxes[token])


def _work_off(store):
    settled, tried, problem = [], set(), None
    while (file := _lease(store, tried)) is not None:
        tried.add((file.pk, file.batch_id))
        try:
            _step(file)
        except OSError as error:  # a full disk, say: the file stays where it is, and the next round tries again
            problem = error
            log.exception("inbox %s: %s", store.code, file.name)
            continue
        finally:
            _release(file)
        if file.settled_at:
            settled.append(file)
    if problem is not None:
        raise problem
    if settled:
        resolve(store=store, code="inbox_stuck")
    return settled


def _lease(store, tried) -> InboxFile | None:
    """The next file of the store to be worked, now ours; None where another worker is at one, or nothing is left."""
    now = timezone.now()
    fresh = now - dt.timedelta(seconds=settings.IMPORT_STALE_SECONDS)
    with transaction.atomic():
        lock_words(f"inbox-{store.pk}")
        files = list(InboxFile.objects.unsettled().filter(store=store).select_related("store", "batch").order_by("pk"))
        if any(_is_alive(file, fresh) for file in files):
            return None
        files = [file for file in files if (file.pk, file.batch_id) not in tried]
        if not files:
            return None
        file = min(files, key=_turn)
        file.heartbeat_at = now
        file.save(update_fields=["heartbeat_at"])
    return file


def _is_alive(file, fresh):
    if file.heartbeat_at is not None and file.heartbeat_at > fresh:
        return True
    batch = file.batch if not file.state else None
    return batch is not None and batch.state == BatchState.RUNNING and batch.heartbeat_at > fresh


def _turn(file):
    """First what has an outcome, then what was not looked into yet, then list by list as the sheets are declared."""
    if file.state:
        return 0, 0, file.pk
    if file.batch is None:
        return 1, 0, file.pk
    codes = [sheet.code for sheet in all_sheets()]
    return 2, codes.index(file.batch.sheet) if file.batch.sheet in codes else len(codes), file.pk


def _release(file):
    InboxFile.objects.filter(pk=file.pk, settled_at=None).update(heartbeat_at=None)


def _beat(file):
    InboxFile.objects.filter(pk=file.pk).update(heartbeat_at=timezone.now())


# --- one file -----------------------------------------------------------------------------------------------------------
def _step(file):
    if not file.state and file.batch is None:
        _take_in(file)
    elif not file.state:
        _import(file)
    if file.state:
        _file_away(file)


def _take_in(file):
    """Make a batch of it, or know why not."""
    path = folders.work_path(file.store, file.token, file.name)
    try:
        if file.place:
            _fetch(file, path)
        with folders.open_plain(path) as content:
            digest = _digest(content)
            twin = (
                Batch.objects.filter(store=file.store, sha256=digest).exclude(state__in=_HANDLED).order_by("pk").last()
            )
            if twin is not None:
                return _decide(file, InboxState.REPEATED, batch=twin)
            content.seek(0)
            services.stage(
                store=file.store,
                by=None,
                file_name=file.name,
                content=content,
                is_final=False,
                origin=BatchOrigin.INBOX,
                link=lambda batch: _link(file, batch),
            )
    except UnusableFile as problem:
        _decide(file, InboxState.REFUSED, (problem.code, problem.params))
    except OSError as error:
        if not folders.is_of_the_file(error, path):
            raise
        code = "inbox_vanished" if isinstance(error, FileNotFoundError) else "inbox_unreadable"
        _decide(file, InboxState.REFUSED, (code, {}))
    except Exception as error:
        log.exception("inbox %s: %s", file.store.code, file.name)
        _decide(file, InboxState.REFUSED, ("internal", {"error": type(error).__name__}))
    return None


def _fetch(file, path):
    """Out of failed/, where it lies since it was read for the first time."""
    place = folders.folder_of(file.store) / file.place
    path.parent.mkdir(exist_ok=True)
    if place.is_file() and not place.is_symlink():
        folders.move(place, path)
    for leftover in folders.beside(place):
        leftover.unlink(missing_ok=True)


def _digest(content):
    digest, size = hashlib.sha256(), 0
    for block in iter(lambda: content.read(1 << 20), b""):
        size += len(block)
        if size > settings.IMPORT_MAX_BYTES:
            raise UnusableFile("too_big", limit=settings.IMPORT_MAX_BYTES // 1024 // 1024)
        digest.update(block)
    return digest.hexdigest()


def _link(file, batch):
    """In the transaction that makes the batch: there is never a batch of a file that does not know it."""
    file.batch = batch
    file.save(update_fields=["batch"])


def _import(file):
    """Check the batch and run it, or take up what was begun. What needs a person stays in the browser."""
    batch = Batch.objects.select_related("store").get(pk=file.batch_id)
    try:
        if batch.state == BatchState.UPLOADED:
            if batch.error_code:  # it looks like a list of a kind that is not taken in
                raise UnusableFile(batch.error_code, **batch.error_params)
            check_mapping(batch)
            batch = services.preview_batch(batch, tell=lambda done, total: _beat(file))
        if batch.state == BatchState.READY:
            if reasons := _doubts(batch):
                return _decide(file, InboxState.WAITING, *reasons, batch=batch)
            batch = services.queue_batch(batch, by=None)
        if batch.state in (BatchState.QUEUED, BatchState.RUNNING):
            batch = services.run_batch(batch.pk)
    except UnusableFile as problem:
        return _unusable(file, batch, problem)
    except WrongState:  # somebody decides in the browser at this moment; the next round sees what
        return None
    except OSError:
        raise
    except Exception as error:
        log.exception("inbox %s: %s", file.store.code, file.name)
        batch = Batch.objects.get(pk=file.batch_id)
        if batch.state != BatchState.FAILED:
            return _decide(file, InboxState.REFUSED, ("internal", {"error": type(error).__name__}), batch=batch)
    return _follow(file, batch)


def _doubts(batch):
    """What is odd about the file as a whole, so that a person should look before it is imported."""
    return [(warning["code"], warning["params"]) for warning in batch.warnings if warning["code"] not in _HARMLESS]


def _unusable(file, batch, problem):
    reason = (problem.code, problem.params)
    if problem.code in ("missing_columns", "other_list"):
        return _decide(file, InboxState.WAITING, reason, batch=batch)
    batch = services.cancel_batch(batch, by=None)
    return _decide(file, InboxState.REFUSED, reason, batch=batch)


def _follow(file, batch):
    """What became of the batch became of the file; nothing yet where another worker runs it."""
    if batch.state in (BatchState.DONE, BatchState.UNDOING, BatchState.UNDONE):
        _decide(file, InboxState.IMPORTED, batch=batch)
    elif batch.state == BatchState.FAILED:
        reasons = after_failure(batch) if batch.has_landed else [(batch.error_code, batch.error_params)]
        _decide(file, InboxState.REFUSED, *reasons, batch=batch)
    elif batch.state == BatchState.CANCELLED:
        _decide(file, InboxState.REFUSED, ("inbox_discarded", {}), batch=batch)


def _decide(file, state, *reasons, batch=None):
    """Put down what became of it and where it will lie, before anything is moved."""
    file.state = state
    file.reasons = [list(reason) for reason in reasons]
    file.batch = batch or file.batch
    file.place = _place(file)
    file.save(update_fields=["state", "reasons", "batch", "place"])


def _place(file):
    root = folders.folder_of(file.store)
    if file.state in IN_FAILED:
        folder = root / folders.FAILED
    else:
        folder = root / folders.DONE / f"{file.store.day_of(timezone.now()):%Y-%m}"
    folder.mkdir(parents=True, exist_ok=True)
    return folders.free_place(folder, file.name).relative_to(root).as_posix()


def _file_away(file):
    root = folders.folder_of(file.store)
    source = folders.work_path(file.store, file.token, file.name)
    try:
        if source.exists():
            folders.move(source, root / file.place)
    except FileExistsError:
        file.place = _place(file)
        file.save(update_fields=["place"])
        folders.move(source, root / file.place)
    _lay_beside(file, root / file.place)
    folders.close_box(file.store, file.token)
    with transaction.atomic():
        file.settled_at, file.heartbeat_at = timezone.now(), None
        file.save(update_fields=["settled_at", "heartbeat_at"])
        _tell(file)
    log.info("inbox %s: %s %s, batch %s", file.store.code, file.name, file.state, file.batch_id)


def _lay_beside(file, path):
    """The report; and where rows were rejected, these in a workbook, to be corrected and laid into the folder again."""
    report, rows = folders.beside(path)
    report.write_bytes(report_bytes(file))
    if file.state == InboxState.IMPORTED and file.batch.counts.get("rejected"):
        with (
            contextlib.suppress(UnusableFile),
            override(settings.LANGUAGE_CODE),
        ):  # the upload is gone: undone and purged
            book, _count = write_error_workbook(file.batch)
            with book, rows.open("wb") as copy:
                shutil.copyfileobj(book, copy)


# --- telling ------------------------------------------------------------------------------------------------------------
def _tell(file):
    batch, params, pressing = file.batch, {"file": file.name}, Pressing.WARNING
    if file.state == InboxState.IMPORTED:
        params |= {name: batch.counts.get(name, 0) for name in ("rows", "created", "updated", "unchanged", "rejected")}
        if not (batch.counts.get("rejected") or batch.counts.get("conflicts")):
            pressing = Pressing.INFO
    elif file.state == InboxState.REPEATED:
        params["batch"], pressing = batch.pk, Pressing.INFO
    else:
        params["reasons"] = file.reasons
    resolve(store=file.store, key=notices.file_key(file.token))  # what was told before the file was tried again
    if file.state == InboxState.REFUSED and batch and batch.has_landed:
        return  # told by the import itself
    where = ("dms:batch", [batch.pk]) if batch and file.state != InboxState.REFUSED else ("dms:inbox", [])
    notices.tell(
        file.store,
        f"inbox_{file.state}",
        notices.file_key(file.token),
        params=params,
        severity=pressing,
        url_name=where[0],
        url_args=where[1],
    )


def _tell_stuck(store, problem):
    log.error("inbox %s: %s", store.code, problem)
    params = {"problem": folders.problem_code(problem)}
    notices.tell(
        store, "inbox_stuck", f"inbox-stuck-{store.pk}", params=params, severity=Pressing.URGENT, url_name="dms:inbox"
    )


def _tell_strays(codes):
    """To whoever looks after the stores: something lies where no store will ever find it."""
    try:
        names = folders.strays(codes)
    except OSError:
        return
    for name in names:
        notify(
            store=None,
            permission="accounts.change_store",
            code="inbox_stray",
            key=f"inbox-stray-{_short(name)}",
            params={"file": name},
            severity=Pressing.WARNING,
        )


def _short(name):
    return hashlib.sha256(name.encode()).hexdigest()[:24]


# --- by hand ------------------------------------------------------------------------------------------------------------
def put_back(file, *, by) -> None:
    """“Try again”: the next round takes the file out of failed/ and reads it anew; what waits of it in the browser is discarded.
    What was told of it stays told until it is known what became of it now.

    Raises FileNotFoundError where somebody has taken it out of failed/, WrongState where it was imported meanwhile.
    """
    if file.state not in IN_FAILED or not file.settled_at:
        raise WrongState(file.state)
    path = folders.folder_of(file.store) / file.place
    if path.is_symlink() or not path.is_file():
        raise FileNotFoundError(errno.ENOENT, "no file", str(path))
    with transaction.atomic():
        failed = InboxFile.objects.filter(pk=file.pk, state__in=IN_FAILED, settled_at__isnull=False)
        if not failed.update(state="", reasons=[], batch=None, settled_at=None, heartbeat_at=None):
            raise WrongState(file.state)
        if file.batch and file.batch.state in UNDECIDED:
            services.cancel_batch(file.batch, by=by)
    log.info("inbox %s: %s put back by %s", file.store.code, file.name, by)
