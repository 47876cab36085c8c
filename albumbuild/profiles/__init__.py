"""Data: what services, plants and distributors ask for."""
