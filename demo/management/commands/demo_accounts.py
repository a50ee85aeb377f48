"""Prints who can log in to the demo."""

from django.core.management.base import BaseCommand

from accounts.models import Store, User
from demo.build import ACCOUNTS, PASSWORD, STORE_CODE


class Command(BaseCommand):
    help = "Print the demo accounts, or how to begin without the demo."

    def handle(self, *args, **options):
        if not Store.objects.filter(code=STORE_CODE).exists():
            self.stdout.write("No demo here. Begin with:  .venv/bin/python manage.py create_store CODE --name NAME")
            self.stdout.write(
                "                      then: .venv/bin/python manage.py create_account USERNAME --store CODE --role ROLE"
            )
            return
        self.stdout.write(f"Demo accounts (password of all: {PASSWORD}):")
        known = set(User.objects.values_list("username", flat=True))
        for username, full_name, role in ACCOUNTS:
            if username in known:
                self.stdout.write(f"  {username:<8} {role.value:<14} {role.label} {full_name}")
