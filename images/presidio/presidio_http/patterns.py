"""An analyzer that knows patterns only: a blank pipeline cuts text into words, and no model is loaded or downloaded."""

import spacy
import tldextract
from presidio_analyzer import AnalyzerEngine, RecognizerRegistry
from presidio_analyzer.nlp_engine import SpacyNlpEngine
from spacy.language import Language
from spacy.tokens import Doc

LANGUAGE = "en"
# Presidio adds it for the entities of a model (PERSON, LOCATION …), which a blank pipeline never finds.
MODEL_RECOGNIZER = "SpacyRecognizer"


def words_as_lemmas(doc: Doc) -> Doc:
    """Presidio looks for context words ("phone", "iban") among lemmas, which a blank pipeline leaves empty."""
    for token in doc:
        token.lemma_ = token.lower_
    return doc


def pattern_analyzer() -> AnalyzerEngine:
    """Build the engine; the first text is analyzed here, so that no request pays for what is loaded lazily."""
    Language.component("words_as_lemmas", func=words_as_lemmas)
    pipeline = spacy.blank(LANGUAGE)
    pipeline.add_pipe("words_as_lemmas")
    nlp = SpacyNlpEngine()
    nlp.nlp = {LANGUAGE: pipeline}
    # The list of top-level domains that comes with the package; by default a newer one is fetched.
    tldextract.tldextract.TLD_EXTRACTOR = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)
    registry = RecognizerRegistry()
    registry.load_predefined_recognizers(languages=[LANGUAGE])
    registry.remove_recognizer(MODEL_RECOGNIZER)
    engine = AnalyzerEngine(registry=registry, nlp_engine=nlp, supported_languages=[LANGUAGE])
    engine.analyze("write to nobody@example.com", LANGUAGE)
    return engine
