import { clean, fold, spacedOut, spellings, wordsOf } from "./normalise.ts";
import { fromPython } from "./pattern.ts";

/** A kind of content that is refused. */
export interface Category {
  /** Whole words or phrases, in any spelling of case. */
  readonly keywords?: readonly string[];
  /** Regular expressions in Python's dialect, as in the gateway's own configuration. */
  readonly patterns?: readonly string[];
}

/** Scripts that put no blanks between words: a keyword is found anywhere. */
const unspaced = /[\u{2e80}-\u{10ffff}]/u;

/** Finds categories in text, by the same rules as plugins/cerberus_gateway/safety/content.py. */
export class ContentFilter {
  /** By a keyword's first word: the phrase between blanks, and its category. */
  private readonly byFirst = new Map<string, [phrase: string, category: string][]>();
  private readonly squashed: [phrase: string, category: string][] = [];
  private readonly unspaced: [phrase: string, category: string][] = [];
  private readonly patterns: [pattern: RegExp, category: string][] = [];

  constructor(categories: Readonly<Record<string, Category>>) {
    for (const [name, { keywords = [], patterns = [] }] of Object.entries(categories)) {
      for (const keyword of keywords) this.addKeyword(keyword, name);
      for (const pattern of patterns) this.patterns.push([fromPython(pattern), name]);
    }
  }

  /** Whether there is anything to look for. */
  get isActive(): boolean {
    return this.byFirst.size + this.unspaced.length + this.patterns.length > 0;
  }

  /** Name of the first category that the text holds. */
  find(text: string): string | undefined {
    const cleaned = clean(text);
    const folded = fold(cleaned);
    return this.inWords(folded) ?? this.inRaw(cleaned, folded);
  }

  private addKeyword(keyword: string, category: string): void {
    const folded = fold(clean(keyword));
    if (unspaced.test(folded)) {
      this.unspaced.push([folded, category]);
      return;
    }
    const phrase = wordsOf(folded).join(" ");
    for (const form of [phrase, `${phrase}s`]) {
      const [first = ""] = form.split(" ");
      this.byFirst.set(first, [...(this.byFirst.get(first) ?? []), [` ${form} `, category]]);
    }
    const squashed = phrase.replaceAll(" ", "");
    // Shorter ones occur by chance.
    if (squashed.length > 3) this.squashed.push([squashed, category]);
  }

  private inWords(folded: string): string | undefined {
    for (const run of spacedOut(folded)) {
      const found = this.squashed.find(([phrase]) => run.includes(phrase));
      if (found !== undefined) return found[1];
    }
    for (const words of spellings(folded)) {
      const found = this.phraseIn(words);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  private phraseIn(words: readonly string[]): string | undefined {
    const starts = new Set(words.filter((word) => this.byFirst.has(word)));
    if (starts.size === 0) return undefined;
    const joined = ` ${words.join(" ")} `;
    for (const start of starts) {
      const found = this.byFirst.get(start)?.find(([phrase]) => joined.includes(phrase));
      if (found !== undefined) return found[1];
    }
    return undefined;
  }

  private inRaw(cleaned: string, folded: string): string | undefined {
    const keyword = this.unspaced.find(([phrase]) => folded.includes(phrase));
    return keyword?.[1] ?? this.patterns.find(([pattern]) => pattern.test(cleaned))?.[1];
  }
}
