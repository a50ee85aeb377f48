"""{% questions version prefix="t12-" values=answers errors=errors %}: a questionnaire inside any form."""

from django import template

from cvp.forms import question_fields

register = template.Library()


@register.inclusion_tag("cvp/_questions.html")
def questions(version, prefix="", values=None, errors=None):
    """See cvp.forms.question_fields. Opens no form of its own."""
    return {
        "version": version,
        "prefix": prefix,
        "fields": question_fields(version, prefix=prefix, values=values, errors=errors),
    }
