"""What an import has to know of files that were merged (customers.services.merging): the DMS goes on telling of both."""

from collections import defaultdict

from customers.models import Merge


class Merged:
    """One query. `into`: {id of a file that is gone: id of the file that stands for it today}."""

    def __init__(self, store_id):
        rows = Merge.objects.filter(store_id=store_id, undone_at__isnull=True).order_by("pk")
        rows = list(rows.values_list("kept_id", "gone_id", "gone__name", "gone__dms_no", "laid_aside"))
        onward = {gone: kept for kept, gone, *_rest in rows}
        self.into = {gone: _last(gone, onward) for gone in onward}
        self._said = defaultdict(set)
        for kept, _gone, name, dms_no, laid_aside in rows:
            stands = self.into.get(kept, kept)
            for field, value in {**laid_aside, "dms_no": dms_no}.items():
                self._said[stands].add((field, value))
            self._said[stands].add(("name", name))

    def says(self, customer_id, field, value) -> bool:
        """Was this laid aside when a file became part of hers? Then a list that tells it says nothing new."""
        return customer_id in self._said and (field, value) in self._said[customer_id]


def _last(pk, onward):
    while pk in onward:
        pk = onward[pk]
    return pk
