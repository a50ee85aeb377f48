from django.urls import path

from followups.views import calls, deeds, desk, effects, items, queue

app_name = "followups"
urlpatterns = [
    path("", queue.queue, name="queue"),
    path("next/", queue.take_next, name="take_next"),
    path("cards/<int:pk>/take/", queue.take, name="take"),
    path("cards/<int:pk>/", desk.desk, name="desk"),
    path("cards/<int:pk>/save/", desk.save, name="save"),
    path("cards/<int:pk>/attempt/", desk.attempt, name="attempt"),
    path("cards/<int:pk>/number/", deeds.correct_phone, name="correct_phone"),
    path("cards/<int:pk>/skip/", deeds.skip, name="skip"),
    path("cards/<int:pk>/release/", deeds.release, name="release"),
    path("cards/<int:pk>/renew/", deeds.renew, name="renew"),
    path("cards/<int:pk>/draft/", deeds.draft, name="draft"),
    path("cards/<int:pk>/draft/discard/", deeds.discard_draft, name="discard_draft"),
    path("calls/<int:pk>/", calls.call, name="call"),
    path("calls/<int:pk>/undo/", calls.undo, name="undo"),
    path("customers/<int:customer_id>/panel/", calls.customer_panel, name="customer_panel"),
    path("customers/<int:customer_id>/plan/", items.plan, name="plan"),
    path("imports/<int:batch_id>/effect/", effects.import_effect, name="import_effect"),
    path("items/", items.items, name="items"),
]
