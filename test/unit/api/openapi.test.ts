// The OpenAPI document: that it is one, and that it says everything that the contract says.
import { expect, it } from 'vitest';
import { z } from 'zod';
import type { Route } from '../../../src/api/contract/route.ts';
import { ROUTES } from '../../../src/api/contract/routes.ts';
import { openApi } from './api-world.ts';

const schema = z.record(z.string(), z.unknown());
const content = z.record(z.string(), z.strictObject({ schema }));

/** As far as it is used here: OpenAPI 3.1.0, section 4.8, with nothing that it does not name. */
const openApiDocument = z.strictObject({
  openapi: z.literal('3.1.0'),
  info: z.strictObject({ title: z.string(), version: z.string(), description: z.string() }),
  security: z.array(z.record(z.string(), z.array(z.string()))),
  components: z.strictObject({
    securitySchemes: z.record(
      z.string(),
      z.union([
        z.strictObject({ type: z.literal('http'), scheme: z.literal('bearer') }),
        z.strictObject({ type: z.literal('apiKey'), in: z.literal('cookie'), name: z.string() }),
      ]),
    ),
    schemas: z.record(z.string().regex(/^[a-zA-Z0-9._-]+$/), schema),
  }),
  paths: z.record(
    z.string().startsWith('/'),
    z.partialRecord(
      z.enum(['get', 'post', 'put', 'delete']),
      z.strictObject({
        operationId: z.string(),
        summary: z.string().min(1),
        description: z.string().min(1),
        tags: z.array(z.string()),
        security: z.tuple([]).optional(),
        parameters: z
          .array(
            z.strictObject({
              name: z.string(),
              in: z.enum(['path', 'query']),
              required: z.boolean(),
              description: z.string().optional(),
              schema,
            }),
          )
          .optional(),
        requestBody: z.strictObject({ required: z.literal(true), content }).optional(),
        responses: z.record(
          z.string().regex(/^([1-5]\d\d|default)$/),
          z.strictObject({ description: z.string(), content }),
        ),
      }),
    ),
  ),
});

async function published() {
  const { server } = await openApi();
  const response = await server.inject({ method: 'GET', url: '/api/v1/openapi.json' });
  return openApiDocument.parse(response.json());
}

it('is an OpenAPI 3.1 document that anybody may read', async () => {
  const { paths, components, security } = await published();
  const operations = Object.values(paths).flatMap((path) => Object.values(path));
  expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(operations.length);
  expect(security).toEqual([{ token: [] }, { session: [] }]);
  expect(Object.keys(components.securitySchemes)).toEqual(['token', 'session']);
});

it('refers to the shapes that it defines, and defines no others', async () => {
  const document = await published();
  const references = JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g);
  const used = new Set([...references].map(([, name]) => name));
  expect([...used].toSorted()).toEqual(Object.keys(document.components.schemas).toSorted());
  expect(JSON.stringify(document)).not.toContain('PLACEHOLDER');
});

const BODY_TYPES = {
  zip: ['application/zip'],
  'instance-file': ['application/json', 'application/yaml'],
  'sensor-file': ['application/json', 'application/yaml', 'text/csv'],
  calendar: ['text/calendar'],
  reading: ['application/json'],
};

it.each(Object.entries(ROUTES))('describes %s with its parameters, body and answers', async (name, route: Route) => {
  const { paths } = await published();
  const path = route.path.replaceAll(/:(\w+)/g, '{$1}');
  const method = route.method.toLowerCase() as 'get' | 'post' | 'put' | 'delete';
  const operation = paths[path]?.[method];
  expect(operation).toMatchObject({ operationId: name, summary: route.summary });
  const words = { public: 'Anybody', self: 'own account' }[route.permission as string] ?? route.permission;
  expect(operation?.description).toContain(words);
  expect(operation?.security).toEqual(route.permission === 'public' ? [] : undefined);
  const parameters = operation?.parameters?.map(
    (each) => `${each.in} ${each.name} ${each.in !== 'path' || each.required}`,
  );
  expect(parameters?.toSorted() ?? []).toEqual(parametersOf(route).toSorted());
  const types = typeof route.body === 'string' ? BODY_TYPES[route.body] : ['application/json'];
  expect(Object.keys(operation?.requestBody?.content ?? {})).toEqual(route.body === undefined ? [] : types);
  const answer = { stream: 'text/event-stream', bytes: 'application/octet-stream' };
  const type = typeof route.answer === 'string' ? answer[route.answer] : 'application/json';
  expect(Object.keys(operation?.responses[200]?.content ?? {})).toEqual([type]);
  expect(operation?.responses.default?.content['application/json']?.schema).toEqual({
    $ref: '#/components/schemas/Error',
  });
});

function parametersOf({ path, query }: Route): string[] {
  const inPath = [...path.matchAll(/:(\w+)/g)].map(([, word]) => `path ${word} true`);
  const inQuery = query instanceof z.ZodObject ? Object.keys(query.shape).map((word) => `query ${word} true`) : [];
  return [...inPath, ...inQuery];
}
