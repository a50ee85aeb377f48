"""What a case taught, its measures, and the dials; services write."""

from django import forms
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common.meanwhile import MeanwhileMixin
from complaints.choices import Department
from complaints.forms.steps import StepForm
from complaints.models import LessonDial
from complaints.models.lessons import WHYS
from complaints.reading.causes import cause_choices

PLEASE = ("", _("Please choose"))


class LessonForm(MeanwhileMixin, forms.Form):
    """The lesson of `complaint`, new or written already (`lesson`); a new one begins with what the case says."""

    cause = forms.ChoiceField(label=_("Real cause"))
    department = forms.ChoiceField(label=_("Responsible department"), choices=[PLEASE, *Department.choices])
    person = forms.CharField(
        label=_("Responsible person"),
        max_length=40,
        required=False,
        help_text=_("Whoever did it or left it undone; empty where it was nobody in particular."),
    )
    correction = forms.CharField(label=_("What was put right"), max_length=500, widget=forms.Textarea({"rows": 2}))

    def __init__(self, *args, complaint, lesson=None, **kwargs):
        self.lesson = lesson
        initial = {
            "cause": (lesson or complaint).cause.code,
            "department": (lesson or complaint).department,
            "person": lesson.person if lesson else "",
            "correction": lesson.correction if lesson else complaint.resolution,
        }
        whys = lesson.whys if lesson else []
        initial |= {f"why{place}": whys[place - 1] if place <= len(whys) else "" for place in range(1, WHYS + 1)}
        super().__init__(*args, initial=initial, **kwargs)
        self.opened_on = lesson
        chosen = cause_choices(complaint.store_id)
        kept = (lesson or complaint).cause
        if kept.code not in dict(chosen):
            chosen = [(kept.code, str(kept)), *chosen]
        self.fields["cause"].choices = chosen
        for place in range(1, WHYS + 1):
            self.fields[f"why{place}"] = forms.CharField(
                label=gettext("Why? (%(place)s)") % {"place": place},
                max_length=300,
                required=place == 1,
                widget=forms.Textarea({"rows": 1}),
            )
        self.order_fields(
            ["cause", "department", "person", *[f"why{place}" for place in range(1, WHYS + 1)], "correction"]
        )
        for field in self.fields.values():
            field.widget.attrs["class"] = "form-select" if isinstance(field.widget, forms.Select) else "form-control"

    def watched(self):
        return list(self.fields) if self.lesson else []

    def written(self, name):
        return self.lesson, "whys" if name.startswith("why") else name

    def stored_value(self, name):
        return self.initial[name]

    def whys(self):
        return [self[f"why{place}"] for place in range(1, WHYS + 1)]

    def values(self) -> dict:
        data = self.cleaned_data
        values = {name: data[name] for name in ("cause", "department", "person", "correction")}
        return values | {"whys": [data[f"why{place}"] for place in range(1, WHYS + 1)]}

    def seen(self):
        """On which stored values this save goes."""
        if self.lesson is None:
            return None
        return {name: getattr(self.lesson, name) for name in ("cause", "department", "person", "correction", "whys")}

    def collide(self, stored):
        for name, value in stored.items():
            if name == "cause":
                super().collide({"cause": value.code})
            elif name == "whys":
                whys = [*value, *[""] * WHYS][:WHYS]
                super().collide({f"why{place}": text for place, text in enumerate(whys, start=1)})
            else:
                super().collide({name: value})

    def blame(self, fault):
        """Show a service's refusal at its field."""
        for name, errors in getattr(fault, "error_dict", {"": fault}).items():
            name = "why1" if name == "whys" else name
            self.add_error(name if name in self.fields else None, errors)


class OwnerField(forms.ModelChoiceField):
    def label_from_instance(self, person):
        return person.full_name


class OwnedForm(StepForm):
    """Base of what names an owner and a day."""

    owner = OwnerField(label=pgettext_lazy("a measure", "Owner"), queryset=User.objects.none(), empty_label=PLEASE[1])
    due_on = forms.DateField(
        label=pgettext_lazy("a measure", "Due on"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, *args, store_id, **kwargs):
        super().__init__(*args, **kwargs)
        people = User.objects.filter(store_id=store_id, is_active=True)
        self.fields["owner"].queryset = people.order_by("full_name", "pk")


class MeasureForm(OwnedForm):
    what = forms.CharField(label=_("Measure"), max_length=300, widget=forms.Textarea({"rows": 2}))
    field_order = ["what", "owner", "due_on"]


class ChangeMeasureForm(OwnedForm):
    text = forms.CharField(label=_("Why"), max_length=500, required=False)


class DoneForm(StepForm):
    text = forms.CharField(label=_("What was done"), max_length=500, widget=forms.Textarea({"rows": 2}))


class JudgeForm(StepForm):
    effective = forms.TypedChoiceField(
        label=_("Did it help?"),
        choices=[("yes", pgettext_lazy("a measure", "Effective")), ("no", pgettext_lazy("a measure", "Not effective"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    text = forms.CharField(label=_("By what it is seen"), max_length=500, widget=forms.Textarea({"rows": 2}))


class ReopenMeasureForm(StepForm):
    text = forms.CharField(label=_("Why"), max_length=500)


class DialForm(MeanwhileMixin, forms.ModelForm):
    class Meta:
        model = LessonDial
        fields = [
            "need",
            "radar_days",
            "radar_scope",
            "again_days",
            "check_days",
            "repeat_months",
            "repeat_least",
        ]

    def _post_clean(self):
        """The row itself is the service's to change."""

    def clean(self):
        values = super().clean()
        for name in ("radar_days", "again_days", "check_days", "repeat_months", "repeat_least"):
            if values.get(name) == 0:
                self.add_error(name, _("At least 1."))
        return values
