// A script of Node under the real launcher, with the SDK above it as in a container, and the other side of its protocol.
import type { ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { expect } from 'vitest';
import { type Launched, launch, type Wanted } from '../sdk-python/launched.ts';
import type { PlatformDouble } from '../sdk-python/platform-double.ts';

/** A call of the SDK with its body. */
export interface Called {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  readonly body: string;
}

/** What a call gets: a status with a JSON value, nothing (204), or `cut`, the end of its connection. */
export type Given = { readonly status: number; readonly value: unknown } | 'nothing' | 'cut';

/** Launches a script of Node; its imports from the SDK stand before it. */
export function launchNode(script: string, wanted: Omit<Wanted, 'script'> = {}): Promise<Launched> {
  const file = wanted.file ?? 'main.mjs';
  const task = { script: file, runtime: 'node', runsPerTask: 1, ...wanted.task };
  return launch({ ...wanted, script, file, task });
}

/** The same, until it has ended well; gives what it printed, a JSON value on each line. */
export async function printed(launched: Launched): Promise<unknown[]> {
  expect(await launched.exit, launched.stderr).toBe(0);
  return launched.lines.map((line) => JSON.parse(line) as unknown);
}

/** Answers every call of the SDK; the calls are kept in the order in which they came. */
export function answering(platform: PlatformDouble, give: (call: Called) => Given): readonly Called[] {
  const calls: Called[] = [];
  platform.answerCall = async ({ method, url, request, response }) => {
    const call = { method, target: url.pathname + url.search, body: await text(request) };
    calls.push(call);
    send(response, give(call));
  };
  return calls;
}

/** An answer with a value. */
export function ok(value: unknown): Given {
  return { status: 200, value };
}

function send(response: ServerResponse, given: Given): void {
  if (given === 'cut') response.destroy();
  else if (given === 'nothing') response.writeHead(204).end();
  else response.writeHead(given.status, { 'content-type': 'application/json' }).end(JSON.stringify(given.value));
}
