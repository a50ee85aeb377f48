"""The import engine: batch, sheet, column. Knows no customer and no car; the floors above declare their sheets."""
