// Turns what zod says of a value into problems that a person can act on: where, what was found, what is expected.
import { z } from 'zod';
import type { Problem } from '../model/errors.ts';
import { childPath, jsonPath } from './json-path.ts';
import { shortened } from './shortened.ts';

type Issue = z.core.$ZodIssue;

/** A value read by a schema, or every problem that it has. */
export type SchemaReading<T> = { readonly value: T } | { readonly problems: readonly Problem[] };

/** Reads a value by a schema; `file` is what problems call the value. */
export function readBySchema<T>(schema: z.ZodType<T>, file: string, value: unknown): SchemaReading<T> {
  const result = schema.safeParse(value);
  if (result.success) return { value: result.data };
  return { problems: result.error.issues.flatMap((issue) => problemsOf(issue, { schema, file, value })) };
}

interface Context {
  readonly schema: z.ZodType;
  readonly file: string;
  readonly value: unknown;
}

function problemsOf(issue: Issue, context: Context): Problem[] {
  const { file, value, schema } = context;
  const path = jsonPath(issue.path);
  if (issue.code === 'unrecognized_keys') {
    const known = knownFields(schema, issue.path);
    return issue.keys.map((key) => ({ file, path: childPath(path, key), found: 'an unknown field', expected: known }));
  }
  if (issue.code === 'invalid_key') {
    const expected = issue.issues.map(expectation).join('; ');
    return [{ file, path, found: `the name ${shortened(issue.path.at(-1))}`, expected }];
  }
  return [{ file, path, found: shortened(valueAt(value, issue.path)), expected: expectation(issue) }];
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  let here = value;
  for (const key of path) {
    if (typeof here !== 'object' || here === null || !Object.hasOwn(here, key)) return undefined;
    here = Reflect.get(here, key);
  }
  return here;
}

const KINDS: Readonly<Record<string, string>> = {
  string: 'a string',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  tuple: 'a list',
  object: 'an object',
  record: 'an object',
};

const UNITS: Readonly<Record<string, readonly [one: string, more: string]>> = {
  string: ['character', 'characters'],
  array: ['entry', 'entries'],
};

function expectation(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return KINDS[issue.expected] ?? issue.expected;
    case 'too_small':
      return `${issue.inclusive === false ? 'more than' : 'at least'} ${measure(issue.minimum, issue.origin)}`;
    case 'too_big':
      return `${issue.inclusive === false ? 'less than' : 'at most'} ${measure(issue.maximum, issue.origin)}`;
    case 'invalid_value':
      return oneOf(issue.values.map(String));
    case 'invalid_union':
      return 'options' in issue && Array.isArray(issue.options) ? oneOf(issue.options.map(String)) : issue.message;
    default:
      return issue.message;
  }
}

function measure(bound: number | bigint, origin: string): string {
  const unit = UNITS[origin]?.[Number(bound) === 1 ? 0 : 1];
  return unit === undefined ? `${bound}` : `${bound} ${unit}`;
}

function oneOf(options: readonly string[]): string {
  const quoted = options.map((option) => JSON.stringify(option));
  return quoted.length === 1 ? String(quoted[0]) : `one of ${quoted.join(', ')}`;
}

interface SchemaNode {
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly items?: SchemaNode;
  readonly additionalProperties?: SchemaNode | false;
  readonly oneOf?: readonly SchemaNode[];
}

// The fields are read from the published JSON Schema, so that the message can never name others than it does.
function knownFields(schema: z.ZodType, path: readonly PropertyKey[]): string {
  const root: SchemaNode = z.toJSONSchema(schema, { io: 'input' }) as SchemaNode;
  const nodes = path.reduce<readonly SchemaNode[]>(
    (here, key) => here.flatMap((node) => childNodes(node, key)),
    [root],
  );
  const names = new Set(nodes.flatMap(variants).flatMap((node) => Object.keys(node.properties ?? {})));
  return `one of the fields ${[...names].join(', ')}`;
}

function childNodes(node: SchemaNode, key: PropertyKey): SchemaNode[] {
  return variants(node).flatMap((variant) => {
    const child =
      typeof key === 'number' ? variant.items : (variant.properties?.[String(key)] ?? variant.additionalProperties);
    return child ? [child] : [];
  });
}

function variants(node: SchemaNode): readonly SchemaNode[] {
  return node.oneOf ?? [node];
}
