"""What pages show of complaints and of what is learned from them; reads only."""
