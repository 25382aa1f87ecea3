"""What is known beforehand: actors, places, names, currencies, descriptions. Pure look-ups over data files, loaded on first use."""
