"""What was taken out of the house, and who saw what."""

from django.urls import path

from office.exports import views

app_name = "exports"
urlpatterns = [
    path("", views.mine, name="mine"),
    path("store/", views.everybodys, name="everybodys"),
    path("accesses/", views.accesses, name="accesses"),
    path("accesses/customers/<int:customer_id>/", views.customer_accesses, name="customer_accesses"),
    path("new/<slug:code>/", views.export_new, name="new"),
    path("<int:pk>/", views.export, name="export"),
    path("<int:pk>/progress/", views.progress, name="progress"),
    path("<int:pk>/file/", views.export_file, name="file"),
]
