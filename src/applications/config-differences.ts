// What differs between two configurations, value by value. Pure.
import { isDeepStrictEqual } from 'node:util';

/** A place whose values differ; null where there is none. */
export interface ConfigDifference {
  /** Such as `algorithms[report].resources.cpus`: what has an id is named by it. */
  readonly path: string;
  readonly before: unknown;
  readonly after: unknown;
}

type Fields = Readonly<Record<string, unknown>>;

/** The places below `path` whose values differ, in the order of the one before. */
export function configDifferences(path: string, before: unknown, after: unknown): readonly ConfigDifference[] {
  if (isDeepStrictEqual(before, after)) return [];
  const [fieldsBefore, fieldsAfter] = [fieldsOf(before), fieldsOf(after)];
  if (!fieldsBefore || !fieldsAfter) return [{ path, before: before ?? null, after: after ?? null }];
  const names = new Set([...Object.keys(fieldsBefore), ...Object.keys(fieldsAfter)]);
  return [...names].flatMap((name) =>
    configDifferences(placeOf(path, name, Array.isArray(before)), fieldsBefore[name], fieldsAfter[name]),
  );
}

function placeOf(path: string, name: string, isListed: boolean): string {
  if (isListed) return `${path}[${name}]`;
  return path === '' ? name : `${path}.${name}`;
}

/** The parts of a value by their names: fields of an object, or things of a list by their ids. */
function fieldsOf(value: unknown): Fields | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (!Array.isArray(value)) return { ...value };
  const named = value.map((item: unknown) => [idOf(item), item] as const);
  const ids = new Set(named.map(([id]) => id));
  return ids.has(undefined) || ids.size < named.length ? undefined : Object.fromEntries(named);
}

function idOf(item: unknown): string | undefined {
  if (typeof item !== 'object' || item === null) return undefined;
  const id: unknown = Reflect.get(item, 'id') ?? Reflect.get(item, 'name');
  return typeof id === 'string' ? id : undefined;
}
