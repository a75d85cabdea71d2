// Anything as the audit keeps it: without secrets, and no longer than people read.
import { createHash } from 'node:crypto';
import type { AuditState } from '../model/audit.ts';

const SECRET = '«secret»';
/** Names of fields that hold what nobody may see, wherever they stand. */
const SECRET_FIELDS = new Set([
  'password',
  'secret',
  'token',
  'value',
  'old',
  'new',
  'hash',
  'sealed',
  'link',
  'cookie',
  'credential',
  'authorization',
]);
/** User name and password in an address. */
const USER_INFO = /(\w{1,32}:\/\/)[^/@\s]+@/g;
const LONGEST_TEXT = 1000;
const MOST_ITEMS = 200;
const DEEPEST = 12;
const MOST_BYTES = 32 * 1024;

/** An object without secrets; of one that is too large, only its size and digest. */
export function auditState(value: unknown): AuditState {
  if (value === undefined || value === null) return null;
  const cleaned = clean(value, 0);
  const state = isObject(cleaned) ? cleaned : { content: cleaned };
  const text = JSON.stringify(state);
  return text.length <= MOST_BYTES ? state : { omitted: digestOf(Buffer.from(text)) };
}

function clean(value: unknown, depth: number): unknown {
  if (value instanceof Uint8Array) return digestOf(value);
  if (typeof value === 'string') return shortened(value.replaceAll(USER_INFO, `$1${SECRET}@`));
  if (typeof value === 'number' || typeof value === 'boolean') return value;
  if (typeof value !== 'object' || value === null) return null;
  if (depth >= DEEPEST) return '…';
  if (Array.isArray(value)) return value.slice(0, MOST_ITEMS).map((each) => clean(each, depth + 1));
  const isHidden = (key: string, field: unknown) =>
    SECRET_FIELDS.has(key.toLowerCase()) || (isCommands(value) && Array.isArray(field));
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, field]) => field !== undefined)
      .map(([key, field]) => [key, isHidden(key, field) ? SECRET : clean(field, depth + 1)]),
  );
}

/** Words of a provider's commands may hold keys: for what there is a command is told, and no more. */
function isCommands(value: object): boolean {
  return 'kind' in value && value.kind === 'command';
}

function shortened(text: string): string {
  const whole = text.toWellFormed();
  return whole.length <= LONGEST_TEXT ? whole : `${whole.slice(0, LONGEST_TEXT).toWellFormed()}…`;
}

function digestOf(bytes: Uint8Array) {
  return { sizeBytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
