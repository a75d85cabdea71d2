// How a document lies in MongoDB: its id, its version, the fields that it is listed by, and beside them the document itself. It is kept as
// MongoDB's own objects, so that a person can look into it; one that would not come back exactly as it was is kept as JSON text.
import { INDEXES, type Kind } from '../../model/kinds.ts';
import type { AnyDocument, Scalar } from '../../ports/store.ts';

/** A document as the database keeps it. */
export interface Kept {
  readonly _id: string;
  readonly version: number;
  readonly doc?: object;
  /** JSON of the document, instead of `doc`. */
  readonly text?: string;
  /** When it was deleted; its id is kept for a while so that late writes find it. */
  readonly goneAt?: Date | null;
  /** What came after earlier versions; `fate.ts` tells what for. */
  readonly next?: Readonly<Record<string, readonly [version: number, next: number]>>;
  readonly [field: string]: unknown;
}

/** The content of a document beside its id and version. */
export interface Content {
  /** Indexed fields, and `doc` or `text`. */
  readonly set: Readonly<Record<string, unknown>>;
  /** The one of `doc` and `text` that is not there. */
  readonly absent: 'doc' | 'text';
  readonly sizeBytes: number;
}

/** Most bytes that a document may take: MongoDB's 16 MiB, less what stands beside the document. */
const LARGEST_BYTES = 16 * 1024 * 1024 - 65_536;

/** Deepest nesting that is kept as objects; MongoDB takes a hundred. */
const DEEPEST = 60;

/** The fields of a kind that stand beside its documents. */
export function indexedFields(kind: Kind): readonly string[] {
  return [...new Set(INDEXES[kind].flat())];
}

/** What is kept of a document, taken as it is now. @throws TypeError for one that cannot be kept */
export function contentOf(kind: Kind, doc: AnyDocument): Content {
  if (typeof doc.id !== 'string' || doc.id === '') throw new TypeError(`A ${kind} needs an id`);
  const fields = Object.fromEntries(indexedFields(kind).map((field) => [field, fieldValue(doc, field)]));
  const text = JSON.stringify(doc);
  const sizeBytes = Buffer.byteLength(text) + 1024;
  const copy: unknown = JSON.parse(text);
  refuseLarge(kind, doc.id, sizeBytes);
  if (text.length * 3 < LARGEST_BYTES && comesBack(copy, DEEPEST))
    return { set: { ...fields, doc: copy }, absent: 'text', sizeBytes };
  return { set: { ...fields, text }, absent: 'doc', sizeBytes };
}

/** The document that was kept. */
export function documentOf<D extends AnyDocument>({ doc, text }: Kept): D {
  return (doc ?? JSON.parse(text ?? 'null')) as D;
}

/** A document's value of an indexed field. @throws TypeError for what no list can be ordered by */
export function fieldValue(doc: object, field: string): Scalar {
  const value: unknown = Reflect.get(doc, field) ?? null;
  if (value === null || typeof value === 'string') return value;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw new TypeError(`The indexed field ${field} holds ${typeof value === 'number' ? value : `a ${typeof value}`}`);
}

function refuseLarge(kind: Kind, id: string, sizeBytes: number): void {
  if (sizeBytes <= LARGEST_BYTES) return;
  throw new TypeError(`${kind} ${id} is larger than MongoDB takes, ${LARGEST_BYTES} bytes`);
}

/**
 * Whether a value comes back from any server of this protocol as it was. Names with a dollar sign or a dot mean something to MongoDB, a NUL
 * ends a name, the driver reads meaning into two names, UTF-8 has no lone surrogates, and not every server has arrays of arrays.
 */
function comesBack(value: unknown, depth: number): boolean {
  if (typeof value === 'string') return value.isWellFormed();
  if (typeof value !== 'object' || value === null) return true;
  if (depth === 0) return false;
  if (Array.isArray(value)) return value.every((each) => !Array.isArray(each) && comesBack(each, depth - 1));
  return Object.entries(value).every(([name, each]) => isPlainName(name) && comesBack(each, depth - 1));
}

function isPlainName(name: string): boolean {
  return /^[^$.\0][^.\0]*$/u.test(name) && name.isWellFormed() && !DRIVERS_NAMES.includes(name);
}

const DRIVERS_NAMES = ['_bsontype', 'toBSON', '__proto__'];
