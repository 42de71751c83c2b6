"""Reading KPIs: values with interval, status and as-of, and where they come from."""
