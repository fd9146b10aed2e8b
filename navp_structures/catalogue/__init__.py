"""Which phases exist, and who offers them."""
