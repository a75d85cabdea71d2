// The application whose life is cut at every place: it numbers its lines and its output, so that what is lost or doubled shows.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zipDirectory } from '../../../src/cli/zip-directory.ts';
import { PACKAGE } from './package-index.ts';

/** Output that a run to completion gives. */
export const COUNTED = 5;

const SCRIPTS: Readonly<Record<string, string>> = {
  'count.py': `
import berth
for number in range(1, ${COUNTED} + 1):
    print(f"line {number}", flush=True)
    berth.output.write(f"output {number}")
    print(f"gave output {number}", flush=True)
    berth.job.wait(0.1)
`,
  'tick.py': `
import itertools, berth
for number in itertools.count(1):
    print(f"line {number}", flush=True)
    if number % 5 == 0:
        berth.output.write(f"output {number // 5}")
        print(f"gave output {number // 5}", flush=True)
    if berth.job.wait(0.1):
        print("asked to stop", flush=True)
        break
`,
  'uses.py': `
import berth, ${PACKAGE}
berth.output.write(f"output {${PACKAGE}.tenfold(1)}")
print("gave output 10", flush=True)
`,
  'crash.py': 'import sys\nprint("about to crash", flush=True)\nsys.exit(3)\n',
};

const CONTINUOUS = ['tick.py', 'crash.py'];

/** The application's zip: always the same bytes, so that pushing it again is the same package. */
export async function applicationZip(name: string, pip: readonly string[]): Promise<Buffer> {
  const directory = await mkdtemp(join(tmpdir(), 'berth-recovery-app-'));
  try {
    const algorithms = Object.keys(SCRIPTS).map(algorithmOf);
    const config = { name, version: '1', runtime: 'python', dependencies: { pip }, algorithms };
    await writeFile(join(directory, 'app_config.json'), JSON.stringify(config));
    for (const [script, text] of Object.entries(SCRIPTS)) await writeFile(join(directory, script), text);
    return Buffer.concat((await Array.fromAsync(await zipDirectory(directory))) as Buffer[]);
  } finally {
    await rm(directory, { recursive: true });
  }
}

function algorithmOf(script: string): Record<string, unknown> {
  const id = script.replace('.py', '');
  const kind = CONTINUOUS.includes(script) ? 'continuous' : 'run-to-completion';
  return { id, name: id, script, kind, output: 'text', resources: { cpus: 0.1, memoryMiB: 48, diskMiB: 16 } };
}
