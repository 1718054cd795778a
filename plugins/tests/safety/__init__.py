"""Tests of the safety guardrail."""
