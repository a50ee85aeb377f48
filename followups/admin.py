"""Read-only back office: what stands in the tables, for support. Nothing is changed here."""

from django.contrib import admin

from followups.models import Call, CallCard, DueItem, GenerationRun


class ReadOnly(admin.ModelAdmin):
    list_per_page = 50
    show_full_result_count = False

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(CallCard)
class CallCardAdmin(ReadOnly):
    list_display = ["customer_id", "store", "is_open", "callable_at", "rank", "items_open", "lease_by", "lease_until"]
    list_filter = ["store", "is_open"]


@admin.register(DueItem)
class DueItemAdmin(ReadOnly):
    list_display = ["rule", "fact_id", "round", "customer_id", "due_on", "state", "reason", "attempts"]
    list_filter = ["store", "rule", "state"]


@admin.register(Call)
class CallAdmin(ReadOnly):
    list_display = ["at", "by", "customer_id", "level", "outcome", "undone_at"]
    list_filter = ["store", "level"]


@admin.register(GenerationRun)
class GenerationRunAdmin(ReadOnly):
    list_display = ["store", "day", "runs", "finished_at"]
    list_filter = ["store"]
