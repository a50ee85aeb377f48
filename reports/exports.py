"""The rows behind a figure as a sheet (office.exports), those of the callback report among them: each in the columns of its own list."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from complaints.exports import COMPLAINT
from complaints.models import Complaint
from customers.exports import CUSTOMER
from customers.models import Customer
from customers.reading import list_rows
from customers.search import with_contents
from followups.exports import call_selection, item_selection
from followups.models import Call, DueItem, Skip
from office.exports.lists import Column, ListExport, NoSuchList, Selection
from reports.reading.figures import NoSuchRows, chosen

SKIP = (
    Column(gettext_lazy("When"), lambda skip: skip.at),
    Column(gettext_lazy("Customer"), lambda skip: skip.card.customer.name),
    Column(pgettext_lazy("figures", "Person"), lambda skip: skip.by.full_name),
    Column(gettext_lazy("Reason"), lambda skip: skip.get_reason_display()),
    Column(pgettext_lazy("on a call", "Note"), lambda skip: skip.note),
)


def figure_rows(asked):
    try:
        number = chosen(asked.store, asked.query, asked.now)
    except NoSuchRows:
        raise NoSuchList from None
    rows, title = number.rows, str(number.figure.label)
    words = _words(number, rows)
    if rows.model is DueItem:
        return item_selection(rows, asked, words, title)
    if rows.model is Call:
        return call_selection(rows, words, title)
    return _of_records(rows, asked, words, title)


def _of_records(rows, asked, words, title):
    told = {"filters": words, "title": title}
    if rows.model is Customer:
        how = {"today": asked.now.date(), "zone": asked.now.tzinfo}
        return Selection(
            with_contents(rows),
            ("-id",),
            CUSTOMER,
            read=lambda page: list_rows(page, **how),
            people=lambda row: (row.customer.pk,),
            **told,
        )
    if rows.model is Complaint:
        rows = rows.select_related("customer", "vehicle", "handler", "opened_by")
        return Selection(rows, ("-id",), COMPLAINT, people=lambda row: (row.customer_id,), **told)
    if rows.model is Skip:
        rows = rows.select_related("card__customer", "by")
        return Selection(rows, ("-id",), SKIP, people=lambda row: (row.card.customer_id,), **told)
    raise NoSuchList


def _words(number, rows):
    """The period, the parts where they have rows (reading.figures.Chosen.parts), and how the number is counted."""
    scope = number.scope
    days = f"{scope.end}" if scope.start == scope.end else f"{scope.start} – {scope.end}"
    words = [(_("Period"), _("at this moment") if number.figure.source.is_stock else f"{number.period} {days}")]
    if number.keys and rows.exists():
        words += [(_("Part"), str(part)) for part in number.parts]
    return [*words, (_("Formula"), str(number.figure.formula))]


EXPORTS = [
    ListExport("figure", gettext_lazy("Rows behind a figure"), "reports.view_figures", "reports:rows", figure_rows),
]
