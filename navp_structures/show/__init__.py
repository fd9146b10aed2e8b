"""Rows in, something to look at out."""
