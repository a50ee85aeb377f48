"""The back office of the imports: to be read, never written."""

from django.contrib import admin

from dms.models import Batch


@admin.register(Batch)
class BatchAdmin(admin.ModelAdmin):
    list_display = ["id", "store", "file_name", "sheet", "state", "rows_done", "rows_total", "created_by", "created_at"]
    list_filter = ["state", "sheet", "store"]
    list_select_related = ["store", "created_by"]
    search_fields = ["file_name", "sha256"]
    show_full_result_count = False

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
