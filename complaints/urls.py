from django.urls import path

from complaints.views import cases

app_name = "complaints"
urlpatterns = [
    path("", cases.index, name="list"),
    path("new/", cases.new, name="new"),
    path("<int:pk>/", cases.detail, name="detail"),
    path("<int:pk>/note/", cases.note, name="note"),
    path("<int:pk>/take-over/", cases.take_over, name="take_over"),
    path("<int:pk>/solve/", cases.solve, name="solve"),
    path("<int:pk>/asked/", cases.asked, name="asked"),
    path("<int:pk>/close/", cases.close, name="close"),
    path("<int:pk>/reopen/", cases.reopen, name="reopen"),
    path("customers/<int:customer_id>/panel/", cases.customer_panel, name="customer_panel"),
]
