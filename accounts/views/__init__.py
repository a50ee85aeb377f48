"""Pages of the own account, of stores, people and teams."""
