// Speaks to a platform through the contract's routes, and only those.
import { Readable } from 'node:stream';
import type { z } from 'zod';
import { ROUTES, type Route, type RouteName } from '../api/contract/routes.ts';
import { BerthError, ERRORS, type ErrorCode, type Problem } from '../model/errors.ts';
import type { Credentials } from './surroundings.ts';

/** What a route answers. */
export type AnswerOf<N extends RouteName> = (typeof ROUTES)[N]['answer'] extends z.ZodType
  ? z.output<(typeof ROUTES)[N]['answer']>
  : never;

/** What a call carries. */
export interface Call {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  readonly body?: unknown;
  readonly zip?: Readable;
  readonly signal?: AbortSignal;
}

/** One message of a server-sent stream. */
export interface StreamMessage {
  readonly event: string;
  readonly data: unknown;
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

/** A client of one platform. */
export class ApiClient {
  readonly #credentials: Credentials;

  constructor(credentials: Credentials) {
    this.#credentials = credentials;
  }

  /** Calls a route and gives its answer. @throws AnsweredError, cli.unreachable, cli.no-token */
  async call<N extends RouteName>(name: N, call: Call = {}): Promise<AnswerOf<N>> {
    const response = await this.#fetch(ROUTES[name], call);
    return (await response.json()) as AnswerOf<N>;
  }

  /** Calls a route whose answer is raw bytes. */
  async open(name: RouteName, call: Call = {}): Promise<Readable> {
    const response = await this.#fetch(ROUTES[name], call);
    return response.body
      ? Readable.fromWeb(response.body as Parameters<typeof Readable.fromWeb>[0])
      : Readable.from([]);
  }

  /** Calls a route that streams messages, until it or the signal ends. */
  async *stream(name: RouteName, call: Call): AsyncGenerator<StreamMessage> {
    const bytes = await this.open(name, call);
    try {
      yield* messagesIn(bytes);
    } catch (error) {
      if (!call.signal?.aborted) throw error;
    }
  }

  async #fetch(route: Route, call: Call): Promise<Response> {
    const { url, token } = this.#credentials;
    if (!token) throw new BerthError('cli.no-token', { url });
    const response = await this.#send(route, call, token);
    if (response.ok) return response;
    throw await answeredError(response, url);
  }

  async #send(route: Route, call: Call, token: string): Promise<Response> {
    const { url } = this.#credentials;
    try {
      return await fetch(new URL(pathOf(route, call), url), {
        method: route.method,
        ...bodyOf(call, token),
        ...(call.signal ? { signal: call.signal } : {}),
      });
    } catch (error) {
      if (call.signal?.aborted) throw error;
      throw new BerthError('cli.unreachable', { url, detail: rootCause(error) }, { cause: error });
    }
  }
}

function pathOf(route: Route, { params = {}, query = {} }: Call): string {
  const path = route.path.replaceAll(/:(\w+)/g, (_, name: string) => encodeURIComponent(params[name] ?? ''));
  const given = Object.entries(query).flatMap(([key, value]) => (value === undefined ? [] : [[key, String(value)]]));
  return given.length === 0 ? path : `${path}?${new URLSearchParams(given)}`;
}

function bodyOf({ body, zip }: Call, token: string): RequestInit {
  const authorization = `Bearer ${token}`;
  if (zip) {
    // A stream is sent as it is read: `duplex` is what fetch demands for that.
    const streamed = { body: Readable.toWeb(zip), duplex: 'half' };
    return { ...streamed, headers: { authorization, 'content-type': 'application/zip' } } as RequestInit;
  }
  if (body === undefined) return { headers: { authorization } };
  return { body: JSON.stringify(body), headers: { authorization, 'content-type': 'application/json' } };
}

async function answeredError(response: Response, url: string): Promise<Error> {
  const text = await response.text();
  try {
    return new AnsweredError(response.status, (JSON.parse(text) as AnsweredBody).error);
  } catch (cause) {
    return new BerthError(
      'cli.answer-unreadable',
      { url, status: response.status, detail: text.slice(0, 200) },
      { cause },
    );
  }
}

function rootCause(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : rootCause(error.cause);
}

/** Server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html): blank lines end messages, `:` begins comments. */
async function* messagesIn(bytes: Readable): AsyncGenerator<StreamMessage> {
  let rest = '';
  const decoder = new TextDecoder();
  for await (const chunk of bytes) {
    rest += decoder.decode(chunk as Buffer, { stream: true });
    const blocks = rest.split('\n\n');
    rest = blocks.pop() ?? '';
    for (const block of blocks) {
      const message = messageOf(block);
      if (message) yield message;
    }
  }
}

function messageOf(block: string): StreamMessage | undefined {
  const field = (name: string) =>
    block
      .split('\n')
      .filter((line) => line.startsWith(`${name}:`))
      .map((line) => line.slice(name.length + 1).trimStart());
  const data = field('data').join('\n');
  return data === '' ? undefined : { event: field('event')[0] ?? 'message', data: JSON.parse(data) as unknown };
}
