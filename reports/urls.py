from django.urls import path

from reports import views

app_name = "reports"
urlpatterns = [
    path("", views.day, name="day"),
    path("rows/", views.rows, name="rows"),
]
