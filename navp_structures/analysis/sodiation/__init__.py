"""What happens along a sodiation path: volumes, polyhedra, valences, site fillings."""
