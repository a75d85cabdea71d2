// A route of the contract as fastify checks its requests, and as the OpenAPI document describes it.
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { RouteName } from './contract/endpoints.ts';
import type { Route } from './contract/route.ts';
import { errorView } from './contract/views.ts';

/** What the API is told of a stream or of raw contents: their media type. */
const STREAM_TYPES = { stream: 'text/event-stream', bytes: 'application/octet-stream' } as const;

/** Media types of bodies that their handlers read themselves. */
const BODY_TYPES = {
  zip: ['application/zip'],
  'instance-file': ['application/json', 'application/yaml'],
  'sensor-file': ['application/json', 'application/yaml', 'text/csv'],
  calendar: ['text/calendar'],
  reading: ['application/json'],
} as const;

/** Schemas and words of a route. A body that is no plain JSON has none here: its handler reads it. */
export function routeSchema(name: RouteName, route: Route): object {
  const { summary, permission, path, query, body, answer } = route;
  const params = paramsOf(path);
  return {
    operationId: name,
    summary,
    description: whoMay(permission),
    ...(permission === 'public' ? { security: [] } : {}),
    tags: [path.split('/')[3] ?? ''],
    ...(params ? { params } : {}),
    ...(query ? { querystring: query } : {}),
    ...(typeof body === 'string' ? { consumes: [...BODY_TYPES[body]] } : body ? { body } : {}),
    response: { 200: answered(answer), default: described('An error', 'application/json', errorView) },
  };
}

function whoMay(permission: Route['permission']): string {
  if (permission === 'public') return 'Anybody may call it.';
  if (permission === 'self') return 'Whoever is signed in, about their own account.';
  return `Needs the permission \`${permission}\`.`;
}

function paramsOf(path: string): z.ZodType | undefined {
  const names = path.split('/').flatMap((part) => (part.startsWith(':') ? [part.slice(1)] : []));
  if (names.length === 0) return undefined;
  return z.object(Object.fromEntries(names.map((name) => [name, z.string()])));
}

function answered(answer: Route['answer']): object {
  if (typeof answer !== 'string') return described('What was asked for', 'application/json', answer);
  return described('A stream', STREAM_TYPES[answer], z.string());
}

function described(description: string, type: string, schema: z.ZodType): object {
  return { description, content: { [type]: { schema } } };
}

type Transform = typeof jsonSchemaTransform;

/** Turns a route's schemas into those of the document, the body of an upload included (OpenAPI 3.1.0, section 4.8.14.2). */
export const documentTransform: Transform = (document) => {
  const transformed = jsonSchemaTransform(document);
  if (!('consumes' in transformed.schema)) return transformed;
  return { ...transformed, schema: { ...transformed.schema, body: {} } };
};

/** The whole document with the shapes that it refers to, and no others: the registry knows each of them as input and as output. */
export const wholeDocument: typeof jsonSchemaTransformObject = (document) => {
  const whole = jsonSchemaTransformObject(document);
  if (!('components' in whole)) return whole;
  const { components, ...rest } = whole;
  const schemas = usedSchemas(rest, Object.entries(components?.schemas ?? {}));
  return { ...whole, components: { ...components, schemas } } as typeof whole;
};

function usedSchemas<S>(by: unknown, all: readonly (readonly [name: string, schema: S])[]): Record<string, S> {
  const used = new Set<string>();
  for (let found = namesIn(by, used); found.length > 0; ) {
    for (const name of found) used.add(name);
    const schemas = all.filter(([name]) => found.includes(name));
    found = namesIn(schemas, used);
  }
  return Object.fromEntries(all.filter(([name]) => used.has(name)));
}

function namesIn(part: unknown, known: ReadonlySet<string>): string[] {
  const references = JSON.stringify(part).matchAll(/"#\/components\/schemas\/([^"]+)"/g);
  return [...new Set([...references].map(([, name = '']) => name))].filter((name) => !known.has(name));
}
