"""What each app plants for the leak sweep; one module each, see ``tests.repository.sweep``."""
