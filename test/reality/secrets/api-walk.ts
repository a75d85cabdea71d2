// Every reading route of the API, called with the names of what there is; and requests that are refused.
import { callPath } from '../../../src/api/contract/call-path.ts';
import { ENDPOINTS } from '../../../src/api/contract/endpoints.ts';
import type { Route } from '../../../src/api/contract/route.ts';
import { ROUTES } from '../../../src/api/contract/routes.ts';
import type { Credentials } from '../../../src/cli/surroundings.ts';

/** An answer as it came: status, headers and body. */
export interface Answered {
  readonly route: string;
  readonly status: number;
  readonly text: string;
}

const STREAM_MS = 700;

/** Queries that some routes need, or that make them tell more. */
const QUERIES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  whyOccurrence: { at: new Date().toISOString() },
};

/** The answers of all GET routes. */
export async function* walk(
  { url, token }: Credentials,
  params: Readonly<Record<string, string>>,
): AsyncGenerator<Answered> {
  for (const [name, endpoint] of Object.entries(ENDPOINTS)) {
    if (endpoint.method !== 'GET') continue;
    const route: Route | undefined = Object.entries(ROUTES).find(([other]) => other === name)?.[1];
    const path = callPath(endpoint, { params, query: QUERIES[name] ?? {} });
    yield await asked(name, new URL(path, url), { headers: headersOf(token) }, route?.answer === 'stream');
  }
}

/** What wrong requests with a value are answered. */
export async function* refusals({ url, token }: Credentials, value: string): AsyncGenerator<Answered> {
  const path = '/api/v1/applications/vault/secrets/db-password';
  const json = { ...headersOf(token), 'content-type': 'application/json' };
  const bodies = [
    JSON.stringify({ value: { nested: value } }),
    JSON.stringify({ value: value.repeat(2000) }),
    JSON.stringify({ values: value, value: 1 }),
    `{"value":${JSON.stringify(value)}`,
    JSON.stringify(value),
  ];
  for (const [index, body] of bodies.entries())
    yield asked(`refused body ${index}`, new URL(path, url), { method: 'PUT', headers: json, body }, false);
  const wrong = { method: 'PUT', body: JSON.stringify({ value }) };
  const elsewhere = '/api/v1/applications/nobody/secrets/x';
  yield asked('another application', new URL(elsewhere, url), { ...wrong, headers: json }, false);
  yield asked('no token', new URL(path, url), { ...wrong, headers: { 'content-type': 'application/json' } }, false);
  yield asked('no JSON', new URL(path, url), { ...wrong, headers: { ...json, 'content-type': 'text/plain' } }, false);
}

function headersOf(token: string | undefined): Record<string, string> {
  return { authorization: `Bearer ${token}` };
}

async function asked(route: string, url: URL, init: RequestInit, isStream: boolean): Promise<Answered> {
  const ends = new AbortController();
  const response = await fetch(url, { ...init, signal: ends.signal });
  const headers = [...response.headers].map(([name, value]) => `${name}: ${value}`).join('\n');
  const body = isStream ? await someOf(response, ends) : Buffer.from(await response.arrayBuffer()).toString('latin1');
  return { route, status: response.status, text: `${headers}\n\n${Buffer.from(body, 'latin1').toString()}` };
}

async function someOf(response: Response, ends: AbortController): Promise<string> {
  const late = setTimeout(() => ends.abort(), STREAM_MS);
  const pieces: Uint8Array[] = [];
  try {
    for await (const piece of response.body ?? []) pieces.push(piece);
  } catch (error) {
    if (!ends.signal.aborted) throw error;
  } finally {
    clearTimeout(late);
  }
  return Buffer.concat(pieces).toString('latin1');
}
