"""What is stale: keys, the store and the build loop; knows no sound."""
