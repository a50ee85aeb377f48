"""The dials in plain words: each rule under its area, what it counts from and when; and the versions, change by change."""

from dataclasses import dataclass

from django.utils.functional import Promise as LazyText
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop, ngettext

from common.paging import keyset_page
from common.templatetags.dcrc import listed
from followups import wording
from followups.choices import Band
from followups.models import DeskDial, DialVersion, RuleDial
from followups.rules import BY_CODE, RULES, Rule
from followups.services.dials import DESK_FIELDS

# Rules by the table they watch: what a manager would call it.
AREAS: dict[str, LazyText] = {
    "customers.Delivery": gettext_lazy("After delivery"),
    "customers.RepairOrder": gettext_lazy("After service"),
    "customers.CarePlan": gettext_lazy("The car: service, warranty, inspection, away for long"),
    "customers.Policy": gettext_lazy("Insurance"),
    "customers.Customer": gettext_lazy("The customer: greetings, lost contact"),
    "complaints.Complaint": gettext_lazy("Complaints"),
}
OTHER_AREA = gettext_lazy("Other rules")
# What a rule counts from, by its anchor.
ANCHORS = {
    "delivered_on": gettext_noop("the day of delivery"),
    "sold_on": gettext_noop("the day of sale"),
    "settled_on": gettext_noop("the day the order was settled"),
    "first_service_on": gettext_noop("the day the first service is expected"),
    "service_on": gettext_noop("the day the next service is expected"),
    "renewal_on": gettext_noop("the day the insurance ends"),
    "warranty_ends_on": gettext_noop("the day the warranty ends"),
    "inspection_on": gettext_noop("the day the inspection is due"),
    "thin_ice_on": gettext_noop("nine months after the last visit"),
    "churn_on": gettext_noop("twelve months after the last visit"),
    "lost_on": gettext_noop("twenty-four months after the last visit"),
    "unreachable_on": gettext_noop("the day on which no number worked any more"),
    "birthday": gettext_noop("the birthday"),
    "solved_on": gettext_noop("the day the complaint was solved"),
    "closed_on": gettext_noop("the day the complaint was closed"),
}


WINDOW_LABELS = {
    "opens": gettext_lazy("May be called from (days)"),
    "due": gettext_lazy("Deadline (days)"),
    "expires": gettext_lazy("No longer useful after (days)"),
}


@dataclass(frozen=True)
class StepWords:
    code: str
    is_on: bool
    words: str
    is_message: bool


@dataclass(frozen=True)
class RuleWords:
    """One rule in words. `about` says what it counts from and how often."""

    code: str
    label: LazyText
    about: str
    steps: list[StepWords]
    weight: int
    patience: int
    daily: int | None
    is_on: bool
    can_change: bool = True


def anchor_words(rule: Rule) -> str:
    if rule.yearly == "date" and rule.anchor in ANCHORS:
        return _("each year: %(day)s") % {"day": _(ANCHORS[rule.anchor])}
    if rule.anchor in ANCHORS:
        return _(ANCHORS[rule.anchor])
    return str(rule.fact._meta.get_field(rule.anchor).verbose_name) if rule.anchor else ""


def about(rule: Rule) -> str:
    """`从交车日算起，每90天一次，共8次`."""
    words = _("counted from %(day)s") % {"day": anchor_words(rule)} if rule.anchor else _("put on the list by hand")
    if rule.every:
        again = ngettext(
            "again every %(days)d days, %(times)d time in all",
            "again every %(days)d days, %(times)d times in all",
            rule.times,
        )
        words = _("%(first)s, %(then)s") % {"first": words, "then": again % {"days": rule.every, "times": rule.times}}
    return words


def offset(days: int) -> str:
    """`第3天`, `当天`, `提前30天`."""
    if days == 0:
        return _("on the day itself")
    if days < 0:
        return ngettext("%(n)d day before", "%(n)d days before", -days) % {"n": -days}
    return ngettext("%(n)d day after", "%(n)d days after", days) % {"n": days}


