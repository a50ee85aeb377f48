"""The input boundary of customers, numbers and vehicles. Forms validate; customers.services write."""

from customers.forms.people import CustomerForm, NewCustomerForm
from customers.forms.phones import PhoneForm
from customers.forms.vehicles import VehicleForm

__all__ = ["CustomerForm", "NewCustomerForm", "PhoneForm", "VehicleForm"]
