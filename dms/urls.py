from django.urls import path

from dms import views
from dms.inbox import views as inbox

app_name = "dms"
urlpatterns = [
    path("", views.batch_list, name="list"),
    path("upload/", views.upload, name="upload"),
    path("folder/", inbox.inbox, name="inbox"),
    path("folder/<int:pk>/", inbox.report, name="inbox_report"),
    path("folder/<int:pk>/retry/", inbox.retry, name="inbox_retry"),
    path("<int:pk>/", views.batch, name="batch"),
    path("<int:pk>/columns/", views.columns, name="columns"),
    path("<int:pk>/columns/forget/", views.forget_columns, name="forget_columns"),
    path("<int:pk>/confirm/", views.confirm, name="confirm"),
    path("<int:pk>/cancel/", views.cancel, name="cancel"),
    path("<int:pk>/progress/", views.progress, name="progress"),
    path("<int:pk>/errors/", views.errors, name="errors"),
    path("<int:pk>/errors/rows/", views.error_rows, name="error_rows"),
    path("<int:pk>/differences/", views.differences, name="differences"),
    path("<int:pk>/undo/", views.undo_import, name="undo"),
    path("<int:pk>/remnants/", views.remnants, name="remnants"),
    path("<int:pk>/conflicts/", views.conflicts, name="conflicts"),
]
