"""The list of complaints as a sheet (office.exports)."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from complaints.forms import FilterForm
from complaints.lists import SCOPES, scope_of, scoped
from office.exports.lists import Column, Kind, ListExport, Selection
from office.exports.words import filter_words

COMPLAINT = (
    Column(pgettext_lazy("complaints", "Number"), lambda row: row.number, Kind.CODE),
    Column(gettext_lazy("Complaint no. in the DMS"), lambda row: row.dms_no, Kind.CODE),
    Column(gettext_lazy("Customer"), lambda row: row.customer.name),
    Column(gettext_lazy("Plate"), lambda row: row.vehicle and row.vehicle.plate, Kind.PLATE),
    Column("VIN", lambda row: row.vehicle and row.vehicle.vin, Kind.VIN),
    Column(gettext_lazy("Cause"), lambda row: str(row.cause)),
    Column(gettext_lazy("What the customer says"), lambda row: row.summary),
    Column(gettext_lazy("Severity"), lambda row: row.get_severity_display()),
    Column(gettext_lazy("Department"), lambda row: row.get_department_display()),
    Column(gettext_lazy("State"), lambda row: row.get_state_display()),
    Column(gettext_lazy("Handler"), lambda row: str(row.handler or "")),
    Column(pgettext_lazy("complaints", "Deadline"), lambda row: row.deadline_at),
    Column(gettext_lazy("Opened at"), lambda row: row.opened_at),
    Column(gettext_lazy("Opened by"), lambda row: str(row.opened_by or "")),
    Column(gettext_lazy("Solved at"), lambda row: row.solved_at),
    Column(gettext_lazy("Closed at"), lambda row: row.closed_at),
    Column(gettext_lazy("Resolution"), lambda row: row.resolution),
)


def complaints(asked):
    scope, filters = scope_of(asked.query), FilterForm(asked.query, store_id=asked.user.store_id)
    rows = filters.narrowed(scoped(asked.user, asked.now)[scope])
    label, order = SCOPES[scope]
    words = [(_("Complaints"), str(label)), *filter_words(filters)]
    return Selection(rows, order, COMPLAINT, words, people=lambda row: (row.customer_id,))


EXPORTS = [
    ListExport("complaints", gettext_lazy("Complaints"), "complaints.view_complaint", "complaints:list", complaints),
]
