// Turns what zod says of a value into problems that a person can act on: where, what was found, what is expected.
import type { z } from 'zod';
import type { Problem } from '../model/errors.ts';
import { childPath, jsonPath } from './json-path.ts';
import { jsonSchemaOf } from './json-schema-of.ts';
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
  const { file, value } = context;
  const branch = meantBranch(issue);
  if (branch) return branch.flatMap((inner) => problemsOf(inner, context));
  const path = jsonPath(issue.path);
  if (issue.code === 'unrecognized_keys') {
    const known = knownFields(context, issue.path);
    return issue.keys.map((key) => ({ file, path: childPath(path, key), found: 'an unknown field', expected: known }));
  }
  if (issue.code === 'invalid_key') {
    const expected = issue.issues.map(expectation).join('; ');
    return [{ file, path, found: `the name ${shortened(issue.path.at(-1))}`, expected }];
  }
  return [{ file, path, found: shortened(valueAt(value, issue.path)), expected: expectation(issue) }];
}

/** Of a union whose variants are of different kinds (a word or an object), the issues of the only one that the value is of. */
function meantBranch(issue: Issue): Issue[] | undefined {
  if (issue.code !== 'invalid_union') return undefined;
  const near = issue.errors.filter((branch) => branch.some(({ path }) => path.length > 0));
  const [only] = near;
  if (only === undefined || near.length > 1) return undefined;
  return only.map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] }));
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
      return 'options' in issue && Array.isArray(issue.options)
        ? oneOf(issue.options.filter((option) => option !== undefined).map(String))
        : issue.message;
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
  readonly const?: unknown;
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly items?: SchemaNode;
  readonly additionalProperties?: SchemaNode | false;
  readonly oneOf?: readonly SchemaNode[];
  readonly anyOf?: readonly SchemaNode[];
}

// The fields are read from the published JSON Schema, so that the message can never name others than it does.
function knownFields({ schema, value }: Context, path: readonly PropertyKey[]): string {
  const root: SchemaNode = jsonSchemaOf(schema);
  const nodes = path.reduce<readonly SchemaNode[]>(
    (here, key, depth) => here.flatMap((node) => childNodes(node, key, valueAt(value, path.slice(0, depth)))),
    [root],
  );
  const fitting = nodes.flatMap((node) => variants(node, valueAt(value, path)));
  const names = new Set(fitting.flatMap((node) => Object.keys(node.properties ?? {})));
  return `one of the fields ${[...names].join(', ')}`;
}

function childNodes(node: SchemaNode, key: PropertyKey, value: unknown): SchemaNode[] {
  return variants(node, value).flatMap((variant) => {
    const child =
      typeof key === 'number' ? variant.items : (variant.properties?.[String(key)] ?? variant.additionalProperties);
    return child ? [child] : [];
  });
}

/** The variants of a node that a value may be meant as: those whose fixed fields it has. */
function variants(node: SchemaNode, value: unknown): readonly SchemaNode[] {
  const all = node.oneOf ?? node.anyOf;
  if (all === undefined) return [node];
  const flat = all.flatMap((variant) => variants(variant, value));
  const fitting = flat.filter(({ properties = {} }) =>
    Object.entries(properties).every(([name, field]) => !('const' in field) || field.const === valueAt(value, [name])),
  );
  return fitting.length > 0 ? fitting : flat;
}
