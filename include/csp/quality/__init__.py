"""Great Expectations suites, and the gates that block on them."""
