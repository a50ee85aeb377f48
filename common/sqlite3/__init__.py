"""Django's SQLite backend with a queue for writers (settings: ENGINE = "common.sqlite3")."""
