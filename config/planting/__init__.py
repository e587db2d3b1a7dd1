"""Demo data in bulk: bureaus, people and very many cases, the same for one seed."""
