from django.urls import path

from reception import views

app_name = "reception"
urlpatterns = [
    path("", views.board, name="board"),
    path("search/", views.search, name="search"),
    path("customers/<int:customer_id>/", views.person, name="person"),
    path("customers/<int:customer_id>/expect/", views.expect, name="expect"),
    path("customers/<int:customer_id>/expect/panel/", views.expect_panel, name="expect_panel"),
    path("customers/<int:customer_id>/arrive/", views.arrive, name="arrive"),
    path("customers/<int:customer_id>/settle/", views.settle, name="settle"),
    path("customers/<int:customer_id>/confirm/", views.confirm, name="confirm"),
    path("customers/<int:customer_id>/work/", views.propose, name="propose"),
    path("settled/<int:pk>/undo/", views.unsettle, name="unsettle"),
    path("<int:pk>/<slug:step>/", views.step, name="step"),
    path("<int:pk>/note/add/", views.add_note, name="add_note"),
    path("notes/<int:pk>/", views.note, name="note"),
    path("decisions/<int:pk>/", views.decision, name="decision"),
    path("work/<int:pk>/", views.slip, name="slip"),
    path("work/<int:pk>/decide/", views.decide, name="decide"),
]
