from complaints.models.cases import Complaint, ComplaintNote
from complaints.models.clocks import ClockDial, Escalation, Pause
from complaints.models.emergencies import Callout
from complaints.models.files import ComplaintFile

__all__ = ["Callout", "ClockDial", "Complaint", "ComplaintFile", "ComplaintNote", "Escalation", "Pause"]
