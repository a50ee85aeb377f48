"""What the pages of the exports show: the sheets that were made, and who saw what. Reads only; as many queries whatever the rows."""

import datetime as dt
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Q
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from audit.choices import AccessKind
from audit.models import Access
from common.paging import keyset_page
from office.choices import JobKind, JobState
from office.exports.lists import all_lists
from office.exports.wording import failure, how_full, what_was_seen
from office.exports.words import sentence
from office.models import Job

PAGE = 50
PATIENCE = dt.timedelta(seconds=30)  # without progress a page says so


@dataclass(frozen=True)
class Sheet:
    """One export as a line. `is_mine`: whose result it is; `can_fetch`: it is there."""

    job: Job
    title: str
    filters: str
    full: bool
    reason: str
    error: str
    is_mine: bool
    can_fetch: bool
    is_quiet: bool


def sheet_of(job, user, now) -> Sheet:
    params, entry = job.params, all_lists().get(job.code)
    return Sheet(
        job=job,
        title=params["title"] or (str(entry.title) if entry else job.code),
        filters=sentence(params["filters"]),
        full=params["full"],
        reason=params["reason"],
        error=failure(job.error) if job.state == JobState.FAILED else "",
        is_mine=job.made_by_id == user.pk,
        can_fetch=job.state == JobState.DONE and bool(job.file),
        is_quiet=job.is_open and (job.heartbeat_at or job.made_at) < now - PATIENCE,
    )


def exports_of(user):
    """Those of the store, whoever made them."""
    return Job.objects.visible_to(user).filter(kind=JobKind.EXPORT).select_related("made_by")


def sheets_page(jobs, user, now, *, after="") -> tuple[list[Sheet], str]:
    page = keyset_page(jobs, ("-id",), after=after, size=PAGE)
    return [sheet_of(job, user, now) for job in page.rows], page.next


# --- Who saw what -------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Seen:
    """One access line. `customer` and `url` where it is about one; `facts` what else it tells; `full` (tone, words)."""

    at: dt.datetime
    who: str
    kind: str
    customer: str
    url: str
    facts: list[str]
    full: tuple[str, str]
    reason: str


# Of a list that was taken out whole there is a line for the sheet and one for each customer in it: the log shows the first.
_OF_ONE_CUSTOMER = Q(kind=AccessKind.EXPORT, customer_id__isnull=False)


def accesses_of(user, customer_id=None):
    """The lines of the store, or those about one customer."""
    lines = Access.objects.visible_to(user)
    return lines.exclude(_OF_ONE_CUSTOMER) if customer_id is None else lines.of_customer(customer_id)


def seen_page(lines, user, *, after="") -> tuple[list[Seen], str]:
    page = keyset_page(lines, ("-at", "-id"), after=after, size=PAGE)
    names = customer_names(user, {line.customer_id for line in page.rows if line.customer_id})
    return [_seen(line, names) for line in page.rows], page.next


def customer_names(user, ids) -> dict[int, tuple[str, str]]:
    return import_string(settings.CUSTOMER_NAMES)(user, ids) if ids else {}


def _seen(line, names) -> Seen:
    gone = (_("a customer who is no longer here"), "") if line.customer_id else ("", "")
    customer, url = names.get(line.customer_id, gone)
    return Seen(
        at=timezone.localtime(line.at),
        who=line.actor_name,
        kind=line.get_kind_display(),
        customer=customer,
        url=url,
        facts=what_was_seen(line),
        full=how_full(line),
        reason=line.params.get("reason", ""),
    )
