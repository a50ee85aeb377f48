from django.urls import path

from complaints.views import cases, causes

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
    path("causes/", causes.tree, name="causes"),
    path("causes/new/", causes.new, name="cause_new"),
    path("causes/<int:pk>/", causes.edit, name="cause"),
    path("causes/<int:pk>/move/", causes.move, name="cause_move"),
    path("causes/<int:pk>/retire/", causes.retire, name="cause_retire"),
    path("causes/<int:pk>/revive/", causes.revive, name="cause_revive"),
    path("customers/<int:customer_id>/panel/", cases.customer_panel, name="customer_panel"),
]
