// Which room may import which: the table of the design, and which packages each may use.
import { posix } from 'node:path';
import type { Finding, Import, Source } from './source.ts';

/** The rooms that hold what the platform does. They meet in the store, never in each other. */
const SUBSYSTEMS = [
  'applications',
  'scheduler',
  'deployment',
  'images',
  'nodes',
  'servers',
  'sensors',
  'actions',
  'accounts',
  'backups',
  'monitoring',
  'initializer',
];

const EVERYTHING = ['main', 'test', 'bench'];

const ROOMS: Readonly<Record<string, readonly string[]>> = {
  model: [],
  config: [],
  sdk: [],
  ports: ['model'],
  engine: ['model', 'ports'],
  ...Object.fromEntries(SUBSYSTEMS.map((room) => [room, ['model', 'ports', 'engine']])),
  adapters: ['model', 'ports'],
  'api/contract': ['model'],
  api: ['model', 'ports', 'api/contract', ...SUBSYSTEMS],
  cli: ['model', 'api/contract'],
  web: ['api/contract', 'model'],
  sim: ['model', 'ports'],
};

/** Built-in modules that only compute. `node:fs` and `node:http` are for rooms that serve or read files; sockets are an adapter's. */
const COMPUTING = [
  'crypto',
  'path',
  'path/posix',
  'stream',
  'stream/promises',
  'stream/consumers',
  'util',
  'zlib',
  'events',
  'readline',
];
const SERVING = ['fs', 'fs/promises', 'http', 'url', 'os'];
const BUILT_IN = [...COMPUTING, ...SERVING].map((name) => `node:${name}`);

const TERMINAL = ['commander', '@clack/prompts', '@bomb.sh/tab', '@bomb.sh/tab/*'];

const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  model: [],
  config: ['zod'],
  ports: ['node:stream'],
  engine: [],
  ...Object.fromEntries(SUBSYSTEMS.map((room) => [room, [...BUILT_IN, 'zod', 'tar-stream']])),
  applications: [...BUILT_IN, 'zod', 'tar-stream', 'yaml', 'diff'],
  scheduler: [...BUILT_IN, 'zod', 'croner'],
  initializer: [...BUILT_IN, 'zod', 'tar-stream', 'yaml'],
  'api/contract': ['zod'],
  api: [...BUILT_IN, 'zod', 'fastify', 'fastify-type-provider-zod', '@fastify/*'],
  cli: [...BUILT_IN, 'zod', 'yazl', ...TERMINAL],
  main: [...BUILT_IN, 'node:module', 'zod', ...TERMINAL],
};

/** Parts of a module that only compute, though the module as a whole is a driver. */
const HARMLESS: Readonly<Record<string, readonly string[]>> = { 'node:net': ['isIP', 'isIPv4', 'isIPv6', 'BlockList'] };

/** Imports that the table does not allow. */
export function forbiddenImports(source: Source): Finding[] {
  return source.imports.flatMap((each) => {
    const what = each.from.startsWith('.') ? wrongRoom(source.path, each) : wrongPackage(source.path, each);
    return what ? [{ path: source.path, line: each.line, what }] : [];
  });
}

/** The room that a file belongs to; undefined outside of all rooms. */
export function roomOf(path: string): string | undefined {
  if (path.startsWith('src/api/contract/')) return 'api/contract';
  const [top = '', room = ''] = path.split('/');
  return top === 'src' ? room : top;
}

function wrongRoom(path: string, { from }: Import): string | undefined {
  const target = posix.join(posix.dirname(path), from);
  const [own = '', other = ''] = [roomOf(path), roomOf(target)];
  if (EVERYTHING.includes(own)) return undefined;
  if (own === other) return own === 'adapters' ? wrongAdapter(path, target) : undefined;
  if (!ROOMS[own]) return `the room '${own}' is not in the table: add it to the design first`;
  if (!ROOMS[own].includes(other)) return `${own} may not import ${target}: ${advice(own, other)}`;
  return wrongApiImport(own, other, target);
}

function advice(own: string, other: string): string {
  const subsystems = SUBSYSTEMS.includes(own) && SUBSYSTEMS.includes(other);
  if (subsystems) return 'subsystems meet in the store, not in each other; move what both need to model or engine';
  return `it may import ${ROOMS[own]?.join(', ') || 'nothing'}; hand the value in from main instead`;
}

function wrongAdapter(path: string, target: string): string | undefined {
  const folder = (file: string) => file.split('/')[2];
  if (folder(path) === folder(target)) return undefined;
  return `an adapter may not import another one (${target}): take what is needed through a port`;
}

function wrongApiImport(own: string, other: string, target: string): string | undefined {
  if (own !== 'api' || !SUBSYSTEMS.includes(other) || /-(requests|reads)\.ts$/.test(target)) return undefined;
  return `the API may import only requests and reads of a subsystem, not ${target}`;
}

function wrongPackage(path: string, { from, names, typesOnly }: Import): string | undefined {
  const room = roomOf(path) ?? '';
  const allowed = PACKAGES[room];
  if (!allowed) return undefined;
  const matches = allowed.some((each) => (each.endsWith('*') ? from.startsWith(each.slice(0, -1)) : from === each));
  if (matches || (typesOnly && from === 'node:stream')) return undefined;
  if (names.length > 0 && names.every((name) => HARMLESS[from]?.includes(name))) return undefined;
  return `${room} may not import '${from}': drivers and processes belong into an adapter behind a port`;
}
