"""Who did what and who saw what. Append-only; actor and store are kept as id and name text, so it points at nobody."""
