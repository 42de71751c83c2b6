"""Real processes that are killed, raced and stopped, and what the platform is like afterwards."""
