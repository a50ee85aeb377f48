"""Questions that pages ask of the cases; nothing here writes."""
