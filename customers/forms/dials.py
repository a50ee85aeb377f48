"""The dials of customers' files: segments, and the rule of the archive number."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from customers.forms.base import helper
from customers.models import FileDial
from customers.services.archive import check_rule


class FileDialForm(forms.ModelForm):
    class Meta:
        model = FileDial
        fields = ["months", "segment_a", "segment_b", "segment_c", "archive_rule"]
        help_texts = {
            "archive_rule": _(
                "{store}, {year} and {seq:05} are filled in; numbers that were given stay. Files that have none get theirs by the worker."
            )
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = helper("months", ("segment_a", "segment_b", "segment_c"), "archive_rule")

    def clean_archive_rule(self):
        rule = self.cleaned_data["archive_rule"]
        check_rule(rule, self.instance.store)
        return rule

    def clean(self):
        data = super().clean()
        steps = [data.get(name) for name in ("segment_a", "segment_b", "segment_c")]
        if None not in steps and not steps[0] > steps[1] > steps[2]:
            self.add_error("segment_b", ValidationError(_("A must need more visits than B, and B more than C.")))
        return data
