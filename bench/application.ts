// The applications that the bench runs: they print the time of their container's clock, and as little else as may be.
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ApiClient } from '../src/cli/api-client.ts';
import { zipDirectory } from '../src/cli/zip-directory.ts';

/** Path of the script that prints the time and ends, in the container. */
export const STAMP_SCRIPT = '/app/stamp.py';
/** Path of the script that prints the time and its process id, and stays. */
export const STAY_SCRIPT = '/app/stay.py';
/** Path of the script that prints the time, and then writes as fast as it can until it ends. */
export const FLOOD_SCRIPT = '/app/flood.py';

/**
 * Bytes that the flood writes after its first line: they fit into one file of Docker's own log, because Docker 20.10 ends who follows a
 * log too slowly when it begins the next file.
 */
export const FLOOD_BYTES = 8 * 2 ** 20;

const SCRIPTS: Readonly<Record<string, string>> = {
  'stamp.py': 'import time\nprint(time.time_ns(), flush=True)\n',
  'stay.py': 'import os, time\nprint(time.time_ns(), os.getpid(), flush=True)\nwhile True: time.sleep(3600)\n',
  'ticker.py': 'import time\nwhile True:\n    print(time.time_ns(), flush=True)\n    time.sleep(0.05)\n',
  'flood.py': `import sys, time
print(time.time_ns(), flush=True)
line = b"The quick brown fox jumps over the lazy dog, again and again, until its log is as long as it is to be.\\n"
chunk = line * (65536 // len(line))
left = ${FLOOD_BYTES}
while left > 0: left -= sys.stdout.buffer.write(chunk[:left])
`,
};

const KINDS: Readonly<Record<string, string>> = { stay: 'continuous', ticker: 'continuous' };
/** A whole CPU, so that no figure is of a quota. */
const WHOLE = { cpus: 1, memoryMiB: 128, diskMiB: 16 };

/** Uploads an application of this name; each version is a package of its own. */
export async function pushApplication(client: ApiClient, name: string, version: string): Promise<void> {
  await push(client, { app_config: config(name, version), files: { ...SCRIPTS, 'version.txt': version } });
}

/** Uploads an application whose only algorithm is this script, with what it declares. */
export async function pushScript(
  client: ApiClient,
  name: string,
  { script, ...declared }: { readonly script: string } & Readonly<Record<string, unknown>>,
): Promise<void> {
  const algorithm = { id: 'only', script: 'only.py', kind: 'continuous', resources: WHOLE, ...declared };
  const app_config = { name, version: '1', algorithms: [algorithm] };
  await push(client, { app_config, files: { 'only.py': script } });
}

/** Uploads a version with that many bytes that nothing can compress. */
export async function pushLarge(client: ApiClient, name: string, version: string, bytes: number): Promise<void> {
  await push(client, { app_config: config(name, version), files: { ...SCRIPTS, 'large.bin': randomBytes(bytes) } });
}

function config(name: string, version: string): object {
  const algorithms = Object.keys(SCRIPTS).map((script) => {
    const id = script.replace('.py', '');
    return { id, script, kind: KINDS[id] ?? 'run-to-completion', resources: WHOLE };
  });
  return { name, version, algorithms };
}

interface Upload {
  readonly app_config: object;
  readonly files: Readonly<Record<string, string | Buffer>>;
}

async function push(client: ApiClient, { app_config, files }: Upload): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'berth-bench-app-'));
  try {
    await writeFile(join(directory, 'app_config.json'), JSON.stringify(app_config));
    for (const [file, contents] of Object.entries(files)) await writeFile(join(directory, file), contents);
    await client.call('pushPackage', { zip: await zipDirectory(directory) });
  } finally {
    await rm(directory, { recursive: true });
  }
}
