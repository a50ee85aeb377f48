from customers.models.care import CareInterval, CareLedger, CarePlan, Prediction
from customers.models.contact import Contact
from customers.models.dials import ArchiveCounter, FileDial
from customers.models.duplicates import DuplicatePair
from customers.models.facts import Delivery, RepairOrder
from customers.models.insurance import Policy
from customers.models.merges import Merge
from customers.models.outward import OutwardExport, OutwardLine
from customers.models.people import Customer, Phone
from customers.models.quiet import DoNotContact
from customers.models.vehicle import FormerPlate, Ownership, Vehicle

__all__ = [
    "ArchiveCounter",
    "CareInterval",
    "CareLedger",
    "CarePlan",
    "Contact",
    "Customer",
    "Delivery",
    "DoNotContact",
    "DuplicatePair",
    "Merge",
    "FileDial",
    "FormerPlate",
    "OutwardExport",
    "OutwardLine",
    "Ownership",
    "Phone",
    "Policy",
    "Prediction",
    "RepairOrder",
    "Vehicle",
]
