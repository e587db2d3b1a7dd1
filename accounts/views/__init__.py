"""Pages of signing in, of one's own profile, of organisations and of people."""
