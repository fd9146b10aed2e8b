"""From measured spacings to reflections."""
