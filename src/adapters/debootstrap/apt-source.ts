// Where this machine itself gets Debian packages from, read from apt's own configuration (sources.list(5)), so that no mirror is
// written into the program.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A place that serves Debian's packages. */
export interface AptSource {
  readonly uri: string;
  /** File with the keys that its releases are signed with; undefined for Debian's usual one. */
  readonly keyring: string | undefined;
}

interface Entry extends AptSource {
  readonly suites: readonly string[];
  readonly components: readonly string[];
}

/** Suites that a Debian mirror serves: with one of them, the same mirror has the suite that Berth needs. */
const DEBIAN_SUITES = new Set('stable testing unstable sid bullseye bookworm trixie forky duke'.split(' '));

/** The machine's first Debian source with the component `main`, or undefined (another distribution, nothing configured). */
export async function machineAptSource(directory = '/etc/apt'): Promise<AptSource | undefined> {
  const texts = await sourceFiles(directory);
  const entries = texts.flatMap(({ name, text }) =>
    name.endsWith('.sources') ? deb822Entries(text) : oneLineEntries(text),
  );
  const found = entries.find((entry) => entry.components.includes('main') && entry.suites.some(isDebian));
  return found && { uri: await resolveMirrorList(found.uri), keyring: found.keyring };
}

function isDebian(suite: string): boolean {
  return DEBIAN_SUITES.has(suite);
}

async function sourceFiles(directory: string): Promise<{ name: string; text: string }[]> {
  const parts = await namesIn(join(directory, 'sources.list.d'));
  const names = ['sources.list', ...parts.sort().map((name) => join('sources.list.d', name))];
  const wanted = names.filter((name) => /\.(list|sources)$/.test(name));
  const texts = await Promise.all(wanted.map((name) => textOrEmpty(join(directory, name))));
  return wanted.map((name, index) => ({ name, text: texts[index] ?? '' }));
}

/** Entries of the one-line style: `deb [options] uri suite component…`. */
function oneLineEntries(text: string): Entry[] {
  return text.split('\n').flatMap((line) => {
    const match = /^\s*deb\s+(?:\[([^\]]*)\]\s+)?(\S+)\s+(\S+)\s+([^#]+)/.exec(line);
    if (!match?.[2] || !match[3] || !match[4]) return [];
    const keyring = /signed-by=(\/\S+)/i.exec(match[1] ?? '')?.[1];
    return [{ uri: match[2], suites: [match[3]], components: words(match[4]), keyring }];
  });
}

/** Entries of the deb822 style: paragraphs of fields; a line that begins with a space goes on with the field above. */
function deb822Entries(text: string): Entry[] {
  const paragraphs = text.replaceAll(/^#.*\n?/gm, '').split(/\n\s*\n/);
  return paragraphs.map(fieldsOf).flatMap((fields) => {
    const enabled = fields.get('enabled')?.toLowerCase() !== 'no';
    if (!enabled || !words(fields.get('types')).includes('deb')) return [];
    const signedBy = fields.get('signed-by') ?? '';
    const keyring = /^\/\S+$/.test(signedBy) ? signedBy : undefined;
    const rest = { suites: words(fields.get('suites')), components: words(fields.get('components')), keyring };
    return words(fields.get('uris')).map((uri) => ({ uri, ...rest }));
  });
}

function fieldsOf(paragraph: string): Map<string, string> {
  const lines = paragraph.replaceAll(/\n[ \t]+/g, ' ').split('\n');
  const pairs = lines.map((line) => /^([\w-]+):\s*(.*)$/.exec(line));
  return new Map(pairs.flatMap((pair) => (pair ? [[(pair[1] ?? '').toLowerCase(), (pair[2] ?? '').trim()]] : [])));
}

/** apt's `mirror+file:` names a file with mirrors, one a line; debootstrap needs the address itself. */
async function resolveMirrorList(uri: string): Promise<string> {
  const file = /^mirror\+file:(?:\/\/)?(\/.+)$/.exec(uri)?.[1];
  if (!file) return uri;
  return words(await textOrEmpty(file))[0] ?? uri;
}

function words(text = ''): string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}

async function namesIn(directory: string): Promise<string[]> {
  return readdir(directory).catch(whenMissing<string[]>([]));
}

async function textOrEmpty(file: string): Promise<string> {
  return readFile(file, 'utf8').catch(whenMissing(''));
}

function whenMissing<T>(instead: T): (error: NodeJS.ErrnoException) => T {
  return (error) => {
    if (error.code === 'ENOENT') return instead;
    throw error;
  };
}
