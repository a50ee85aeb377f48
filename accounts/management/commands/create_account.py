import sys

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from accounts.choices import Department, Role
from accounts.models import Store, User
from accounts.passwords import generate_password
from accounts.services import create_account


class Command(BaseCommand):
    help = "Makes an account. Without --password a strong one is made and printed once."

    def add_arguments(self, parser):
        parser.add_argument("username")
        parser.add_argument("--store", required=True, metavar="CODE")
        parser.add_argument("--role", required=True, choices=Role.values)
        parser.add_argument("--department", default="", choices=Department.values, help="needed of a department_head")
        parser.add_argument("--full-name", default="", help="the user name if left out")
        parser.add_argument(
            "--password",
            choices=["-"],
            help="read the password from standard input; on the command line other users of this machine could read it",
        )

    def handle(self, *, username, store, role, full_name, password, department, **options):
        home = Store.objects.filter(code=store).first()
        if home is None:
            codes = ", ".join(Store.objects.values_list("code", flat=True)) or "none"
            raise CommandError(f"There is no store {store}. Stores: {codes}.")
        secret = sys.stdin.readline().rstrip("\r\n") if password else generate_password()
        try:
            validate_password(secret, User(username=username, full_name=full_name))
            made = create_account(
                username=username,
                full_name=full_name or username,
                role=role,
                department=department,
                store=home,
                password=secret,
            )
        except ValidationError as error:
            raise CommandError(f"Account {username} was not made: {' '.join(error.messages)}") from error
        self.stdout.write(f"Account {made.username} ({made.role}, {home.name}) is ready.")
        if not password:
            self.stdout.write(f"Password, shown this once: {secret}")
