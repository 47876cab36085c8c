"""What leaves the house, one medium a file."""
