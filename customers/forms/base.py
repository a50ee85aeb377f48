"""What the forms of this app share: layout, and knowing what the editor saw."""

import copy

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Column, Layout, Row
from django import forms
from django.core.exceptions import ValidationError


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


class EditForm(forms.ModelForm):
    """A form over a row that others may edit meanwhile. It carries the values it was opened with, one beside each field
    (`show_hidden_initial`), so only what the editor touched is saved, and only over what the editor saw.
    """

    def __init__(self, *args, instance, **kwargs):
        # A copy: a form that does not validate would leave typed values in the row that the page shows.
        super().__init__(*args, instance=copy.copy(instance), **kwargs)
        for name in self._meta.fields:
            self.fields[name].show_hidden_initial = True

    def changes(self) -> dict:
        """{field: value} of what the editor touched."""
        return {name: self.cleaned_data[name] for name in self._meta.fields if name in self.changed_data}

    def seen(self) -> dict:
        """{field: value} as the editor saw it when the page was opened."""
        seen = {}
        for name in self._meta.fields:
            key = self.add_initial_prefix(name)
            if key in self.data:
                try:
                    seen[name] = self.fields[name].to_python(self.data[key])
                except ValidationError:
                    continue
        return seen

    def reopened(self, stored: dict):
        """The same form with everything typed still in it, opened anew on `stored`: saving it now overwrites knowingly."""
        data = self.data.copy()
        for name, value in stored.items():
            data[self.add_initial_prefix(name)] = self.fields[name].prepare_value(value)
            if value is None:
                data[self.add_initial_prefix(name)] = ""
        return type(self)(data, instance=self.instance, **self.rebuild())

    def rebuild(self) -> dict:
        """Further arguments of the form's class, for `reopened`."""
        return {}

    def word(self, name, value) -> str:
        """A value of the field as the page shows it."""
        choices = dict(getattr(self.fields[name], "choices", ()))
        return str(choices.get(value, "" if value is None else value))
