"""Cases from 12398, 95598, government grids, letters and visits."""
