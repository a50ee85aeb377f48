"""Reading words of the import pages: one page of row errors, of differences, of imports; the earlier upload of the same bytes."""

from dataclasses import dataclass

from django.apps import apps
from django.db.models import Count
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from common.paging import KeysetPage, keyset_page
from dms.choices import BatchState, DifferenceKind, Severity
from dms.differences import Cell, cells_of
from dms.models import Batch, RowChange
from dms.recognise import explain
from dms.sheets import all_sheets
from dms.wording import title

PAGE_SIZE = 50
BATCHES = 25
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
    tone: str = ""


@dataclass(frozen=True)
class ErrorsPage:
    rows: list
    kinds: list[Link]
    codes: list[Link]  # equal complaints counted, the most frequent first
    first: Link | None  # from the second page on
    next: Link | None
    stored: int  # how many are kept at all; a preview keeps the first ones (dms.services.PREVIEW_ERRORS)


def errors_page(batch, query) -> ErrorsPage:
    """One page of the batch's row errors by row; `query` holds `kind` (a Severity or ""), `code` and `after` (a page token)."""
    kind = query.get("kind", ALL) if query.get("kind") in KINDS else ALL
    code, after = query.get("code", ALL), query.get("after", "")
    found = batch.row_errors.order_by().values_list("severity", "code").annotate(Count("pk"))
    counts = sorted(found, key=lambda line: (line[0] != Severity.ERROR, -line[2], line[1]))
    by_kind = {known: sum(n for severity, _code, n in counts if known in (ALL, severity)) for known in KINDS}
    rows = batch.row_errors.filter(**{name: value for name, value in (("severity", kind), ("code", code)) if value})
    page: KeysetPage = keyset_page(rows, ("row", "id"), after=after, size=PAGE_SIZE)
    here = {"kind": kind, "code": code}
    return ErrorsPage(
        rows=page.rows,
        kinds=[
            _link(batch, "errors", label=label, count=by_kind[known], is_here=known == kind and not code, kind=known)
            for known, label in KINDS.items()
        ],
        codes=[
            _link(
                batch, "errors", label=title(known), count=number, is_here=known == code and severity == kind,
                tone="bad" if severity == Severity.ERROR else "warn", kind=severity, code=known,
            )
            for severity, known, number in counts
            if kind in (ALL, severity)
        ],
        first=_link(batch, "errors", **here) if after else None,
        next=_link(batch, "errors", **here, after=page.next) if page.next else None,
        stored=by_kind[ALL],
    )  # fmt: skip


@dataclass(frozen=True)
class Difference:
    change: RowChange
    cells: list[Cell]


@dataclass(frozen=True)
class DifferencesPage:
    """`shown` is the kind on this page; `stored` of `total` records of it are kept."""

    rows: list[Difference]
    kinds: list[Link]
    shown: str
    first: Link | None
    next: Link | None
    stored: int
    total: int


def differences_page(batch, query) -> DifferencesPage:
    """One page of what a preview would change; `query` holds `show` (a DifferenceKind; else the first there is) and `from`."""
    counts = dict(batch.row_changes.order_by().values_list("kind").annotate(Count("pk")))
    shown = query.get("show", "")
    if shown not in DifferenceKind.values:
        shown = next((kind for kind in DifferenceKind.values if counts.get(kind)), DifferenceKind.CHANGED.value)
    start = query.get("from", "")
    page = keyset_page(batch.row_changes.filter(kind=shown), ("row", "id"), after=start, size=PAGE_SIZE)
    totals = _totals(batch.preview)
    return DifferencesPage(
        rows=[Difference(change, cells_of(change, batch.sheet)) for change in page.rows],
        kinds=[
            _link(batch, "differences", label=kind.label, count=totals[kind], is_here=kind == shown, show=kind)
            for kind in DifferenceKind
        ],
        shown=shown,
        first=_link(batch, "differences", show=shown) if start else None,
        next=_link(batch, "differences", show=shown, **{"from": page.next}) if page.next else None,
        stored=counts.get(shown, 0),
        total=totals[shown],
    )


