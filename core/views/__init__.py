"""Pages of the common mechanisms; one module per mechanism."""
