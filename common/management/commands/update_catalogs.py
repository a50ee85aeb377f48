from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from common.catalogs import compile_catalogues
from common.texts import update_catalogue

LANGUAGE = "zh_Hans"


class Command(BaseCommand):
    help = "Brings the texts of code and templates into each app's Chinese catalogue and says what lacks a translation."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("apps", nargs="*", metavar="APP", help="only these apps")
        parser.add_argument("--prune", action="store_true", help="drop translations that no text uses any more")

    def handle(self, *, apps, prune, **options):
        root = settings.BASE_DIR
        own = sorted(path.parent.name for path in root.glob("*/apps.py")) + ["dcrc"]
        unknown = set(apps) - set(own)
        if unknown:
            raise CommandError(f"No such app: {', '.join(sorted(unknown))}. There are: {', '.join(own)}.")
        missing = 0
        for app in apps or own:
            counts = update_catalogue(root, app, LANGUAGE, prune=prune)
            missing += counts["untranslated"]
            self.stdout.write(
                f"{app}: {counts['texts']} texts, {counts['untranslated']} without translation, {counts['unused']} unused"
            )
        compile_catalogues(root)
        if missing:
            self.stdout.write(f"{missing} texts still need a translation.")
