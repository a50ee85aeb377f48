"""What the pages of the desk show, gathered in few queries whatever the rows. Reads only; wording is `followups.wording`'s."""
