// Taking out of a fresh root file system what no container needs, and what would make two equal builds differ.
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Directories that stay, empty. */
const EMPTIED = [
  'var/cache/apt',
  'var/lib/apt/lists',
  'var/log',
  'var/cache/ldconfig',
  'usr/share/man',
  'usr/share/info',
  'usr/share/locale',
  'usr/share/lintian',
  'usr/share/i18n/locales',
  'tmp',
];

/** Written by the installation, of no use afterwards, and different each time. */
const REMOVED = [
  'etc/hostname',
  'etc/.pwd.lock',
  'var/lib/dpkg/status-old',
  'var/lib/dpkg/diversions-old',
  'var/lib/dpkg/statoverride-old',
  'var/cache/debconf/config.dat-old',
  'var/cache/debconf/templates.dat-old',
];

/** Files that must exist and say nothing: the first is the machine's own resolver, copied in by debootstrap. */
const BLANKED = ['etc/resolv.conf', 'etc/machine-id'];

/** Makes a root file system small. What the licences ask to be kept (`copyright`) stays. */
export async function trimRoot(root: string): Promise<void> {
  await Promise.all([
    ...EMPTIED.map((path) => emptyDirectory(join(root, path))),
    ...REMOVED.map((path) => rm(join(root, path), { force: true })),
    ...BLANKED.map((path) => blankFile(join(root, path))),
    trimDocumentation(join(root, 'usr/share/doc')),
  ]);
}

/** When the mirror's release was published, in seconds since the epoch: nothing in the root is honestly newer. */
export async function releaseSeconds(root: string): Promise<number> {
  const lists = join(root, 'var/lib/apt/lists');
  const release = (await readdir(lists)).find((name) => name.endsWith('Release'));
  if (!release) return 0;
  const date = /^Date: (.+)$/m.exec(await readFile(join(lists, release), 'utf8'))?.[1];
  return date ? Math.floor(Date.parse(date) / 1000) : 0;
}

async function emptyDirectory(directory: string): Promise<void> {
  const names = await readdir(directory).catch(() => [] as string[]);
  await Promise.all(names.map((name) => rm(join(directory, name), { recursive: true, force: true })));
}

async function blankFile(file: string): Promise<void> {
  await rm(file, { force: true });
  await writeFile(file, '', { mode: 0o644 });
}

async function trimDocumentation(directory: string): Promise<void> {
  const packages = await readdir(directory, { withFileTypes: true });
  for (const entry of packages.filter((each) => each.isDirectory())) {
    const names = await readdir(join(directory, entry.name));
    const needless = names.filter((name) => name !== 'copyright');
    await Promise.all(needless.map((name) => rm(join(directory, entry.name, name), { recursive: true, force: true })));
  }
}
