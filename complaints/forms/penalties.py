"""What is typed about a penalty; services judge."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from complaints.choices import FileKind, PenaltyKind
from complaints.forms.lessons import OwnerField
from complaints.models import ComplaintFile


class _Dressed(forms.Form):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs["class"] = "form-select" if isinstance(field.widget, forms.Select) else "form-control"


class ProposeForm(_Dressed):
    person = OwnerField(
        label=_("Person concerned"),
        queryset=User.objects.none(),
        required=False,
        empty_label=_("Somebody without an account"),
    )
    name = forms.CharField(label=_("Name, where there is no account"), max_length=40, required=False)
    kind = forms.ChoiceField(label=_("Kind of penalty"), choices=PenaltyKind)
    amount = forms.IntegerField(
        label=_("Amount (yuan)"), min_value=1, max_value=99999, required=False, help_text=_("Only of a fine.")
    )
    grounds = forms.CharField(label=_("Grounds"), max_length=500, widget=forms.Textarea({"rows": 3}))

    def __init__(self, *args, store_id, **kwargs):
        super().__init__(*args, **kwargs)
        people = User.objects.filter(store_id=store_id, is_active=True)
        self.fields["person"].queryset = people.order_by("full_name", "pk")


class WordsForm(_Dressed):
    text = forms.CharField(label=_("In her own words"), max_length=1000, widget=forms.Textarea({"rows": 3}))


class DecideForm(_Dressed):
    text = forms.CharField(label=_("Reasons"), max_length=1000, widget=forms.Textarea({"rows": 3}))
    to = forms.ChoiceField(choices=[("yes", ""), ("no", "")], widget=forms.HiddenInput)


class ProofField(forms.ModelChoiceField):
    def label_from_instance(self, file):
        return file.attachment.name


class AppealForm(_Dressed):
    proof = ProofField(
        label=_("The customer's signed confirmation"), queryset=ComplaintFile.objects.none(), empty_label=None
    )
    text = forms.CharField(label=_("Why it is not right"), max_length=1000, widget=forms.Textarea({"rows": 3}))

    def __init__(self, *args, complaint, **kwargs):
        super().__init__(*args, **kwargs)
        files = ComplaintFile.objects.filter(complaint=complaint, kind=FileKind.CONFIRMATION)
        self.fields["proof"].queryset = files.select_related("attachment").order_by("-pk")
