"""Stores, teams, people and their rights; whose rows a person may see (`visible_to`). No word of customers or calls."""
