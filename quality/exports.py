"""The list of spot checks as a sheet (office.exports)."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from accounts.models import User
from followups.wording import rule_label
from office.exports.lists import Column, ListExport, Selection
from quality.choices import CheckState
from quality.reading.checks import first_day, selected

TAB_LABELS = {
    "call": gettext_lazy("To be called"),
    "differs": gettext_lazy("Differences"),
    "done": pgettext_lazy("spot checks", "Settled"),
    "rates": gettext_lazy("Agreement"),
}
CHECK = (
    Column(gettext_lazy("Customer"), lambda check: check.customer.name),
    Column(gettext_lazy("Topic"), lambda check: rule_label(check.topic)),
    Column(gettext_lazy("Specialist"), lambda check: check.person.full_name),
    Column(gettext_lazy("Call"), lambda check: check.call.at),
    Column(gettext_lazy("Result"), lambda check: check.call.outcome.label),
    Column(gettext_lazy("To be called from"), lambda check: check.next_on if check.state == CheckState.OPEN else None),
    Column(gettext_lazy("Attempts"), lambda check: check.attempts),
    Column(gettext_lazy("Called again at"), lambda check: check.recalled_at),
    Column(gettext_lazy("Called again by"), lambda check: str(check.recalled_by or "")),
    Column(gettext_lazy("State"), lambda check: check.get_state_display()),
    Column(gettext_lazy("Decision"), lambda check: check.get_decision_display()),
)


def checks(asked):
    tab, rows, order = selected(asked.user, asked.query, asked.now.date())
    words = [(_("Spot checks"), str(TAB_LABELS[tab]))]
    if tab == "rates":
        words += _rate_words(asked)
    return Selection(rows, order, CHECK, words, people=lambda check: (check.customer_id,))


def _rate_words(asked):
    words = [(_("From"), first_day(asked.now.date()).isoformat())]
    person, topic = asked.query.get("person", ""), asked.query.get("topic")
    if person.isascii() and person.isdigit() and len(person) < 19:
        names = User.objects.filter(store=asked.store, pk=int(person)).values_list("full_name", flat=True)
        words += [(_("Specialist"), name) for name in names]
    return [*words, (_("Topic"), str(rule_label(topic)))] if topic else words


EXPORTS = [ListExport("checks", gettext_lazy("Spot checks"), "quality.work_checks", "quality:checks", checks)]
