from complaints.models.cases import Complaint, ComplaintNote

__all__ = ["Complaint", "ComplaintNote"]
