"""Keys, tokens and the forms of what must not be stored: persons end at ingest."""
