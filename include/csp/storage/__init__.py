"""Where things lie below the data root."""
