"""The relational record of every step tried, and what follows from it: releases and decisions."""
