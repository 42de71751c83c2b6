"""Tests that need a program beside Python, or the time that `make test` has not."""
