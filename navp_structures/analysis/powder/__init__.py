"""Powder patterns of X-rays, neutrons and electrons."""
