// Speaks to a platform through the contract's routes, and only those. It knows their schemas as types alone: loading them would make
// every start of the command line slower.
import { Readable } from 'node:stream';
import type { AnswerOf, ItemOf, PagedRoute } from '../api/contract/answers.ts';
import { callPath } from '../api/contract/call-path.ts';
import type { Endpoint } from '../api/contract/endpoint.ts';
import { ENDPOINTS, type RouteName } from '../api/contract/endpoints.ts';
import { messagesIn, type StreamMessage } from '../api/contract/stream-messages.ts';
import { BerthError, ERRORS, type ErrorCode, type Problem } from '../model/errors.ts';
import type { Credentials } from './surroundings.ts';

/** What a call carries. */
export interface Call {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  readonly body?: unknown;
  readonly zip?: Readable;
  /** A file as it was written, with its media type. */
  readonly file?: { readonly type: string; readonly contents: Uint8Array<ArrayBuffer> };
  readonly signal?: AbortSignal;
}

/** An error that a platform answered: its words are the platform's, which may be of another version. */
export class AnsweredError extends Error {
  readonly code: string;
  readonly remedy: string;
  readonly status: number;
  readonly details: Readonly<Record<string, string | number>>;
  readonly problems: readonly Problem[];

  constructor(status: number, error: AnsweredBody['error']) {
    super(error.message);
    this.name = 'AnsweredError';
    this.code = error.code;
    this.remedy = error.remedy;
    this.status = status;
    this.details = error.details ?? {};
    this.problems = error.problems ?? [];
  }

  /** Whether it is the given error of the registry. */
  is(code: ErrorCode): boolean {
    return this.code === code && code in ERRORS;
  }
}

interface AnsweredBody {
  readonly error: {
    readonly code: string;
    readonly message: string;
    readonly remedy: string;
    readonly details?: Readonly<Record<string, string | number>>;
    readonly problems?: readonly Problem[];
  };
}

/** A page as long as the API gives. */
const LONGEST_PAGE = 1000;

/** A client of one platform. */
export class ApiClient {
  readonly #credentials: Credentials;

  constructor(credentials: Credentials) {
    this.#credentials = credentials;
  }

  /** Calls a route and gives its answer. @throws AnsweredError, cli.unreachable, cli.no-token */
  async call<N extends RouteName>(name: N, call: Call = {}): Promise<AnswerOf<N>> {
    const response = await this.#fetch(ENDPOINTS[name], call);
    return this.#jsonOf(response) as Promise<AnswerOf<N>>;
  }

  /** Every item of a route that answers pages. */
  async all<N extends PagedRoute>(name: N, call: Call = {}): Promise<ItemOf<N>[]> {
    const items: ItemOf<N>[] = [];
    let after: string | undefined;
    do {
      const query = { limit: LONGEST_PAGE, ...call.query, ...(after === undefined ? {} : { after }) };
      const page = (await this.call(name, { ...call, query })) as { items: ItemOf<N>[]; next?: string };
      items.push(...page.items);
      after = page.next;
    } while (after !== undefined);
    return items;
  }

  /** Calls a route whose answer is raw bytes, and gives them as they come. @throws cli.broken-off while they are read */
  async open(name: RouteName, call: Call = {}): Promise<AsyncGenerator<Uint8Array, void, undefined>> {
    const response = await this.#fetch(ENDPOINTS[name], call);
    return this.#bytesOf(response, call.signal);
  }

  /** Calls a route that streams messages, until its `end` or until the signal aborts. @throws cli.broken-off, AnsweredError */
  async *stream(name: RouteName, call: Call): AsyncGenerator<StreamMessage, void, undefined> {
    for await (const message of messagesIn(await this.open(name, call))) {
      if (message.event === 'failure') throw failureOf(message.data);
      yield message;
      if (message.event === 'end') return;
    }
    if (!call.signal?.aborted) throw this.#brokenOff('the platform ended it');
  }

  async *#bytesOf(response: Response, signal: AbortSignal | undefined): AsyncGenerator<Uint8Array, void, undefined> {
    try {
      if (response.body) yield* response.body;
    } catch (error) {
      if (!signal?.aborted) throw this.#brokenOff(rootCause(error), error);
    }
  }

  async #jsonOf(response: Response): Promise<unknown> {
    const text = await response.text();
    try {
      return JSON.parse(text) as unknown;
    } catch (cause) {
      throw this.#unreadable(response.status, text, cause);
    }
  }

  #brokenOff(detail: string, cause?: unknown): BerthError {
    return new BerthError('cli.broken-off', { url: this.#credentials.url, detail }, { cause });
  }

  #unreadable(status: number, text: string, cause: unknown): BerthError {
    const detail = text === '' ? 'nothing' : JSON.stringify(text.slice(0, 100));
    return new BerthError('cli.answer-unreadable', { url: this.#credentials.url, status, detail }, { cause });
  }

  async #fetch(route: Endpoint, call: Call): Promise<Response> {
    const { url, token } = this.#credentials;
    if (!token) throw new BerthError('cli.no-token', { url });
    const response = await this.#send(route, call, token);
    if (response.ok) return response;
    throw await this.#answeredError(response);
  }

  async #answeredError(response: Response): Promise<Error> {
    const text = await response.text();
    try {
      return new AnsweredError(response.status, (JSON.parse(text) as AnsweredBody).error);
    } catch (cause) {
      return this.#unreadable(response.status, text, cause);
    }
  }

  async #send(route: Endpoint, call: Call, token: string): Promise<Response> {
    const { url } = this.#credentials;
    try {
      return await fetch(new URL(callPath(route, call), url), {
        method: route.method,
        ...bodyOf(call, token),
        ...(call.signal ? { signal: call.signal } : {}),
      });
    } catch (error) {
      if (call.signal?.aborted) throw error;
      if (call.zip?.errored instanceof BerthError) throw call.zip.errored;
      throw new BerthError('cli.unreachable', { url, detail: rootCause(error) }, { cause: error });
    }
  }
}

/** What a stream failed with, as any other route would have answered it. */
function failureOf(data: unknown): AnsweredError {
  const { error } = data as AnsweredBody;
  const known = Object.entries(ERRORS).find(([code]) => code === error.code);
  return new AnsweredError(known?.[1].status ?? 500, error);
}

function bodyOf({ body, zip, file }: Call, token: string): RequestInit {
  const authorization = `Bearer ${token}`;
  if (zip) {
    // A stream is sent as it is read: `duplex` is what fetch demands for that.
    const streamed = { body: Readable.toWeb(zip), duplex: 'half' };
    return { ...streamed, headers: { authorization, 'content-type': 'application/zip' } } as RequestInit;
  }
  if (file) return { body: file.contents, headers: { authorization, 'content-type': file.type } };
  if (body === undefined) return { headers: { authorization } };
  return { body: JSON.stringify(body), headers: { authorization, 'content-type': 'application/json' } };
}

function rootCause(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : rootCause(error.cause);
}
