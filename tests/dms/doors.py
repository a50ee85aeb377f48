from tests.doors import Door
from tests.factories.dms import done_batch, failed_file, queued_batch, ready_batch, uploaded_batch


def an_upload(store):
    return {"pk": uploaded_batch(store).pk}


def a_preview(store):
    return {"pk": ready_batch(store).pk}


def a_queued_one(store):
    return {"pk": queued_batch(store).pk}


def a_finished_one(store):
    return {"pk": done_batch(store).pk}


def a_failed_file(store):
    """A list without VIN that lies in failed/ of the watched folder."""
    return {"pk": failed_file(store).pk}


DOORS = [
    Door("dms:list", "dms.view_batch"),
    Door("dms:upload", "dms.add_batch"),
    Door("dms:upload", "dms.add_batch", method="post"),
    Door("dms:inbox", "dms.view_batch"),
    Door("dms:inbox_report", "dms.view_batch", row="a_failed_file"),
    Door("dms:inbox_retry", "dms.add_batch", method="post", row="a_failed_file", ok=302),
    Door("dms:batch", "dms.view_batch", row="a_preview"),
    Door("dms:columns", "dms.add_batch", row="an_upload"),
    Door("dms:forget_columns", "dms.add_batch", method="post", row="an_upload", ok=302),
    Door("dms:confirm", "dms.add_batch", method="post", row="a_preview", ok=302),
    Door("dms:cancel", "dms.add_batch", method="post", row="a_preview", ok=302),
    Door("dms:progress", "dms.view_batch", row="a_queued_one"),
    Door("dms:errors", "dms.view_batch", row="a_finished_one"),
    Door("dms:error_rows", "dms.view_batch", row="a_finished_one"),
    Door("dms:differences", "dms.view_batch", row="a_preview"),
    Door("dms:undo", "dms.undo_batch", row="a_finished_one"),
    Door("dms:undo", "dms.undo_batch", method="post", row="a_finished_one", ok=302),
    Door("dms:remnants", "dms.view_batch", row="a_finished_one"),
    Door("dms:conflicts", "dms.view_batch", row="a_finished_one"),
]
