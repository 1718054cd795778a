"""The guardrail in a real LiteLLM proxy of the image, in front of a provider made up here."""
