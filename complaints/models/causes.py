"""Cause: one node of the store's cause tree, shared by complaints, by dissatisfied answers and by what is learned from both."""

from django.db import models
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import StoreOwned
from complaints.choices import Department
from complaints.querysets import CauseQuerySet

DEPTH = 3  # levels of the tree
JOINT = " › "  # between the names of a path


class Cause(StoreOwned):
    """Retired, never deleted: past cases keep their cause. `code` is its identity and stays through renaming and moving.

    `path_zh`, `path_en`, `lineage` (codes from the first level down, joined by "/"), `depth` (1 is the first level) and `place`
    (order of the whole tree) follow from the tree and are written together (services.causes).
    """

    code = models.SlugField(_("Code"), max_length=40)
    parent = models.ForeignKey(
        "self", verbose_name=_("Belongs to"), null=True, blank=True, on_delete=models.PROTECT, related_name="children"
    )
    name_zh = models.CharField(_("Chinese name"), max_length=30)
    name_en = models.CharField(_("English name"), max_length=50)
    department = models.CharField(_("Usual department"), max_length=10, choices=Department, blank=True)
    order = models.PositiveSmallIntegerField(default=0)  # among its siblings
    retired_at = models.DateTimeField(pgettext_lazy("a cause", "Retired at"), null=True, editable=False)
    place = models.PositiveIntegerField(default=0, editable=False)
    depth = models.PositiveSmallIntegerField(default=1, editable=False)
    lineage = models.CharField(max_length=130, editable=False)
    path_zh = models.CharField(max_length=100, editable=False)
    path_en = models.CharField(max_length=160, editable=False)

    objects = CauseQuerySet.as_manager()

    class Meta:
        verbose_name = _("Cause")
        verbose_name_plural = _("Causes")
        default_permissions = ()
        permissions = [("manage_causes", "Can change the cause tree")]
        ordering = ["place", "id"]
        constraints = [
            models.UniqueConstraint(fields=["store", "code"], name="cause_code_in_store"),
            models.CheckConstraint(condition=models.Q(depth__range=(1, DEPTH)), name="cause_depth"),
        ]

    def __str__(self):
        """From the first level down, in the reader's language."""
        return self.path_en if _is_english() else self.path_zh

    @property
    def name(self) -> str:
        """Its own name, in the reader's language."""
        return self.name_en if _is_english() else self.name_zh

    @property
    def root_code(self) -> str:
        """Code of its first level."""
        return self.lineage.partition("/")[0]


def _is_english() -> bool:
    return (get_language() or "").startswith("en")
