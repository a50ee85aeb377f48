from django.urls import path

from reports.views import callback, figures

app_name = "reports"
urlpatterns = [
    path("", figures.day, name="day"),
    path("rows/", figures.rows, name="rows"),
    path("callbacks/", callback.callback, name="callback"),
    path("callbacks/export/", callback.callback_export, name="callback_export"),
]
