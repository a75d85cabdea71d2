// A value that must be found nowhere, and the search for it: as it is, and as programs write values down.
import { randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

/** A planted value. */
export interface Canary {
  readonly name: string;
  readonly value: string;
  readonly needles: readonly { readonly form: string; readonly bytes: Buffer }[];
}

/** What was looked at, and where a canary was found. */
export interface Search {
  /** Things looked at, by kind. */
  readonly looked: Map<string, number>;
  readonly found: string[];
}

/** A fresh value with characters that are written differently in addresses, JSON and shells. */
export function plant(name: string): Canary {
  const core = `canary-${name}-${randomBytes(12).toString('hex')}`;
  const value = `ü/${core}+&"' =%`;
  const forms = [...formsOf('the value', value), ...formsOf('its core', core)];
  return { name, value, needles: [...new Map(forms.map((each) => [each.bytes.toString(), each])).values()] };
}

function formsOf(what: string, text: string): Canary['needles'] {
  const plain = Buffer.from(text);
  const hex = plain.toString('hex');
  const texts: [string, string][] = [
    ['plain', text],
    ['in JSON', JSON.stringify(text).slice(1, -1)],
    ['URL-encoded', encodeURIComponent(text)],
    ['as a form', new URLSearchParams({ v: text }).toString().slice(2)],
    ['hex', hex],
    ['HEX', hex.toUpperCase()],
    ...[0, 1, 2].flatMap((offset): [string, string][] => [
      [`base64 at ${offset}`, inBase64(plain, offset, 'base64')],
      [`base64url at ${offset}`, inBase64(plain, offset, 'base64url')],
    ]),
  ];
  return texts.map(([form, needle]) => ({ form: `${what}, ${form}`, bytes: Buffer.from(needle) }));
}

/** What of the encoding does not depend on what stands before and after. */
function inBase64(plain: Buffer, offset: number, form: 'base64' | 'base64url'): string {
  const encoded = Buffer.concat([Buffer.alloc(offset), plain])
    .toString(form)
    .replaceAll('=', '');
  return encoded.slice(offset === 0 ? 0 : 4, encoded.length - (encoded.length % 4 || 4));
}

/** An empty search. */
export function newSearch(): Search {
  return { looked: new Map(), found: [] };
}

/** Looks for canaries in bytes, and in what they hold compressed. */
export function look(
  search: Search,
  kind: string,
  place: string,
  bytes: Buffer | string,
  canaries: readonly Canary[],
): void {
  search.looked.set(kind, (search.looked.get(kind) ?? 0) + 1);
  const contents = Buffer.from(bytes);
  for (const each of [contents, unpacked(contents)])
    for (const canary of canaries)
      for (const { form, bytes: needle } of canary.needles)
        if (each.includes(needle)) search.found.push(`${canary.name} (${form}) in ${kind}: ${place}`);
}

function unpacked(bytes: Buffer): Buffer {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return Buffer.alloc(0);
  try {
    return gunzipSync(bytes);
  } catch {
    return Buffer.alloc(0);
  }
}

/** Looks into every file below a directory. */
export async function lookBelow(
  search: Search,
  kind: string,
  directory: string,
  canaries: readonly Canary[],
): Promise<void> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  for (const entry of entries) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const bytes = await readFile(path).catch(ifGone);
    if (bytes) look(search, kind, path, bytes, canaries);
  }
}

/** Looks at what every process of this machine shows of itself to others: its words and its environment. */
export async function lookAtProcesses(search: Search, canaries: readonly Canary[]): Promise<void> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  for (const pid of pids)
    for (const file of ['cmdline', 'environ']) {
      const bytes = await readFile(`/proc/${pid}/${file}`).catch(ifGone);
      if (bytes) look(search, `processes' ${file}`, `${pid} ${bytes.toString().slice(0, 80)}`, bytes, canaries);
    }
}

/** Of what ended or was renamed meanwhile there is nothing to look at. */
function ifGone(error: unknown): undefined {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (!['ENOENT', 'ESRCH', 'EACCES'].includes(code)) throw error;
}
