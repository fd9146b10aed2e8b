"""What things are: cells, space groups, sites, phases, and where they come from."""
