"""What cases say when they are counted: trends, hot spots, and what companies report of them."""
