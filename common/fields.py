"""Column types shared by all floors."""

from django.db import models


class KeyField(models.CharField):
    """Text that is looked up by prefix range (`>=`, `<`): bytewise order on both databases.

    PostgreSQL would otherwise order by the database's language, and a range over a b-tree would miss rows;
    SQLite compares bytes by default.
    """

    def db_parameters(self, connection):
        parameters = super().db_parameters(connection)
        if connection.vendor == "postgresql":
            parameters["collation"] = "C"
        return parameters
