"""Columns as somebody of a store told them by hand: the next file with the same headers is read so, by whatever door it comes.

The headers of a layout are compared without their order (dms.recognise.layout_key). A column without a header cannot be
known again and is not remembered.
"""

from audit.choices import Source
from audit.services import record_change
from common.cells import text_of
from dms.models import ColumnMapping
from dms.recognise import Layout, check_layout, explain, normalise, recognise, weigh
from dms.sheets import all_sheets, get_sheet


def recognise_for(store, table, *, sheet=None, worksheet=None, is_final=True) -> Layout:
    """`dms.recognise.recognise` with what the store has told of this layout before. Raises UnusableFile."""
    layout = recognise(table, sheet=sheet, worksheet=worksheet, is_final=False)
    told = remembered(store, layout.key)
    if told is not None and told.sheet in (sheet or told.sheet, layout.sheet):
        if told.sheet != layout.sheet:
            layout = recognise(table, sheet=told.sheet, worksheet=layout.worksheet, is_final=False)
        layout.other_list = ""
        layout.mapping = _applied(told, layout)
    if is_final:
        check_layout(layout)
    return layout


def remembered(store, key) -> ColumnMapping | None:
    """What the store has told of the layout with this key, if its sheet is still there."""
    codes = [sheet.code for sheet in all_sheets()]
    known = (
        ColumnMapping.objects.filter(store=store, layout_key=key, sheet__in=codes)
        if key
        else ColumnMapping.objects.none()
    )
    return known.select_related("changed_by").first()


def remember(batch, *, by):
    """Keep the columns of a batch as they were chosen. What is as recognised anyway needs no memory, and ends one."""
    headers = {column["index"]: column["header"] for column in batch.columns if column["header"]}
    if not batch.layout_key or not headers:
        return
    known = (
        ColumnMapping.objects.select_for_update().filter(store_id=batch.store_id, layout_key=batch.layout_key).first()
    )
    readings, others = explain(headers)
    mapping = {int(index): name for index, name in batch.mapping.items()}
    if (
        weigh(get_sheet(batch.sheet), headers).mapping == mapping
        and not others
        and readings[0].sheet.code == batch.sheet
    ):
        if known is not None:
            _forget(known, by)
        return
    told = {key: mapping.get(index, "") for index, key in _names(headers).items()}
    if known is None:
        known = ColumnMapping(store_id=batch.store_id, layout_key=batch.layout_key)
    elif (known.sheet, known.headers) == (batch.sheet, told):
        return
    before = known.headers
    known.sheet, known.headers, known.file_name, known.changed_by = batch.sheet, told, batch.file_name, by
    is_new = known.pk is None
    known.save()
    changes = {"headers": (None if is_new else before, told)}
    record_change(known, changes, by=by, source=Source.FORM, deed="create" if is_new else "edit")


def forget(batch, *, by) -> bool:
    """Was there a memory of the batch's layout to take away?"""
    known = ColumnMapping.objects.filter(store_id=batch.store_id, layout_key=batch.layout_key).first()
    if known is None:
        return False
    _forget(known, by)
    return True


def _forget(known, by):
    record_change(known, {"headers": (known.headers, None)}, by=by, source=Source.FORM, deed="void")
    known.delete()


def _applied(told, layout):
    fields = get_sheet(told.sheet).index
    mapping = dict(layout.mapping)
    for index, key in _names(layout.headers).items():
        if key in told.headers:
            mapping.pop(index, None)
            if told.headers[key] in fields:
                mapping[index] = told.headers[key]
    return mapping


def _names(headers) -> dict[int, str]:
    """{column: its header as compared}, a repeated one with its number."""
    names, seen = {}, {}
    for index in sorted(headers):
        if name := normalise(text_of(headers[index])):
            seen[name] = seen.get(name, 0) + 1
            names[index] = name if seen[name] == 1 else f"{name}#{seen[name]}"
    return names
