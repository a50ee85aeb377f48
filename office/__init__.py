"""What every desk needs, whatever its trade: notices to the people who have to know. No word of customers, calls or files."""
