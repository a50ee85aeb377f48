"""`among`: like `in`, but with one parameter however many values there are: thousands of placeholders cost more in building
the statement than in running it. `filled`: leads a query to an index over the rows that have any text."""

import json

from django.db.models import CharField, Field, ForeignKey, Lookup


@Field.register_lookup
@ForeignKey.register_lookup
class Among(Lookup):
    """`field__among={…}`: text, whole numbers or dates, never None. A set, since Django looks into each element of a list."""

    lookup_name = "among"
    prepare_rhs = False

    def as_postgresql(self, compiler, connection):
        left, parameters = self.process_lhs(compiler, connection)
        kind = self.lhs.output_field.db_type(connection)
        # Element for element the type of the column, or the index would not be used.
        base = "text" if kind.startswith("varchar") else kind
        return f"{left} = ANY(%s::{base}[])", [*parameters, self._given(list)]

    def as_sql(self, compiler, connection):
        left, parameters = self.process_lhs(compiler, connection)
        return f"{left} IN (SELECT value FROM json_each(%s))", [*parameters, self._given(_as_json)]

    def _given(self, adapt):
        """The values, or the place for those that a compiled statement is told later (insert_select.Later)."""
        return self.rhs.told(adapt) if hasattr(self.rhs, "told") else adapt(self.rhs)


def _as_json(values):
    return json.dumps(list(values), default=str)  # a date as SQLite keeps it


@CharField.register_lookup
class Filled(Lookup):
    """`field__filled=True`: is not empty, in the very words of an index with the condition `~Q(field="")`. With a
    parameter in their place SQLite would not know that the index will do."""

    lookup_name = "filled"
    prepare_rhs = False

    def as_sql(self, compiler, connection):
        left, parameters = self.process_lhs(compiler, connection)
        return f"NOT ({left} = '')", parameters
