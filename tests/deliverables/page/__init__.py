"""The review page, module by module."""
