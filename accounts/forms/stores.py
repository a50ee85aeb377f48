from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.base import ChangesMixin, helper
from accounts.models import Store


class StoreForm(ChangesMixin, forms.ModelForm):
    """The code is chosen once: files, commands and other systems refer to it."""

    class Meta:
        model = Store
        fields = ["code", "name", "short_name", "hotline", "live_on", "time_zone", "is_active"]
        error_messages = {"code": {"unique": _("There is a store with this code already. Choose another one.")}}
        widgets = {"live_on": forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        rows = [("name", "short_name"), ("hotline", "live_on"), "time_zone"]
        if self.instance.pk:
            del self.fields["code"]
            self.helper = helper(*rows, "is_active")
        else:
            del self.fields["is_active"]
            self.helper = helper("code", *rows)
