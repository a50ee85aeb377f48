"""Which tables there are at a state of the migrations, and in which order they can be filled.

Models come from the migrations, not from the code: a backup of an older schema is read and written as it was.
"""

from django.db import connection, models
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

from office.backups.errors import BackupError

LEFT_OUT = {"django_session"}  # who is logged in at this moment is nobody's business later


def applied_migrations() -> list[tuple[str, str]]:
    """The migrations that this database has seen, sorted; [] for an empty database. Raises BackupError("ahead")."""
    loader = MigrationExecutor(connection).loader
    applied = sorted(loader.applied_migrations)
    unknown = unknown_migrations(applied)
    if unknown:
        raise BackupError("ahead", name=".".join(unknown[0]))
    return applied


def unknown_migrations(names) -> list[tuple[str, str]]:
    """Those of a list that this program does not have."""
    known = MigrationLoader(None).disk_migrations
    return [tuple(name) for name in names if tuple(name) not in known]


def executor_for(names) -> MigrationExecutor:
    """An executor that can stop at this closed set of migrations.

    A folded migration stands in the graph in place of all that it replaces. Of a schema older than the fold some of them were not
    there yet: then the graph is that of the single steps.
    """
    executor, names = MigrationExecutor(connection), set(map(tuple, names))
    folded = {name: step for name, step in executor.loader.disk_migrations.items() if step.replaces}
    if any(name not in names and names & set(step.replaces) for name, step in folded.items()):
        executor.loader = MigrationLoader(connection, replace_migrations=False)
    return executor


def _in_graph(names, executor) -> set[tuple[str, str]]:
    """The steps of the set that this graph knows: single ones, or those that stand for them."""
    folded = {name for name, step in executor.loader.disk_migrations.items() if step.replaces}
    is_single = not executor.loader.replace_migrations
    known = set(executor.loader.graph.nodes)
    return {name for name in map(tuple, names) if name in known and not (is_single and name in folded)}


def leaves(names, executor) -> list[tuple[str, str]]:
    """Of a closed set of migrations the last ones of each app: migrating there with `executor` applies exactly the set."""
    graph, names = executor.loader.graph, _in_graph(names, executor)
    return sorted(
        name
        for name in names
        if not any(child.key[0] == name[0] and child.key in names for child in graph.node_map[name].children)
    )


def tables_at(names) -> list[type[models.Model]]:
    """The models at this state of the migrations, those that others point at first. One model a table."""
    executor = executor_for(names)
    apps = executor.loader.project_state(sorted(_in_graph(names, executor))).apps
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


def fields_of(model, columns=None) -> list[models.Field]:
    """What is written of a table; what the database works out itself is not. In the order of `columns`, else of the model.

    A table that grew step by step has its columns in another order than the same table made at once. Raises KeyError for a column
    that is not there.
    """
    fields = [field for field in model._meta.concrete_fields if not field.generated]
    by_column = {field.column: field for field in fields}
    return fields if columns is None else [by_column[column] for column in columns]


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
