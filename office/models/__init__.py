"""What the office keeps: notices, jobs, signs of life, files."""

from office.models.attachment import Attachment
from office.models.heartbeat import Heartbeat
from office.models.job import Job
from office.models.notice import Notice

__all__ = ["Attachment", "Heartbeat", "Job", "Notice"]
