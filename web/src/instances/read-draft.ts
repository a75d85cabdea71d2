// A file that somebody wrote, read so far that the form can show it. Whether it is right is for the platform to say.
import type { InstanceDraft } from './instance-draft.ts';

/** The file for the form, or why the form cannot show it. */
export type ReadDraft = { readonly draft: InstanceDraft } | { readonly fault: string };

const TEXTS = ['name', 'application', 'algorithm', 'package', 'lead', 'machine', 'grace'] as const;
const NUMBERS = ['priority', 'copies'] as const;
const OBJECTS = [
  'schedule',
  'place',
  'parameters',
  'environment',
  'bindings',
  'actions',
  'resources',
  'restart',
] as const;
const LISTS = ['secrets', 'notify'] as const;

/** Reads JSON, or YAML by a library that is loaded when it is needed. */
export async function readDraft(text: string): Promise<ReadDraft> {
  if (text.trim() === '') return { draft: {} };
  try {
    const value: unknown = /^\s*[{[]/.test(text)
      ? JSON.parse(text)
      : (await import('yaml')).parse(text, { schema: 'core' });
    return draftOf(value);
  } catch (error) {
    return { fault: error instanceof Error ? error.message : String(error) };
  }
}

/** What the form shows must be of the kinds that it shows. */
function draftOf(value: unknown): ReadDraft {
  if (!isObject(value)) return { fault: 'An instance file is an object with named fields.' };
  const wrong = [
    ...TEXTS.filter((name) => !isAbsentOr(value[name], (field) => typeof field === 'string')),
    ...NUMBERS.filter((name) => !isAbsentOr(value[name], (field) => typeof field === 'number')),
    ...OBJECTS.filter((name) => !isAbsentOr(value[name], isObject)),
    ...LISTS.filter((name) => !isAbsentOr(value[name], Array.isArray)),
    ...partsOf(value),
  ];
  return wrong.length === 0
    ? { draft: value as InstanceDraft }
    : { fault: `The form cannot show ${wrong.join(', ')}: put it right in the file first.` };
}

function partsOf({ schedule, bindings, place, actions }: Record<string, unknown>): string[] {
  return [
    ...lists(schedule, 'schedule', ['triggers', 'windows', 'calendars']),
    ...objects(bindings, 'bindings', ['sensors', 'controls']),
    ...objects(place, 'place', ['labels']),
    ...objects(actions, 'actions', ['perHour', 'quiet']),
  ];
}

function lists(value: unknown, name: string, fields: readonly string[]): string[] {
  return inside(value, name, fields, Array.isArray);
}

function objects(value: unknown, name: string, fields: readonly string[]): string[] {
  return inside(value, name, fields, isObject);
}

function inside(value: unknown, name: string, fields: readonly string[], fits: (field: unknown) => boolean): string[] {
  if (!isObject(value)) return [];
  return fields.filter((field) => !isAbsentOr(value[field], fits)).map((field) => `${name}.${field}`);
}

function isAbsentOr(value: unknown, fits: (value: unknown) => boolean): boolean {
  return value === undefined || fits(value);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
