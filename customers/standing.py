"""Which file stands for a person today, where two became one (services.merging). Reads only."""

from customers.models import Customer, Merge


def standing_id(pk) -> int:
    """The id of the file that this one has become part of in the end; its own where it stands for itself."""
    seen = set()
    while pk not in seen:
        seen.add(pk)
        onward = Customer.objects.filter(pk=pk, is_void=True).values_list("merged_into", flat=True).first()
        pk = onward or pk
    return pk


def merged_ids(customer) -> list[int]:
    """The ids of the files that have become part of hers, directly or through another one."""
    found, last = [], [customer.pk]
    while last:
        last = list(Customer.objects.filter(merged_into__in=last).exclude(pk__in=found).values_list("pk", flat=True))
        found += last
    return found


def merges_of(customer) -> list[Merge]:
    """The merges into her file that stand, newest first."""
    return list(Merge.objects.filter(kept=customer, undone_at__isnull=True).select_related("gone", "by"))
