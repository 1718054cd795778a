import fc from "fast-check";
import * as z from "zod";

type Overrides = Readonly<Record<string, fc.Arbitrary<unknown>>>;

/**
 * Values that a schema accepts, from its own shape: each alternative, with and without what is optional, up to the bounds.
 * @param overrides arbitraries for keys whose values the schema can't tell alone, such as names out of a list of LiteLLM's
 */
export function arbitraryOf(schema: z.core.$ZodType, overrides: Overrides): fc.Arbitrary<unknown> {
  const of = (inner: z.core.$ZodType): fc.Arbitrary<unknown> => arbitraryOf(inner, overrides);
  if (schema instanceof z.ZodOptional) return fc.option(of(schema.unwrap()), { nil: undefined });
  if (schema instanceof z.ZodNullable) return fc.option(of(schema.unwrap()), { nil: null });
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault)
    return fc.option(of(schema.unwrap()), { nil: undefined });
  if (schema instanceof z.ZodObject) return objectOf(schema, overrides);
  if (schema instanceof z.ZodArray)
    return fc.array(of(schema.element), { minLength: minimum(schema) ?? 0, maxLength: 3 });
  if (schema instanceof z.ZodRecord)
    return fc.dictionary(of(schema.keyType) as fc.Arbitrary<string>, of(schema.valueType), { maxKeys: 3 });
  if (schema instanceof z.ZodEnum) return fc.constantFrom(...schema.options);
  if (schema instanceof z.ZodLiteral) return fc.constantFrom(...schema.values);
  if (schema instanceof z.ZodUnion || schema instanceof z.ZodDiscriminatedUnion)
    return fc.oneof(...schema.options.map((option: z.core.$ZodType) => of(option)));
  if (schema instanceof z.ZodBoolean) return fc.boolean();
  if (schema instanceof z.ZodNumber) return numberOf(schema);
  if (schema instanceof z.ZodURL) return fc.webUrl({ validSchemes: ["http", "https"], size: "small" });
  if (schema instanceof z.ZodString) return textOf(schema);
  // z.json() and its like: whatever JSON can say.
  return fc.jsonValue({ maxDepth: 2 });
}

function objectOf(schema: z.ZodObject, overrides: Overrides): fc.Arbitrary<unknown> {
  const fields = Object.entries(schema.shape as Record<string, z.core.$ZodType>).map(
    ([key, field]) => [key, overrides[key] ?? arbitraryOf(field, overrides)] as const,
  );
  return fc
    .record(Object.fromEntries(fields))
    .map((row) => Object.fromEntries(Object.entries(row).filter(([, value]) => value !== undefined)));
}

function numberOf(schema: z.ZodNumber): fc.Arbitrary<number> {
  const [min, max] = [Math.max(schema.minValue ?? 0, 0), Math.min(schema.maxValue ?? 1e9, 1e9)];
  const positive = !schema.safeParse(0).success;
  if (schema.isInt) return fc.integer({ min: Math.ceil(positive ? Math.max(min, 1) : min), max });
  // Prices go down to fractions of a millionth: exponents, in most notations.
  return fc.oneof(
    fc.double({ min: positive ? Math.max(min, 1e-12) : min, max, noNaN: true, noDefaultInfinity: true }),
    fc.integer({ min: 1, max: 999 }).map((n) => n / 1e9),
  );
}

function textOf(schema: z.ZodString): fc.Arbitrary<string> {
  const checks = (schema.def.checks ?? []) as readonly { _zod: { def: { pattern?: RegExp } } }[];
  const pattern = checks.map((check) => check._zod.def.pattern).find((found) => found !== undefined);
  const texts = pattern
    ? fc.stringMatching(pattern, { maxLength: 40 })
    : fc.string({ minLength: schema.minLength ?? 0, maxLength: 40, unit: "grapheme" });
  return texts.filter((text) => schema.safeParse(text).success);
}

function minimum(schema: z.ZodArray): number | undefined {
  const checks = (schema.def.checks ?? []) as readonly { _zod: { def: { minimum?: number } } }[];
  return checks.map((check) => check._zod.def.minimum).find((found) => found !== undefined);
}
