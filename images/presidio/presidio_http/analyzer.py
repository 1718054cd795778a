"""The analyzer's HTTP API: POST /analyze, GET /recognizers, /supportedentities and /health."""

import json
from collections.abc import Callable

from flask import Flask, Response, jsonify, request
from flask.typing import ResponseReturnValue
from presidio_analyzer import AnalyzerEngine, AnalyzerRequest, RecognizerResult

from presidio_http.patterns import pattern_analyzer
from presidio_http.refusals import failed, refuse_as_json


def create_app() -> Flask:
    """Build the application; it answers nothing before the engine is ready."""
    engine = pattern_analyzer()
    app = Flask(__name__)
    refuse_as_json(app)

    def recognizers(language: str | None) -> list[str]:
        return [recognizer.name for recognizer in engine.get_recognizers(language)]

    app.add_url_rule("/health", "health", lambda: "Presidio Analyzer service is up")
    app.add_url_rule("/analyze", "analyze", lambda: analyze(engine), methods=["POST"])
    app.add_url_rule("/recognizers", "recognizers", lambda: listed(recognizers))
    app.add_url_rule("/supportedentities", "supportedentities", lambda: listed(engine.get_supported_entities))
    return app


def analyze(engine: AnalyzerEngine) -> ResponseReturnValue:
    """Find entities in a text, or in each of a list of texts; whatever can't be analyzed is an error, never nothing."""
    try:
        asked = AnalyzerRequest(request.get_json())
        if not asked.text:
            return failed("No text provided", 500)
        if not asked.language:
            return failed("No language provided", 500)
        batch = isinstance(asked.text, list)
        found = [find(engine, text, asked) for text in (asked.text if batch else [asked.text])]
    except TypeError as error:
        return failed(f"Failed to parse /analyze request for AnalyzerEngine.analyze(). {error}", 400)
    except ValueError as error:
        return failed(str(error), 500)
    text = json.dumps(found if batch else found[0], default=as_json, sort_keys=True)
    return Response(text, content_type="application/json")


def find(engine: AnalyzerEngine, text: str, asked: AnalyzerRequest) -> list[RecognizerResult]:
    """Analyze one text the way the request asks for."""
    results: list[RecognizerResult] = engine.analyze(
        text=text,
        language=asked.language,
        correlation_id=asked.correlation_id,
        score_threshold=asked.score_threshold,
        entities=asked.entities,
        return_decision_process=asked.return_decision_process,
        ad_hoc_recognizers=asked.ad_hoc_recognizers,
        context=asked.context,
        allow_list=asked.allow_list,
        allow_list_match=asked.allow_list_match,
        regex_flags=asked.regex_flags,
    )
    return results


def as_json(result: RecognizerResult) -> dict[str, object]:
    """Tell of a finding what the official container tells: not which recognizer made it."""
    return {name: value for name, value in result.to_dict().items() if name != "recognition_metadata"}


def listed(what: Callable[[str | None], list[str]]) -> ResponseReturnValue:
    """Names for the language that the query asks for, or for all."""
    try:
        return jsonify(what(request.args.get("language")))
    except ValueError as error:
        return failed(str(error), 500)
