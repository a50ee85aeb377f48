"""Pages of the surveys: one response, and the last ones of a customer."""

from django.contrib.auth.decorators import permission_required
from django.shortcuts import get_object_or_404, render

from customers.models import Customer
from cvp.models import Response

PANEL_ROWS = 5


@permission_required("cvp.view_response", raise_exception=True)
def response(request, pk):
    """Who answered what, when, to which wording."""
    rows = Response.objects.visible_to(request.user).with_answers().select_related("customer")
    return render(request, "cvp/response.html", {"response": get_object_or_404(rows, pk=pk)})


@permission_required("cvp.view_response", raise_exception=True)
def customer_panel(request, customer_id):
    """Fragment of the customer page: the last responses with their key answer."""
    customer = get_object_or_404(Customer.objects.visible_to(request.user), pk=customer_id)
    rows = list(Response.objects.filter(customer=customer).valid().with_answers()[: PANEL_ROWS + 1])
    context = {"customer": customer, "responses": rows[:PANEL_ROWS], "has_more": len(rows) > PANEL_ROWS}
    return render(request, "cvp/_customer_responses.html", context)
