import { setTimeout as sleep } from "node:timers/promises";
import type { LiveStack } from "../live/live-stack.ts";

/** What a client saw of one request. */
export interface Answer {
  /** Id that the gateway gave it; undefined where no answer began. */
  readonly callId: string | undefined;
  readonly streamed: boolean;
  readonly status: number;
  /** The whole answer arrived, to its last byte. */
  readonly whole: boolean;
}

/** Clients that ask again and again, plain and streamed in turn, and remember what they got. */
export class Load {
  readonly answers: Answer[] = [];
  private running = true;
  private readonly clients: Promise<void>[];

  constructor(stack: LiveStack, key: string, clients: number) {
    this.clients = Array.from({ length: clients }, async (_, client) => {
      for (let n = client; this.running; n++) {
        const answer = await ask(stack, key, n % 2 === 1);
        this.answers.push(answer);
        // The machine is needed for starting what was killed; a gateway that is down is asked again, not besieged.
        await sleep(answer.status === 200 ? 75 : 200);
      }
    });
  }

  /** Lets what runs end. */
  async stop(): Promise<readonly Answer[]> {
    this.running = false;
    await Promise.all(this.clients);
    return this.answers;
  }
}

async function ask(stack: LiveStack, key: string, streamed: boolean): Promise<Answer> {
  let callId: string | undefined;
  let status = 0;
  try {
    const response = await stack.chat("gpt-4o-mini", `chaos ${Math.random()}`, { stream: streamed }, key);
    callId = response.headers.get("x-litellm-call-id") ?? undefined;
    status = response.status;
    const text = await response.text();
    const whole = streamed ? text.trimEnd().endsWith("data: [DONE]") : text.endsWith("}");
    return { callId, streamed, status, whole };
  } catch {
    return { callId, streamed, status, whole: false };
  }
}
