"""Texts of installed packages that ship no Chinese that Django finds, or none that fits: translated in dcrc/locale, which wins over theirs.

django-filter names its catalogue zh_CN, Django looks for zh_Hans. Nothing imports this file; it is read for its texts.
"""

from django.utils.translation import gettext_noop as _
from django.utils.translation import ngettext

BORROWED = (
    # django-filter
    _("date"),
    _("year"),
    _("month"),
    _("day"),
    _("week day"),
    _("hour"),
    _("minute"),
    _("second"),
    _("contains"),
    _("is in"),
    _("is greater than"),
    _("is greater than or equal to"),
    _("is less than"),
    _("is less than or equal to"),
    _("starts with"),
    _("ends with"),
    _("is in range"),
    _("is null"),
    _("matches regex"),
    _("search"),
    _("is contained by"),
    _("overlaps"),
    _("has key"),
    _("has keys"),
    _("has any keys"),
    _("Select a lookup."),
    _("Range query expects two values."),
    _("Today"),
    _("Yesterday"),
    _("Past 7 days"),
    _("This month"),
    _("This year"),
    _("Multiple values may be separated by commas."),
    _("%s (descending)"),
    _("Ordering"),
    _("Submit"),
    _("Field filters"),
    _("exclude"),
    _("All"),
    _("Unknown"),
    _("Yes"),
    _("No"),
    _("This is an exclusion filter"),
    # Django itself; what it says about passwords is Chinese, but less polite than ours
    _("Your old password was entered incorrectly. Please enter it again."),
    _("Your password can’t be too similar to your other personal information."),
    _("Your password can’t be a commonly used password."),
    _("Your password can’t be entirely numeric."),
    ngettext(
        "Your password must contain at least %(min_length)d character.",
        "Your password must contain at least %(min_length)d characters.",
        8,
    ),
    _("%(model)s instance with %(field)s %(value)r is not a valid choice."),
)
