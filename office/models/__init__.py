"""What the office keeps: notices, jobs, signs of life."""

from office.models.heartbeat import Heartbeat
from office.models.job import Job
from office.models.notice import Notice

__all__ = ["Heartbeat", "Job", "Notice"]
