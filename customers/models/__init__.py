from customers.models.contact import Contact
from customers.models.facts import Delivery, RepairOrder
from customers.models.people import Customer, Phone
from customers.models.vehicle import FormerPlate, Ownership, Vehicle

__all__ = ["Contact", "Customer", "Delivery", "FormerPlate", "Ownership", "Phone", "RepairOrder", "Vehicle"]
