"""One cause as it is written. The services judge where it may stand."""

from django import forms
from django.utils.translation import gettext_lazy as _

from common.meanwhile import MeanwhileMixin
from complaints.models import Cause
from complaints.models.causes import DEPTH
from complaints.reading.causes import STEP_IN
from complaints.services.causes import FALLBACK, FIELDS


class PlaceField(forms.ModelChoiceField):
    def label_from_instance(self, cause):
        return STEP_IN * (cause.depth - 1) + cause.name


class CauseForm(MeanwhileMixin, forms.ModelForm):
    parent = PlaceField(
        label=_("Belongs to"), queryset=Cause.objects.none(), required=False, empty_label=_("First level, on its own")
    )

    class Meta:
        model = Cause
        fields = FIELDS
        help_texts = {
            "name_zh": _("Short: it stands in lists and on the desk. Past cases are called so too."),
            "department": _(
                "Proposed where a complaint of this cause is taken down. Empty: it has to be chosen each time."
            ),
        }

    def __init__(self, *args, store_id, instance=None, **kwargs):
        super().__init__(*args, instance=instance, **kwargs)
        above = Cause.objects.active().filter(store_id=store_id, depth__lt=DEPTH)
        if instance is not None:
            above = above.exclude(pk__in=Cause.objects.within(instance).values("pk"))
            above |= Cause.objects.filter(pk=instance.parent_id)
        self.fields["parent"].queryset = above.order_by("place")
        if instance is not None and instance.code == FALLBACK:
            del self.fields["parent"]

    def _post_clean(self):
        """The row itself is the service's to change."""

    def values(self) -> dict:
        return {name: self.cleaned_data[name] for name in FIELDS if name in self.cleaned_data}
