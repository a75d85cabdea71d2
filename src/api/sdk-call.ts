// One request of a task, its token checked, and the ways to answer it.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { BerthError } from '../model/errors.ts';
import type { Task } from '../model/task.ts';
import type { Clock } from '../ports/clock.ts';

/** A request of a task. */
export interface SdkCall {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly task: Task;
  readonly clock: Clock;
  readonly method: string;
  /** What follows `/sdk/v1/`, decoded. */
  readonly words: readonly string[];
  readonly query: URLSearchParams;
}

/** A number in the query, from `least` to `most`; null when it is absent. @throws request.invalid */
export function numberIn({ query }: SdkCall, name: string, bounds: { least: number; most: number }): number | null {
  const text = query.get(name);
  if (text === null) return null;
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (value >= bounds.least && value <= bounds.most) return value;
  throw new BerthError('request.invalid', {
    detail: `${name} must be a number from ${bounds.least} to ${bounds.most}`,
  });
}

/** A whole number in the query, from 0; null when it is absent. @throws request.invalid */
export function countIn(call: SdkCall, name: string): number | null {
  const value = numberIn(call, name, { least: 0, most: Number.MAX_SAFE_INTEGER });
  if (value === null || Number.isInteger(value)) return value;
  throw new BerthError('request.invalid', { detail: `${name} must be a whole number` });
}

/** Answers with a value. */
export function sendValue(response: ServerResponse, status: number, value: unknown): void {
  sendText(response, status, JSON.stringify(value));
}

/** Answers with a text that is JSON already. */
export function sendText(response: ServerResponse, status: number, text: string): void {
  response
    .writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) })
    .end(text);
}

/** Answers that there is nothing. */
export function sendNothing(response: ServerResponse): void {
  response.writeHead(204).end();
}

/** Aborts when whoever asked is gone. */
export function goneSignal(response: ServerResponse): AbortSignal {
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  return gone.signal;
}

/** The refusal of a request that no route is for. */
export function noRoute(method: string, path: string): BerthError {
  return new BerthError('sdk.no-route', { method, path: path.slice(0, 200) });
}
