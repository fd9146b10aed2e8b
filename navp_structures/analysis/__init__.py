"""Questions about a phase."""
