// The Nodes that this platform can put into images, and the npm with which it installs: its own, as they lie on this machine.
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { NodeProgram } from '../images/node-runtime.ts';
import { PROGRAM_DIRECTORY } from './program-directory.ts';

/** The Node that this process runs on, and those for other architectures that were installed beside it. */
export function nodePrograms(): readonly NodeProgram[] {
  const own = { architecture: dockerWord(process.arch), path: process.execPath, libraries: ownAtomic(), debian: [] };
  return [own, ...['x64', 'arm64'].filter((arch) => arch !== process.arch).flatMap(foreignProgram)];
}

/** Where Berth's npm lies, there or not: an installation that needs it tells when it is not. */
export function npmDirectory(): string {
  try {
    return dirname(createRequire(import.meta.url).resolve('npm/package.json'));
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'MODULE_NOT_FOUND')) throw error;
    return join(PROGRAM_DIRECTORY, 'node_modules', 'npm');
  }
}

// The machine's own libraries are of another architecture: Debian's package comes in their place.
function foreignProgram(arch: string): NodeProgram[] {
  const path = join(PROGRAM_DIRECTORY, 'node_modules', `node-linux-${arch}`, 'bin', 'node');
  if (!existsSync(path)) return [];
  return [{ architecture: dockerWord(arch), path, libraries: [], debian: ['libatomic1'] }];
}

/** The libatomic that this process has loaded, which a Debian base lacks; none where its Node needs none. */
export function ownAtomic(): readonly string[] {
  const found = /\s(\/\S*\/libatomic\.so\.\S+)$/m.exec(readFileSync('/proc/self/maps', 'utf8'))?.[1];
  return found === undefined ? [] : [found];
}

function dockerWord(arch: string): string {
  return arch === 'x64' ? 'amd64' : arch;
}
