from django.urls import path

from dms import views

app_name = "dms"
urlpatterns = [
    path("", views.batch_list, name="list"),
    path("upload/", views.upload, name="upload"),
    path("<int:pk>/", views.batch, name="batch"),
    path("<int:pk>/columns/", views.columns, name="columns"),
    path("<int:pk>/confirm/", views.confirm, name="confirm"),
    path("<int:pk>/cancel/", views.cancel, name="cancel"),
    path("<int:pk>/progress/", views.progress, name="progress"),
    path("<int:pk>/errors/", views.errors, name="errors"),
    path("<int:pk>/conflicts/", views.conflicts, name="conflicts"),
]
