"""Lists taken home as sheets: what a list declares (lists), one engine that builds every sheet (building, sheet), who may and who did
(asking, reading). Knows no trade: the floors above declare their lists in an `exports.py` of their own (settings.LIST_EXPORTS)."""
