"""{% absence_days absence %}: from when to when."""

from django import template

from accounts.absences import days_words

register = template.Library()
register.simple_tag(days_words, name="absence_days")
