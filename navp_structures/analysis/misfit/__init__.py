"""How one lattice fits on another: correspondence, strain, what planes become."""
