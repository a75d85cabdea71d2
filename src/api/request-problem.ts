// What does not fit in a request, as a problem with its place and with what was found there.
import type { FastifyRequest } from 'fastify';
import type { Problem } from '../model/errors.ts';

const PLAIN_KEY = /^[A-Za-z_][A-Za-z0-9_-]*$/;
const MOST_SHOWN = 100;

/** Where a problem can be, as fastify calls it, with what people call it. */
const PLACES: Readonly<Record<string, { readonly name: string; readonly part: 'body' | 'query' | 'params' }>> = {
  body: { name: 'body', part: 'body' },
  querystring: { name: 'query', part: 'query' },
  params: { name: 'path', part: 'params' },
};

/** The problem that one complaint of a schema is about. */
export function requestProblem(
  request: Pick<FastifyRequest, 'body' | 'query' | 'params'>,
  place: string,
  {
    instancePath,
    message = 'something else',
  }: { readonly instancePath: string; readonly message?: string | undefined },
): Problem {
  const { name, part } = PLACES[place] ?? { name: place, part: 'body' };
  const keys = instancePath.split('/').filter((key) => key !== '');
  return {
    file: name,
    path: keys.reduce(childPath, '$'),
    found: shown(valueAt(request[part], keys)),
    expected: message,
  };
}

function childPath(path: string, key: string): string {
  if (/^\d+$/.test(key)) return `${path}[${key}]`;
  return PLAIN_KEY.test(key) ? `${path}.${key}` : `${path}[${JSON.stringify(key.slice(0, MOST_SHOWN))}]`;
}

function valueAt(value: unknown, keys: readonly string[]): unknown {
  return keys.reduce<unknown>((inner, key) => {
    const isThere = typeof inner === 'object' && inner !== null && Object.hasOwn(inner, key);
    return isThere ? Object.entries(inner).find(([name]) => name === key)?.[1] : undefined;
  }, value);
}

function shown(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  const text = JSON.stringify(value) ?? typeof value;
  return text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}…` : text;
}
