"""Suppression, rounding and the attack on what is hidden: pure rules on tables of counts."""
