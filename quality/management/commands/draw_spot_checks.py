from django.core.management.base import BaseCommand
from django.utils import timezone

from accounts.models import Store
from quality.services.drawing import draw_missing


class Command(BaseCommand):
    help = "Draw the spot checks of the days up to yesterday that have not been drawn."

    def handle(self, *args, **options):
        for store in Store.objects.active():
            self.stdout.write(f"{store.code}: {draw_missing(store, now=timezone.now())}")
