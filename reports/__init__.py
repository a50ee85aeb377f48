"""Composes figures that the floors below declare into pages a manager reads. Owns no facts."""
