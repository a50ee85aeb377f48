from django.urls import path

from cvp import views

app_name = "cvp"
urlpatterns = [
    path("responses/<int:pk>/", views.response, name="response"),
    path("customers/<int:customer_id>/panel/", views.customer_panel, name="customer_panel"),
]
