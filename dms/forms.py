"""The input boundary of the import pages: validates only; services write."""

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from common.templatetags.dcrc import round_size
from dms.recognise import missing_fields
from dms.samples import letters
from dms.sheets import all_sheets, get_sheet


class UploadForm(forms.Form):
    file = forms.FileField(
        label=_("File"),
        max_length=255,
        error_messages={
            "required": _("Choose a file first."),
            "empty": _("This file is empty (0 bytes). Export it again from the DMS."),
            "max_length": _("The file name is longer than 255 characters. Shorten it and try again."),
        },
    )

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > settings.IMPORT_MAX_BYTES:
            raise forms.ValidationError(
                _("This file is larger than %(size)s. Export a shorter period, or without pictures, and try again."),
                params={"size": round_size(settings.IMPORT_MAX_BYTES)},
            )
        return file


class SheetForm(forms.Form):
    """Overrules what was recognised: which sheet this is, and on which worksheet of the workbook."""

    sheet = forms.ChoiceField(label=_("Sheet"))
    worksheet = forms.ChoiceField(label=_("Worksheet"), required=False)

    def __init__(self, *args, batch, **kwargs):
        super().__init__(*args, initial={"sheet": batch.sheet, "worksheet": batch.worksheet}, **kwargs)
        self.fields["sheet"].choices = [(sheet.code, sheet.label) for sheet in all_sheets()]
        names = [batch.worksheet, *batch.other_worksheets] if batch.worksheet else []
        if len(names) > 1:
            self.fields["worksheet"].choices = [(name, name) for name in names]
        else:
            del self.fields["worksheet"]


class MappingForm(forms.Form):
    """Which column of the file feeds which of our fields: one select per column, "" for a column that is not read."""

    def __init__(self, *args, batch, **kwargs):
        super().__init__(*args, **kwargs)
        targets = [("", _("Not used")), *((column.name, column.label) for column in get_sheet(batch.sheet).columns)]
        self.columns = batch.columns
        self.missing = missing_fields(get_sheet(batch.sheet), batch.mapping.values())
        for column in batch.columns:
            self.fields[self.name_of(column)] = forms.ChoiceField(
                label=column["header"] or letters(column["index"]),
                choices=targets,
                required=False,
                initial=batch.mapping.get(str(column["index"]), ""),
                widget=forms.Select(attrs={"class": "form-select", "aria-label": column["header"]}),
            )

    @staticmethod
    def name_of(column):
        return f"column_{column['index']}"

    def clean(self):
        cleaned = super().clean()
        chosen = {column["index"]: cleaned.get(self.name_of(column)) for column in self.columns}
        return {"mapping": {index: name for index, name in chosen.items() if name}}

    @property
    def lines(self):
        """One per column, in the order of the file, for the table."""
        for column in self.columns:
            field = self[self.name_of(column)]
            yield {**column, "letters": letters(column["index"]), "field": field, "is_used": bool(field.value())}

    @property
    def used_count(self):
        return sum(line["is_used"] for line in self.lines)

    @property
    def unused_headers(self):
        return [line["header"] for line in self.lines if not line["is_used"] and line["header"]]