def _totals(preview):
    records = preview.get("records", {}).values()
    return {
        DifferenceKind.CHANGED: sum(numbers["updated"] for numbers in records),
        DifferenceKind.NEW: sum(numbers["created"] for numbers in records),
        DifferenceKind.CONFLICT: preview.get("conflicts", 0),
    }


def _link(batch, place, *, label="", count=0, is_here=False, tone="", **parameters):
    query = QueryDict(mutable=True)
    query.update({name: value for name, value in parameters.items() if value})
    ending = f"?{query.urlencode()}" if query else ""
    url, fragment = (reverse(name, args=[batch.pk]) + ending for name in ("dms:batch", f"dms:{place}"))
    return Link(f"{url}#{place}", fragment, label, count, is_here, tone)


@dataclass(frozen=True)
class BatchesPage:
    """`is_narrowed`: the reader asked for some sheet or state; then an empty list does not mean that there is nothing."""

    rows: list
    earlier: str  # token of the next page
    sheets: list  # (code, label, chosen?)
    states: list
    is_narrowed: bool


def batches_page(batches, query) -> BatchesPage:
    """One page of imports, the newest first; `query` holds `sheet`, `state` and `before` (a page token)."""
    sheets = [(sheet.code, sheet.label) for sheet in all_sheets()]
    chosen = {
        name: query[name]
        for name, known in (("sheet", dict(sheets)), ("state", BatchState.values))
        if query.get(name) in known
    }
    rows = batches.filter(**chosen).select_related("created_by").defer("columns", "mapping", "cursor", "undo")
    page = keyset_page(rows, ("-id",), after=query.get("before", ""), size=BATCHES)
    return BatchesPage(
        rows=page.rows,
        earlier=page.next,
        sheets=[(code, label, code == chosen.get("sheet")) for code, label in sheets],
        states=[(code, label, code == chosen.get("state")) for code, label in BatchState.choices],
        is_narrowed=bool(chosen),
    )


def same_file(batch) -> Batch | None:
    """The latest other upload of the very same bytes in this store that was not thrown away."""
    others = Batch.objects.filter(store_id=batch.store_id, sha256=batch.sha256).exclude(pk=batch.pk)
    return others.exclude(state=BatchState.CANCELLED).select_related("created_by").order_by("-pk").first()


@dataclass(frozen=True)
class Why:
    """One line of the table "why this kind of list". `is_taken`: how the list is read; `points` None: such lists are not taken in."""

    label: str
    is_taken: bool
    points: int | None
    matched: list[str]
    missing: list[str]
    against: list[str]


def why(batch) -> list[Why]:
    """Every kind of list that the headers could stand for, and what speaks for and against it: how the list is read first, then
    the likeliest; after them the kinds that lack a column, and those that are not taken in."""
    readings, others = explain({column["index"]: column["header"] for column in batch.columns if column["header"]})
    is_other = batch.error_code == "other_list"
    lines = [
        Why(
            str(reading.sheet.label),
            reading.sheet.code == batch.sheet and not is_other,
            reading.points,
            reading.matched,
            reading.missing,
            reading.against,
        )
        for reading in readings
    ]
    taken = batch.error_params.get("kind") if is_other else None
    lines += [Why(str(other.label), other.code == taken, None, said, [], []) for other, said in others]
    return sorted(lines, key=lambda line: not line.is_taken)


def living_customers(rows) -> dict[int, str]:
    """{id: name} of the customers of these rows that still have a page; the floor above is asked by name, never imported."""
    ids = {row.customer_id for row in rows} - {None}
    customers = apps.get_model("customers.Customer").objects.filter(pk__in=ids, is_void=False)
    return dict(customers.values_list("pk", "name"))
