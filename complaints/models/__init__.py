from complaints.models.cases import Complaint, ComplaintNote
from complaints.models.causes import Cause

__all__ = ["Cause", "Complaint", "ComplaintNote"]