def window_words(opens: int, due: int, expires: int, *, is_message=False) -> str:
    days = {"opens": offset(opens), "due": offset(due), "expires": offset(expires)}
    if is_message:
        return _("to be sent from %(opens)s on, at best by %(due)s, of no use later than %(expires)s") % days
    return _("may be called from %(opens)s on, deadline %(due)s, of no use later than %(expires)s") % days


def rule_words(rule: Rule, dials: list[RuleDial]) -> RuleWords:
    messages = {step.code: step.is_message for step in rule.steps}
    steps = []
    for dial in sorted(dials, key=lambda dial: dial.opens):
        is_message = messages.get(dial.step, False)
        words = window_words(dial.opens, dial.due, dial.expires, is_message=is_message)
        steps.append(StepWords(dial.step, dial.is_on, words, is_message))
    return RuleWords(
        rule.code,
        rule.label,
        about(rule),
        steps,
        min(dial.weight for dial in dials),
        min(dial.patience for dial in dials),
        min((dial.daily for dial in dials if dial.daily is not None), default=None),
        any(dial.is_on for dial in dials),
    )


def areas_of(store) -> list[tuple[LazyText, list[RuleWords]]]:
    """(area, its rules in words), in the order of the areas. One query."""
    dials = dials_by_rule(store)
    found = {}
    for rule in RULES:
        if rule.code in dials:
            area = AREAS.get(rule.fact._meta.label, OTHER_AREA)
            found.setdefault(area, []).append(rule_words(rule, dials[rule.code]))
    order = [*AREAS.values(), OTHER_AREA]
    return [(area, found[area]) for area in order if area in found]


def dials_by_rule(store) -> dict[str, list[RuleDial]]:
    dials = {}
    for dial in RuleDial.objects.filter(store=store).order_by("rule", "opens", "step"):
        dials.setdefault(dial.rule, []).append(dial)
    return dials


def desk_words(dial: DeskDial) -> list[tuple[str, str]]:
    """(what, value) of the desk's numbers."""
    return [
        (str(DeskDial._meta.get_field(name).verbose_name), value_words(name, getattr(dial, name)))
        for name in DESK_FIELDS
    ]


# --- Versions -----------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class VersionWords:
    version: DialVersion
    lines: list[str]
    is_latest: bool


def versions_of(store, after: str = "") -> tuple[list[VersionWords], str]:
    """(versions, newest first, and the token of the next page)."""
    latest = DialVersion.objects.filter(store=store).order_by("-number").values_list("number", flat=True).first()
    versions = DialVersion.objects.filter(store=store).select_related("by").defer("dials")
    page = keyset_page(versions, ("-number",), after=after, size=20)
    return [
        VersionWords(row, [change_words(change) for change in row.changes], row.number == latest) for row in page.rows
    ], page.next


def change_words(change: dict) -> str:
    """`维修后3日回访：截止日 3 → 4`."""
    model = RuleDial if change["rule"] else DeskDial
    name = change["field"]
    field = WINDOW_LABELS.get(name) or (model._meta.get_field(name).verbose_name if name in _names(model) else name)
    pair = {"old": value_words(name, change["old"]), "new": value_words(name, change["new"])}
    words = _("%(field)s %(old)s → %(new)s") % {"field": field, **pair}
    if not change["rule"]:
        return words
    rule = str(wording.rule_label(change["rule"]))
    several = change["rule"] in BY_CODE and len(BY_CODE[change["rule"]].steps) > 1
    what = _("%(rule)s (step %(step)s)") % {"rule": rule, "step": change["step"]} if several else rule
    return _("%(when)s: %(why)s") % {"when": what, "why": words}


def _names(model) -> set[str]:
    return {field.name for field in model._meta.fields}


def value_words(name: str, value) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if value is None:
        return _("no limit")
    if name == "bands":
        spans = (f"{Band(code).label} {start}–{end}" for code, (start, end) in value.items() if code in Band.values)
        return listed(spans)
    return str(value)
