from django.urls import path

from customers import views

app_name = "customers"
urlpatterns = [
    path("", views.customer_list, name="list"),
    path("search/", views.search_page, name="search"),
    path("conflicts/", views.conflict_list, name="conflicts"),
    path("conflicts/keep/", views.conflicts_keep, name="conflicts_keep"),
    path("conflicts/<int:pk>/", views.conflict_decide, name="conflict_decide"),
    path("duplicates/", views.duplicate_list, name="duplicates"),
    path("duplicates/<int:pk>/", views.duplicate_decide, name="duplicate_decide"),
    path("outward/", views.outward, name="outward"),
    path("outward/<slug:sheet>/", views.outward_make, name="outward_make"),
    path("outward/<int:pk>/file/", views.outward_download, name="outward_download"),
    path("new/", views.customer_new, name="new"),
    path("<int:pk>/", views.detail, name="detail"),
    path("<int:pk>/timeline/", views.timeline_page, name="timeline"),
    path("<int:pk>/history/", views.history, name="history"),
    path("<int:pk>/edit/", views.customer_edit, name="edit"),
    path("<int:pk>/do-not-call/", views.do_not_call, name="do_not_call"),
    path("<int:pk>/may-call/", views.may_call, name="may_call"),
    path("<int:pk>/phones/new/", views.phone_new, name="phone_new"),
    path("phones/<int:pk>/edit/", views.phone_edit, name="phone_edit"),
    path("phones/<int:pk>/reveal/", views.phone_reveal, name="phone_reveal"),
    path("phones/<int:pk>/verify/", views.phone_verify, name="phone_verify"),
    path("phones/<int:pk>/primary/", views.phone_primary, name="phone_primary"),
    path("phones/<int:pk>/retire/", views.phone_retire, name="phone_retire"),
    path("vehicles/<int:pk>/edit/", views.vehicle_edit, name="vehicle_edit"),
]
