"""Which tables there are at a state of the migrations, and in which order they can be filled.

Models come from the migrations, not from the code: a backup of an older schema is read and written as it was.
"""

from django.db import connection, models
from django.db.migrations.executor import MigrationExecutor

from office.backups.errors import BackupError

LEFT_OUT = {"django_session"}  # who is logged in at this moment is nobody's business later


def applied_migrations() -> list[tuple[str, str]]:
    """The migrations that this database has seen, sorted; [] for an empty database. Raises BackupError("ahead")."""
    loader = MigrationExecutor(connection).loader
    applied = sorted(loader.applied_migrations)
    unknown = unknown_migrations(applied, loader)
    if unknown:
        raise BackupError("ahead", name=".".join(unknown[0]))
    return applied


def unknown_migrations(names, loader=None) -> list[tuple[str, str]]:
    """Those of a list that this program does not have."""
    loader = loader or MigrationExecutor(connection).loader
    return [tuple(name) for name in names if tuple(name) not in loader.graph.nodes]


def leaves(names) -> list[tuple[str, str]]:
    """Of a closed set of migrations the last ones of each app: migrating there applies exactly the set."""
    graph, names = MigrationExecutor(connection).loader.graph, set(map(tuple, names))
    return sorted(
        name
        for name in names
        if not any(child.key[0] == name[0] and child.key in names for child in graph.node_map[name].children)
    )


def tables_at(names) -> list[type[models.Model]]:
    """The models at this state of the migrations, those that others point at first. One model a table."""
    loader = MigrationExecutor(connection).loader
    apps = loader.project_state(list(map(tuple, names))).apps
    found = {
        model._meta.db_table: model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy and model._meta.db_table not in LEFT_OUT
    }
    return _in_order(dict(sorted(found.items())))


def points_at(model) -> set[str]:
    return {field.related_model._meta.db_table for field in model._meta.concrete_fields if field.is_relation}


def _in_order(found):
    order, placed = [], set()
    while len(order) < len(found):
        free = [
            name
            for name, model in found.items()
            if name not in placed and not (points_at(model) & set(found)) - placed - {name}
        ]
        free = free or [name for name in found if name not in placed]  # a circle: together, at the end
        order += [found[name] for name in free]
        placed |= set(free)
    return order


def fields_of(model) -> list[models.Field]:
    """What is written of a table, in the order of its columns; what the database works out itself is not."""
    return [field for field in model._meta.concrete_fields if not field.generated]


def next_numbers(model) -> int:
    """The highest number that was given out as a key, also of rows that are gone; 0 where the table gives none."""
    table, key = model._meta.db_table, model._meta.pk
    if not isinstance(key, models.AutoField):
        return 0
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT pg_get_serial_sequence(%s, %s)", [f'"{table}"', key.column])
            cursor.execute(f"SELECT last_value, is_called FROM {cursor.fetchone()[0]}")
            value, is_called = cursor.fetchone()
            return value if is_called else 0
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        row = cursor.fetchone()
        return row[0] if row else 0


def set_next_number(model, value) -> None:
    """The next row gets a number behind `value`."""
    if not value:
        return
    table, key = model._meta.db_table, model._meta.pk
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT setval(pg_get_serial_sequence(%s, %s), %s)", [f'"{table}"', key.column, value])
            return
        cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [table])
        cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table, value])
