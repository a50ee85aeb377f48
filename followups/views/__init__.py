"""HTTP only: door, row, form, service, answer."""
