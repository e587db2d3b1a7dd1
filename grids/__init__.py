"""Power grids, government grids and the people responsible for them."""
