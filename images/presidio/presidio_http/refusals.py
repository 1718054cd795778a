"""Errors as the official containers answer them: {"error": "…"}."""

import logging

from flask import Flask, jsonify
from flask.typing import ResponseReturnValue
from presidio_anonymizer.entities import InvalidParamError
from werkzeug.exceptions import HTTPException

log = logging.getLogger("presidio")


def failed(message: str, status: int) -> ResponseReturnValue:
    """Answer with an error; HTTP status."""
    return jsonify(error=message), status


def refuse_as_json(app: Flask) -> None:
    """Answer every error as JSON. What is logged names the kind of error only: its text may quote the text analyzed."""

    def unexpected(error: Exception) -> ResponseReturnValue:
        log.error("request failed: %s", type(error).__name__)
        return failed("Internal server error", 500)

    app.register_error_handler(InvalidParamError, lambda error: failed(error.err_msg, 422))
    app.register_error_handler(HTTPException, lambda error: failed(error.description or error.name, error.code or 500))
    app.register_error_handler(Exception, unexpected)
