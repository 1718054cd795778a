/** One comment under a change. */
export interface Comment {
  readonly id: number;
  readonly body: string;
}

/** Where a change is discussed: a GitHub pull request or a GitLab merge request. */
export interface Discussion {
  /** For messages, such as "pull request 7 of acme/gateway". */
  readonly name: string;
  /** Characters a comment may have. */
  readonly longest: number;
  /** Comments of one page, from 1; an empty page is the last. */
  list(page: number): Promise<readonly Comment[]>;
  create(body: string): Promise<void>;
  update(id: number, body: string): Promise<void>;
}

/**
 * Posts a text as one comment: the one with the same first line is edited, else a new one is made.
 * @returns what was done
 */
export async function postOnce(discussion: Discussion, text: string): Promise<"created" | "updated"> {
  const marker = firstLine(text);
  const body = shorten(text, discussion.longest);
  for (let page = 1; ; page++) {
    const comments = await discussion.list(page);
    const own = comments.find((comment) => firstLine(comment.body) === marker);
    if (own) {
      await discussion.update(own.id, body);
      return "updated";
    }
    if (comments.length === 0) break;
  }
  await discussion.create(body);
  return "created";
}

const firstLine = (text: string): string => (text.split("\n")[0] ?? "").trim();

/** Whole lines from the start, with whatever block they leave open closed again. */
export function shorten(text: string, longest: number): string {
  if (text.length <= longest) return text;
  const kept = text.slice(0, text.lastIndexOf("\n", longest - 100));
  const open = (kept.match(/^```/gm) ?? []).length % 2 === 1;
  const folded = (kept.match(/<details>/g) ?? []).length > (kept.match(/<\/details>/g) ?? []).length;
  return `${kept}${open ? "\n```" : ""}${folded ? "\n</details>" : ""}\n\n**Cut here: the whole text is in the job's log.**\n`;
}
