"""Tests of the approval gate and its service, on a real Redis at 127.0.0.1:6379 (scripts/test/pytest.sh starts it)."""
