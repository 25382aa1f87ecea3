"""The pages: is all well, unsubscribing, and telling us that we are wrong."""
