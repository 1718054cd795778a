"""See the package one level up."""
