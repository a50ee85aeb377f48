"""The first words on a card with several topics, from what each of them is about."""

from collections import defaultdict

from django.utils.safestring import SafeString

from followups.openings import clause, sentence
from followups.rules import BY_CODE


def opening_of(topics, customer) -> SafeString | str:
    """One sentence for the topics (reading.topics.TopicSheet) that may be spoken about now; "" where it is but one.

    Each of these loses the opening of its own script: what it is about has been said.
    """
    now = [topic for topic in topics if not topic.is_later and not topic.settled]
    if len(now) < 2:
        return ""
    alike = defaultdict(list)
    for topic in now:
        alike[topic.rule].append(topic)
    parts = []
    for code, same in alike.items():
        text = BY_CODE[code].opening if code in BY_CODE else ""
        said = clause(text, [topic.words for topic in same]) if text else None
        if said:
            parts.append(said)
    if not parts:
        return ""
    people = {topic.ask_for for topic in now}
    hello = now[0].words | {"person": (people.pop() if len(people) == 1 else "") or customer.name}
    for topic in now:
        if topic.opens_itself:
            topic.script = topic.script[1:]
    return sentence(parts, hello)
