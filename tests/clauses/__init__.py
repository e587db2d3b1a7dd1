"""The clause register: each obligation of the two documents, and the tests that prove it."""
