"""What the forms of this app share."""

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Column, Layout, Row

from common.meanwhile import MeanwhileMixin


def helper(*rows):
    """A crispy helper without the form tag; each row is one field name or a tuple of names side by side."""
    made = FormHelper()
    made.form_tag = False
    made.disable_csrf = True
    made.layout = Layout(*(_row(row) for row in rows))
    return made


def _row(row):
    if isinstance(row, str):
        return row
    return Row(*(Column(name, css_class="col-sm") for name in row))


class ChangesMixin(MeanwhileMixin):
    """A ModelForm that hands its values to a service instead of saving."""

    def changes(self):
        """{field: value} of the model's fields in this form: of a record that is there what was touched, of a new one all."""
        values = {name: self.cleaned_data[name] for name in self._meta.fields if name in self.cleaned_data}
        if self.opened_on is None:
            return values
        return {name: value for name, value in values.items() if name in self.touched}
