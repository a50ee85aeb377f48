from django.urls import path

from office import views

app_name = "office"
urlpatterns = [
    path("", views.notices, name="notices"),
    path("badge/", views.badge, name="badge"),
    path("away/", views.away, name="away"),
    path("read/", views.read_all, name="read_all"),
    path("<int:pk>/open/", views.open_notice, name="open"),
    path("<int:pk>/read/", views.read, name="read"),
]
