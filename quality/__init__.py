"""Honest work: random spot re-calls of what specialists wrote, and questions about the pace of calls. Never a verdict by itself, never a change to a call."""
