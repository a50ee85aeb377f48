"""What belongs to the house as a whole and not to one's desk: is it well, and what was taken out of it."""

from django.urls import path

from office.watch import views as watch

app_name = "house"
urlpatterns = [
    path("healthz", watch.healthz, name="healthz"),
    path("settings/health/", watch.health, name="health"),
]
