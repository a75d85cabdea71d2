// What does not fit in a request, as a problem with its place and with what was found there.
import type { FastifyRequest } from 'fastify';
import type { Problem } from '../model/errors.ts';

const PLAIN_KEY = /^[A-Za-z_][A-Za-z0-9_-]*$/;
const MOST_SHOWN = 100;

/** Fields whose contents are nobody's business, not even in the answer to whoever sent them: answers are kept in logs. */
const UNSHOWN: ReadonlySet<string> = new Set(['value', 'password', 'secret', 'token', 'old', 'new']);

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
  const value = valueAt(request[part], keys);
  const isUnshown = part === 'body' && value !== undefined && keys.some((key) => UNSHOWN.has(key));
  return {
    file: name,
    path: keys.reduce(childPath, '$'),
    found: isUnshown ? '«secret»' : shown(part === 'body' && keys.length === 0 ? outline(value) : value),
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

/** A body that is no object has no names that tell what may be shown of it. */
function outline(body: unknown): unknown {
  if (Array.isArray(body)) return 'a list';
  return typeof body === 'string' ? 'a text' : body;
}

function shown(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  const text = JSON.stringify(value, unshown) ?? typeof value;
  return text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}…` : text;
}

function unshown(key: string, value: unknown): unknown {
  return UNSHOWN.has(key) ? '«secret»' : value;
}
