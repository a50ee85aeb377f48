"""Customer viewpoint: questionnaires with versions, and the answers customers gave. Followups stores no answers; it points here."""
