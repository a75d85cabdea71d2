// FerretDB 1, a server that speaks MongoDB's protocol over SQLite: built from its Go module, once, and kept between runs.
import { chmodSync, cpSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { mustRun } from './command.ts';
import { cachePath } from './directories.ts';
import { goProgram } from './go-toolchain.ts';
import { locked } from './lock.ts';

/** The last version that needs no PostgreSQL. */
const VERSION = 'v1.24.2';
const MODULE = `github.com/FerretDB/FerretDB@${VERSION}`;

/** What the module must be, as Go names its content. */
const SUM = 'h1:trrUU0LbmusMbyubhPS1IELncvrIwKrsRT2LW1UUWCw=';

/** Path of the server's program, which is built when it is not there. */
export function ferretdbProgram(): Promise<string> {
  return locked('ferretdb', build);
}

/** The mark is written last: a build that broke off is begun anew. */
async function build(): Promise<string> {
  const directory = cachePath('ferretdb');
  const program = join(directory, 'ferretdb');
  const mark = join(directory, 'built');
  if (existsSync(mark) && readFileSync(mark, 'utf8') === SUM) return program;
  process.stderr.write('Building FerretDB from its Go module; a minute or two, once\n');
  const go = await goProgram();
  const source = await sourceIn(directory, go);
  await mustRun([...goWith(go), 'build', '-C', source, '-trimpath', '-o', program, './cmd/ferretdb']);
  rmSync(source, { recursive: true });
  writeFileSync(mark, SUM);
  return program;
}

/** A copy of the module's files with the note of its version that its own releases have and its module lacks. */
async function sourceIn(directory: string, go: string): Promise<string> {
  const { Dir, Sum } = JSON.parse(await mustRun([...goWith(go), 'mod', 'download', '-json', MODULE]));
  if (Sum !== SUM) throw new Error(`${MODULE} is ${Sum} and not ${SUM}`);
  const source = join(directory, 'source');
  rmSync(source, { recursive: true, force: true });
  cpSync(Dir, source, { recursive: true });
  chmodSync(join(source, 'build', 'version'), 0o755);
  writeFileSync(join(source, 'build', 'version', 'version.txt'), `${VERSION}\n`);
  return source;
}

// No other toolchain is fetched, and modules are kept where the machine keeps them.
function goWith(go: string): readonly string[] {
  return ['env', 'GOTOOLCHAIN=local', 'GOFLAGS=-buildvcs=false', go];
}
