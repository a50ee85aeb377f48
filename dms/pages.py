"""Reading words of the import pages: one page of row errors, the earlier upload of the same bytes."""

from dataclasses import dataclass

from django.db.models import Count
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from common.paging import KeysetPage, keyset_page
from dms.choices import BatchState, Severity
from dms.models import Batch

PAGE_SIZE = 50
ALL = ""
KINDS = {ALL: _("All"), Severity.ERROR: _("Rejected rows"), Severity.WARNING: _("Cells left out")}


@dataclass(frozen=True)
class Link:
    """The same place as a page (`url`) and as a fragment (`fragment`)."""

    url: str
    fragment: str
    label: str = ""
    count: int = 0
    is_here: bool = False


@dataclass(frozen=True)
class ErrorsPage:
    rows: list
    kinds: list[Link]
    first: Link | None  # from the second page on
    next: Link | None
    stored: int  # how many are kept at all; a preview keeps the first 1,000


def errors_page(batch, query) -> ErrorsPage:
    """One page of the batch's row errors by row; `query` holds `kind` (a Severity or "") and `after` (a page token)."""
    kind = query.get("kind", ALL) if query.get("kind") in KINDS else ALL
    after = query.get("after", "")
    counts = dict(batch.row_errors.order_by().values_list("severity").annotate(Count("pk")))
    counts[ALL] = sum(counts.values())
    rows = batch.row_errors.filter(severity=kind) if kind else batch.row_errors.all()
    page: KeysetPage = keyset_page(rows, ("row", "id"), after=after, size=PAGE_SIZE)
    kinds = [
        _link(batch, label=label, count=counts.get(code, 0), is_here=code == kind, kind=code)
        for code, label in KINDS.items()
    ]
    return ErrorsPage(
        rows=page.rows,
        kinds=kinds,
        first=_link(batch, kind=kind) if after else None,
        next=_link(batch, kind=kind, after=page.next) if page.next else None,
        stored=counts[ALL],
    )


def _link(batch, *, label="", count=0, is_here=False, **parameters):
    query = QueryDict(mutable=True)
    query.update({name: value for name, value in parameters.items() if value})
    ending = f"?{query.urlencode()}" if query else ""
    url, fragment = (reverse(name, args=[batch.pk]) + ending for name in ("dms:batch", "dms:errors"))
    return Link(f"{url}#errors", fragment, label, count, is_here)


def same_file(batch) -> Batch | None:
    """The latest other upload of the very same bytes in this store that was not thrown away."""
    others = Batch.objects.filter(store_id=batch.store_id, sha256=batch.sha256).exclude(pk=batch.pk)
    return others.exclude(state=BatchState.CANCELLED).select_related("created_by").order_by("-pk").first()
