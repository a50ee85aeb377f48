"""The kind of job that builds a sheet (office.jobs): the rights are looked at again, the list selects as of the moment it was asked for."""

from django.conf import settings
from django.http import QueryDict
from django.utils import timezone, translation

from audit.choices import AccessKind
from audit.models import Access
from audit.services import record_accesses, record_export
from common.masking import sheltered_words
from office import jobs
from office.choices import Severity
from office.exports.collecting import CHUNK, collect
from office.exports.lists import Asked, NoSuchList, all_lists
from office.exports.sheet import Top, facts_line, write_sheet
from office.exports.words import sentence
from office.services import notify_person

MODEL = "office.job"


def build(job, path, tell) -> int:
    """Write the sheet, as the maker reads it; gives the number of rows."""
    entry, person, params = all_lists().get(job.code), job.made_by, job.params
    may = person.is_active and entry is not None and person.store_id == job.store_id and entry.opens_to(person)
    if not may or (params["full"] and not person.has_perm("office.export_unmasked")):
        raise jobs.GaveUp("no_right")
    zone = job.store.zone
    with translation.override(params["language"]), timezone.override(zone):
        asked = Asked(person, QueryDict(params["query"]), job.made_at.astimezone(zone))
        try:
            selection = entry.select(asked)
        except NoSuchList:
            raise jobs.GaveUp("gone") from None
        how = {"is_full": params["full"], "zone": zone, "most": settings.EXPORT_MAX_ROWS}
        # Half of the way is reading, half is writing.
        found = collect(selection, **how, folder=jobs.folder(), tell=lambda read: tell(read // 2))
        with found.file:
            title = selection.title or str(entry.title)
            facts = facts_line(
                store=job.store,
                person=person.full_name,
                at=asked.now,
                rows=found.count,
                is_full=params["full"],
                reason=params["reason"],
            )
            filters = sentence(selection.filters)
            if not params["full"]:
                filters = sheltered_words(filters)  # somebody may have searched for a number
            filters = translation.gettext("Filters: %(filters)s") % {"filters": filters}
            mark = f"{job.store} · {person.full_name} · {asked.now:%Y-%m-%d %H:%M}"
            labels = [str(column.label) for column in selection.columns]
            top, half = Top(title, facts, filters, mark), found.count // 2
            write_sheet(path, top, labels, found, made_at=job.made_at, tell=lambda written: tell(half + written // 2))
    if params["full"]:
        _name_people(job, sorted(found.people), lambda: tell(found.count))
    return found.count


def _name_people(job, ids, alive):
    """Whose data left in full is asked by customer one day: a line each. A job that begins again writes no second one."""
    for start in range(0, len(ids), CHUNK):
        some = set(ids[start : start + CHUNK])
        lines = Access.objects.of_customers(some).filter(kind=AccessKind.EXPORT, params__job=job.pk)
        fresh = sorted(some - set(lines.values_list("customer_id", flat=True)))
        told = {"list": job.code, "job": job.pk, "reason": job.params["reason"]}
        how = {"store_id": job.store_id, "by": job.made_by, "kind": AccessKind.EXPORT, "params": told}
        record_accesses("customers.customer", fresh, **how)
        alive()


def done(job):
    """One line for the sheet; the maker is told, if she did not wait for it."""
    params = {name: job.params[name] for name in ("full", "reason", "filters", "title")}
    params |= {"list": job.code, "rows": job.total}
    record_export(MODEL, job.pk, store_id=job.store_id, by=job.made_by, params=params)
    if not job.params["at_once"]:
        _tell(job, "export_done", Severity.INFO)


def failed(job):
    _tell(job, "export_failed", Severity.WARNING)


def _tell(job, code, severity):
    told = {
        "code": code,
        "key": f"export-{job.pk}",
        "severity": severity,
        "url_name": "exports:export",
        "url_args": [job.pk],
    }
    params = {"title": job.params["title"], "rows": job.total, "error": job.error}
    notify_person(job.made_by, store=job.store, params=params, **told)
