"""The anonymizer's HTTP API: POST /anonymize and /deanonymize, GET /anonymizers, /deanonymizers and /health."""

from typing import Any

from flask import Flask, Response, jsonify, request
from flask.typing import ResponseReturnValue
from presidio_anonymizer import AnonymizerEngine, DeanonymizeEngine
from presidio_anonymizer.services.app_entities_convertor import AppEntitiesConvertor as Read
from werkzeug.exceptions import BadRequest

from presidio_http.refusals import refuse_as_json


def create_app() -> Flask:
    """Build the application."""
    masks, unmasks = AnonymizerEngine(), DeanonymizeEngine()
    app = Flask(__name__)
    refuse_as_json(app)
    app.add_url_rule("/health", "health", lambda: "Presidio Anonymizer service is up")
    app.add_url_rule("/anonymize", "anonymize", lambda: anonymize(masks), methods=["POST"])
    app.add_url_rule("/deanonymize", "deanonymize", lambda: deanonymize(unmasks), methods=["POST"])
    app.add_url_rule("/anonymizers", "anonymizers", lambda: jsonify(masks.get_anonymizers()))
    app.add_url_rule("/deanonymizers", "deanonymizers", lambda: jsonify(unmasks.get_deanonymizers()))
    return app


def anonymize(engine: AnonymizerEngine) -> ResponseReturnValue:
    """Replace what the analyzer found in a text."""
    asked = body()
    operators = Read.operators_config_from_json(asked.get("anonymizers"))
    if Read.check_custom_operator(operators):
        message = "Custom type anonymizer is not supported"
        raise BadRequest(message)
    found = Read.analyzer_results_from_json(asked.get("analyzer_results"))
    result = engine.anonymize(text=asked.get("text", ""), analyzer_results=found, operators=operators)
    return Response(result.to_json(), content_type="application/json")


def deanonymize(engine: DeanonymizeEngine) -> ResponseReturnValue:
    """Bring back what an operator such as encrypt replaced."""
    asked = body()
    operators = Read.operators_config_from_json(asked.get("deanonymizers"))
    entities = Read.deanonymize_entities_from_json(asked)
    result = engine.deanonymize(text=asked.get("text", ""), entities=entities, operators=operators)
    return Response(result.to_json(), content_type="application/json")


def body() -> dict[str, Any]:
    """Read the request's JSON object."""
    asked = request.get_json()
    if not isinstance(asked, dict) or not asked:
        message = "Invalid request json"
        raise BadRequest(message)
    return asked
