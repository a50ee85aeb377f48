"""Reading words of the surveys."""

from django.db import models

from accounts.querysets import StoreScopedQuerySet


class VersionQuerySet(models.QuerySet):
    def published(self):
        return self.filter(published_at__isnull=False)

    def of(self, store, code):
        """The versions of one questionnaire of one store."""
        return self.filter(questionnaire__store=store, questionnaire__code=code)


class ResponseQuerySet(StoreScopedQuerySet):
    def valid(self):
        """Without those whose call was undone."""
        return self.filter(is_void=False)

    def with_answers(self):
        """With what a page needs to word them: three queries, whatever the rows."""
        return self.select_related("version__questionnaire", "vehicle", "taken_by").prefetch_related(
            models.Prefetch("answers", self._answers())
        )

    def _answers(self):
        answers = self.model._meta.get_field("answers").related_model
        return answers.objects.select_related("question").order_by("question__order")
