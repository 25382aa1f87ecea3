"""How the packed file of places is made; not needed at run time."""
