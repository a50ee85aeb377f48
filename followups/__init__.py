"""Rules make due items from facts, items make cards, specialists make calls, calls have outcomes. Pulls facts from below; pushes nothing."""
