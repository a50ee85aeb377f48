from django.urls import path

from customers import views

app_name = "customers"
urlpatterns = [
    path("", views.customer_list, name="list"),
    path("search/", views.search_page, name="search"),
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
