"""What the page of the watched folder shows."""

from dataclasses import dataclass

from dms.choices import InboxState
from dms.inbox import folders
from dms.inbox.reading import IN_FAILED
from dms.models import InboxFile
from dms.wording import word

LATEST = 20


@dataclass(frozen=True)
class InboxPage:
    path: str
    problem: str  # why the folder cannot be looked into; ""
    waiting: list  # folders.Entry
    odd: list[str]
    reading: list[InboxFile]
    failed: list[InboxFile]  # still lying in failed/
    more_failed: bool
    taken: list[InboxFile]


def inbox_page(store) -> InboxPage:
    """One look into the folder and three queries, however much lies there."""
    problem, look = "", folders.Look([], [])
    try:
        folders.make_folders(store)
        look = folders.look(store)
    except OSError as error:
        problem = word(*folders.problem_code(error))
    files = InboxFile.objects.filter(store=store).select_related("batch").order_by("-pk")
    failed = list(files.filter(settled_at__isnull=False, state__in=IN_FAILED)[: LATEST + 1])
    root = folders.folder_of(store)
    return InboxPage(
        path=str(root),
        problem=problem,
        waiting=look.files,
        odd=look.odd,
        reading=list(files.unsettled()),
        failed=[file for file in failed[:LATEST] if _lies_there(root / file.place)],
        more_failed=len(failed) > LATEST,
        taken=list(
            files.filter(settled_at__isnull=False, state__in=(InboxState.IMPORTED, InboxState.REPEATED))[:LATEST]
        ),
    )


def _lies_there(path):
    return path.is_file() and not path.is_symlink()
