"""{% deadline complaint now %}: the countdown of one complaint as a tag."""

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from complaints.wording import deadline_of, told_by

register = template.Library()


@register.simple_tag
def deadline(complaint, now):
    left = deadline_of(complaint, now)
    return format_html('<span class="tag deadline {}">{}</span>', left.tone, left.words) if left else ""


STATE_TONES = {
    "received": "warn",
    "handling": "info",
    "solved": "good",
    "confirmed": "good",
    "forced": "bad",
    "appealed": "warn",
}
NOTE_TONES = {
    "solved": "good",
    "closed": "good",
    "recontacted": "good",
    "reopened": "bad",
    "returned": "bad",
    "emergency": "bad",
    "escalated": "bad",
    "forced": "bad",
    "closed_unasked": "warn",
    "rejected": "warn",
    "warned": "warn",
    "waiting": "warn",
    "lapsed": "warn",
}
URLS = {"takeover": "take_over"}  # the others are called like their deed
SEVERITY_TONES = {"serious": "warn", "major": "bad"}


@register.simple_tag
def state_tag(complaint):
    return format_html(
        '<span class="tag {}">{}</span>', STATE_TONES.get(complaint.state, ""), complaint.get_state_display()
    )


@register.simple_tag
def severity_tag(complaint):
    return format_html(
        '<span class="tag {}">{}</span>', SEVERITY_TONES.get(complaint.severity, ""), complaint.get_severity_display()
    )


MEASURE_TONES = {"done": "info", "effective": "good", "ineffective": "bad"}


@register.simple_tag
def measure_tag(measure, is_late=False):
    """The state of a measure; an open one that is late says so."""
    words = _("overdue") if is_late else measure.get_state_display()
    return format_html(
        '<span class="tag {}">{}</span>', "bad" if is_late else MEASURE_TONES.get(measure.state, ""), words
    )


@register.simple_tag
def repeat_tag(repeats, customer_id):
    """ "3 times" beside a customer who complains again and again; `repeats` of complaints.reading.repeats."""
    repeat = repeats.get(customer_id)
    if repeat is None:
        return ""
    words = _("%(count)s complaints in %(months)s months") % {"count": repeat.count, "months": repeat.months}
    times = pgettext("a customer's complaints", "%(count)s times") % {"count": repeat.count}
    return format_html(' <span class="tag bad" title="{}">{}</span>', words, times)


PENALTY_TONES = {"proposed": "warn", "imposed": "bad", "appealed": "info", "upheld": "bad"}


@register.simple_tag
def penalty_tag(penalty):
    tone = PENALTY_TONES.get(penalty.state, "")
    return format_html('<span class="tag {}">{}</span>', tone, penalty.get_state_display())


@register.simple_tag
def note_tone(note):
    return NOTE_TONES.get(note.code, "info")


@register.filter
def told(note):
    """What a note of the system says beyond its title."""
    return told_by(note)


@register.simple_tag
def step_url(code, pk):
    return reverse(f"complaints:{URLS.get(code, code)}", args=[pk])
