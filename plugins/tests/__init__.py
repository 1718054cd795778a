"""Tests of the package beside, run by scripts/test/pytest.sh in the LiteLLM image."""
