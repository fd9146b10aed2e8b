"""Coordination polyhedra: bonds, shape, bond valence, what they share."""
