"""The nouns: records that every floor may use and that import nobody."""
