"""Which of two files stays, and which value of each field."""

from django import forms

from customers.merging import BOTH, FIELDS, GONE, KEPT, PRIMARY

SIDES = ("first", "second")


class MergeForm(forms.Form):
    """`page` is a customers.merging.SideBySide; a field nobody chose for stands as the page proposes."""

    keep = forms.ChoiceField(choices=[(side, side) for side in SIDES])
    seen = forms.CharField(max_length=40)

    def __init__(self, data=None, *, page):
        super().__init__(data)
        self.page = page
        self.kept = page.kept
        if data is not None:
            self.kept = data["keep"] if data.get("keep") in SIDES else page.kept
        for row in page.rows:
            names = (*SIDES, BOTH) if row.both else SIDES
            self.fields[f"choice-{row.name}"] = forms.ChoiceField(
                choices=[(name, name) for name in names], required=False
            )
            chosen = (data or {}).get(f"choice-{row.name}", "")
            row.chosen = chosen if chosen in names else row.chosen

    def reopened(self, page):
        """The form on what is stored by now, with what was chosen."""
        return MergeForm(self.data, page=page)

    def kept_and_gone(self, pair):
        return (pair.first, pair.second) if self.kept == "first" else (pair.second, pair.first)

    def choices(self) -> dict:
        """As customers.services.merging takes them."""
        chosen = {row.name: row.chosen for row in self.page.rows if row.name in (*FIELDS, PRIMARY)}
        return {name: side if side == BOTH else KEPT if side == self.kept else GONE for name, side in chosen.items()}
