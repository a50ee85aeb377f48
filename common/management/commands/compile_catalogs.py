from django.conf import settings
from django.core.management.base import BaseCommand

from common.catalogs import compile_catalogues


class Command(BaseCommand):
    help = "Compiles every translation catalogue (.po to .mo) that changed; needs no gettext programs."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("--force", action="store_true", help="compile all, changed or not")

    def handle(self, *, force, verbosity, **options):
        compiled = compile_catalogues(settings.BASE_DIR, force=force)
        if verbosity > 1:
            for path in compiled:
                self.stdout.write(str(path.relative_to(settings.BASE_DIR)))
        self.stdout.write(f"{len(compiled)} translation catalogues compiled.")
