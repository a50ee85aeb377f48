"""What the office keeps: notices, signs of life."""

from office.models.heartbeat import Heartbeat
from office.models.notice import Notice

__all__ = ["Heartbeat", "Notice"]
