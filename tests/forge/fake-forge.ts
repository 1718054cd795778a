import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";

interface Stored {
  readonly id: number;
  body: string;
}

/** A local HTTP server that keeps comments as GitHub's and GitLab's APIs do, in pages of two. */
export class FakeForge {
  readonly comments: Stored[] = [];
  /** "METHOD path" of every request, in order. */
  readonly requests: string[] = [];
  /** Answer everything with this status instead. */
  refuseWith: number | undefined;
  /** Header and value without which it answers 401. */
  readonly credential: readonly [string, string];
  private readonly server: Server;

  private constructor(credential: readonly [string, string]) {
    this.credential = credential;
    this.server = createServer((request, response) => {
      void this.answer(request).then(({ status, body }) => {
        response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
      });
    });
  }

  static async start(credential: readonly [string, string]): Promise<FakeForge> {
    const forge = new FakeForge(credential);
    await new Promise<void>((resolve) => forge.server.listen(0, "127.0.0.1", resolve));
    return forge;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  stop(): Promise<unknown> {
    return new Promise((resolve) => this.server.close(resolve));
  }

  private async answer(request: IncomingMessage): Promise<{ status: number; body: unknown }> {
    const { pathname, searchParams } = new URL(request.url ?? "", this.url);
    this.requests.push(`${request.method} ${pathname}`);
    const [header, value] = this.credential;
    if (request.headers[header] !== value) return { status: 401, body: { message: "Bad credentials" } };
    if (this.refuseWith !== undefined)
      return { status: this.refuseWith, body: { message: "Resource not accessible by integration" } };
    let text = "";
    for await (const part of request.setEncoding("utf8")) text += part;
    if (request.method === "GET") {
      const page = Number(searchParams.get("page"));
      return { status: 200, body: this.comments.slice((page - 1) * 2, page * 2) };
    }
    const { body } = JSON.parse(text) as { body: string };
    if (request.method === "POST") {
      this.comments.push({ id: this.comments.length + 1, body });
      return { status: 201, body: {} };
    }
    const comment = this.comments.find(({ id }) => pathname.endsWith(`/${id}`));
    if (comment === undefined) return { status: 404, body: { message: "Not Found" } };
    comment.body = body;
    return { status: 200, body: {} };
  }
}
