"""Selected-area electron diffraction patterns."""
