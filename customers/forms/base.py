"""What the forms of this app share: layout, and days."""

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Column, Layout, Row
from django import forms

from common.meanwhile import MeanwhileMixin


def helper(*rows):
    """A crispy helper without the form tag; each row is one field name or a tuple of names side by side."""
    made = FormHelper()
    made.form_tag = False
    made.disable_csrf = True
    made.layout = Layout(
        *(row if isinstance(row, str) else Row(*(Column(name, css_class="col-sm") for name in row)) for row in rows)
    )
    return made


class DayInput(forms.DateInput):
    """A date field of the browser; its value is always ISO, whatever the language."""

    input_type = "date"

    def __init__(self, **kwargs):
        super().__init__(format="%Y-%m-%d", **kwargs)


class EditForm(MeanwhileMixin, forms.ModelForm):
    """A form over a row that others may edit meanwhile: only what the editor touched is saved (common.meanwhile)."""

    def changes(self) -> dict:
        """{field: value} of what the editor touched."""
        return {name: self.cleaned_data[name] for name in self._meta.fields if name in self.touched}
