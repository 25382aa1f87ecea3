"""A time-lapse with no network: an invented press, served from the loopback interface, and the real line over it."""
