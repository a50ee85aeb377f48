from customers.models.contact import Contact
from customers.models.facts import Delivery, RepairOrder
from customers.models.people import Customer, Phone
from customers.models.vehicle import Ownership, Vehicle

__all__ = ["Contact", "Customer", "Delivery", "Ownership", "Phone", "RepairOrder", "Vehicle"]
