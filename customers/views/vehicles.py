"""Edit a vehicle."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from audit.choices import Source
from audit.meanwhile import rescues, told
from customers.forms import VehicleForm
from customers.models import Vehicle
from customers.services import ChangedMeanwhile, update_vehicle


@require_http_methods(["GET", "POST"])
@permission_required("customers.change_customer", raise_exception=True)
@rescues(Vehicle, VehicleForm)
def vehicle_edit(request, pk):
    owned = Vehicle.objects.visible_to(request.user).alive().filter(owner__is_void=False)
    vehicle = get_object_or_404(owned.select_related("owner"), pk=pk)
    customer = vehicle.owner
    form = VehicleForm(request.POST or None, instance=vehicle, today=timezone.localdate())
    if request.method == "POST" and form.is_valid():
        how = {"by": request.user, "source": Source.FORM, "now": timezone.now(), "seen": form.seen()}
        try:
            update_vehicle(vehicle, form.changes(), **how)
        except ChangedMeanwhile as error:
            form.collide(error.stored)
        else:
            messages.success(request, _("Saved."))
            return redirect("customers:detail", pk=customer.pk)
    context = {"form": form, "vehicle": vehicle, "customer": customer}
    return render(request, "customers/vehicle_form.html", context, status=told(form))
