// Calls of the platform's API. The browser's cookie says who calls; nothing secret is ever held by the console itself.
import type { AnswerOf } from '../../../src/api/contract/answers.ts';
import { type CallWords, callPath } from '../../../src/api/contract/call-path.ts';
import { ENDPOINTS, type RouteName } from '../../../src/api/contract/endpoints.ts';
import { messagesIn, type StreamMessage } from '../../../src/api/contract/stream-messages.ts';
import { AnsweredError, type AnsweredProblem } from './answered-error.ts';

/** What a call carries. */
export interface Call extends CallWords {
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Sent as it is, under its media type. */
  readonly file?: { readonly type: string; readonly contents: Blob | string };
  readonly signal?: AbortSignal;
}

/** The header without which the platform takes no change from a browser. */
const OWN_HEADER = { 'berth-console': '1' };

/** Calls a route and gives its answer. @throws AnsweredError, also when the platform cannot be reached */
export async function call<N extends RouteName>(name: N, asked: Call = {}): Promise<AnswerOf<N>> {
  const response = await send(name, asked);
  return (await response.json()) as AnswerOf<N>;
}

/** Calls a route whose answer is raw contents, and gives the response to be read. @throws AnsweredError */
export function open(name: RouteName, asked: Call = {}): Promise<Response> {
  return send(name, asked);
}

/** The address of a route that is read by the browser itself, such as a download. */
export function addressOf(name: RouteName, words: CallWords = {}): string {
  return callPath(ENDPOINTS[name], words);
}

/** The messages of a live route, until its `end` or until the signal aborts; `opened` as soon as it is there. @throws AnsweredError */
export async function* follow(
  name: RouteName,
  asked: Call,
  opened: () => void,
): AsyncGenerator<StreamMessage, void, undefined> {
  const response = await send(name, asked);
  opened();
  if (!response.body) return;
  for await (const message of messagesIn(chunksOf(response.body))) {
    if (message.event === 'failure') throw failureIn(message.data);
    yield message;
    if (message.event === 'end') return;
  }
}

/** Not every browser iterates over streams. */
async function* chunksOf(body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  const reader = body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel();
  }
}

async function send(name: RouteName, asked: Call): Promise<Response> {
  const endpoint = ENDPOINTS[name];
  const response = await reach(callPath(endpoint, asked), { method: endpoint.method, ...bodyOf(asked) }, asked.signal);
  if (response.ok) return response;
  throw await errorOf(response);
}

async function reach(path: string, request: RequestInit, signal: AbortSignal | undefined): Promise<Response> {
  try {
    return await fetch(path, { ...request, credentials: 'same-origin', ...(signal ? { signal } : {}) });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw AnsweredError.unreachable(error);
  }
}

function bodyOf({ body, file }: Call): RequestInit {
  if (file) return { body: file.contents, headers: { ...OWN_HEADER, 'content-type': file.type } };
  if (body === undefined) return { headers: OWN_HEADER };
  return { body: JSON.stringify(body), headers: { ...OWN_HEADER, 'content-type': 'application/json' } };
}

interface AnsweredBody {
  readonly error: {
    readonly code: string;
    readonly message: string;
    readonly remedy: string;
    readonly details?: Readonly<Record<string, string | number>>;
    readonly problems?: readonly AnsweredProblem[];
  };
}

async function errorOf(response: Response): Promise<AnsweredError> {
  const text = await response.text();
  try {
    return new AnsweredError(response.status, (JSON.parse(text) as AnsweredBody).error);
  } catch (cause) {
    return AnsweredError.unreadable(response.status, cause);
  }
}

function failureIn(data: unknown): AnsweredError {
  return new AnsweredError(500, (data as AnsweredBody).error);
}
