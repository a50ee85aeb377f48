"""{{ amount|money }}: yuan as the reception writes them."""

from django import template

from reception.wording import money as _money

register = template.Library()


@register.filter
def money(amount) -> str:
    return _money(amount)
