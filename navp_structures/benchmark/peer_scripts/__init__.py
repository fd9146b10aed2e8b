"""Scripts that other environments run; the package itself imports none of them."""
