"""Damage planted in a data root, and whether it is found, named and made good."""
