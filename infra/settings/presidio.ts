import type { GuardrailDefinition } from "./schema/definitions/guardrail.ts";

/** Whether a guardrail asks the stack's own presidio containers: it names no other ones. */
export const usesOwnPresidio = (guardrail: GuardrailDefinition): boolean =>
  guardrail.type === "presidio" &&
  guardrail.analyzerUrl === undefined &&
  guardrail.anonymizerUrl === undefined;

/**
 * What presidio's analyzer 2.2.362 finds in English by patterns and checksums, as it comes (its
 * conf/default_recognizers.yaml; the live test asks the container itself).
 */
export const patternEntities = [
  "CREDIT_CARD",
  "CRYPTO",
  "DATE_TIME",
  "EMAIL_ADDRESS",
  "IBAN_CODE",
  "IP_ADDRESS",
  "MAC_ADDRESS",
  "MEDICAL_LICENSE",
  "PHONE_NUMBER",
  "UK_NHS",
  "URL",
  "US_BANK_NUMBER",
  "US_DRIVER_LICENSE",
  "US_ITIN",
  "US_PASSPORT",
  "US_SSN",
] as const;

/** What it finds with its language model only, which the images built from packages don't hold (its conf/default.yaml). */
export const modelEntities = ["LOCATION", "NRP", "PERSON"] as const;
