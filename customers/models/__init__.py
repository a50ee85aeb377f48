from customers.models.contact import Contact
from customers.models.duplicates import DuplicatePair
from customers.models.facts import Delivery, RepairOrder
from customers.models.insurance import Policy
from customers.models.outward import OutwardExport, OutwardLine
from customers.models.people import Customer, Phone
from customers.models.vehicle import FormerPlate, Ownership, Vehicle

__all__ = [
    "Contact",
    "Customer",
    "Delivery",
    "DuplicatePair",
    "FormerPlate",
    "OutwardExport",
    "OutwardLine",
    "Ownership",
    "Phone",
    "Policy",
    "RepairOrder",
    "Vehicle",
]
