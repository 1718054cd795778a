"""Presidio's analyzer and anonymizer over HTTP: the same API as the official containers, which PyPI doesn't carry."""
