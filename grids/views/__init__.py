"""Pages of grids."""
