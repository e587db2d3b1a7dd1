"""The leaf: mechanisms that every app uses and that know no app."""
