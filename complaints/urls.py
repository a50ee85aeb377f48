from django.urls import path

from complaints import views

app_name = "complaints"
urlpatterns = [
    path("", views.index, name="list"),
    path("new/", views.new, name="new"),
    path("<int:pk>/", views.detail, name="detail"),
    path("<int:pk>/note/", views.note, name="note"),
    path("<int:pk>/take-over/", views.take_over, name="take_over"),
    path("<int:pk>/solve/", views.solve, name="solve"),
    path("<int:pk>/asked/", views.asked, name="asked"),
    path("<int:pk>/close/", views.close, name="close"),
    path("<int:pk>/reopen/", views.reopen, name="reopen"),
    path("customers/<int:customer_id>/panel/", views.customer_panel, name="customer_panel"),
]
