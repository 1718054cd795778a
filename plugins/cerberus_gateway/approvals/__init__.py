"""The approval gate: a request that costs too much, or that a rule names, waits for a person's word and passes once."""
