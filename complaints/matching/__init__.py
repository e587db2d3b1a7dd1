"""How like two cases are: their facts made comparable, and the evidence weighed. Pure."""
