// The application that says when it began.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ApiClient } from '../../../src/cli/api-client.ts';
import { zipDirectory } from '../../../src/cli/zip-directory.ts';

const SAYS_WHEN = 'import time\nprint("began", round(time.time() * 1000, 3), flush=True)\n';

const SCRIPTS = {
  'once.py': SAYS_WHEN,
  'stays.py': `${SAYS_WHEN}while True: time.sleep(0.1)\n`,
};

const RESOURCES = { cpus: 0.05, memoryMiB: 48, diskMiB: 16 };

/** Uploads it: `once` ends when it has said it, `stays` goes on for ever. */
export async function pushPunctual(client: ApiClient): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'berth-punctual-'));
  const of = { output: 'text', resources: RESOURCES };
  const algorithms = [
    { id: 'once', name: 'once', script: 'once.py', kind: 'run-to-completion', ...of },
    { id: 'stays', name: 'stays', script: 'stays.py', kind: 'continuous', ...of },
  ];
  try {
    const config = { name: 'punctual', version: '1', runtime: 'python', network: [], algorithms };
    await writeFile(join(directory, 'app_config.json'), JSON.stringify(config));
    for (const [name, text] of Object.entries(SCRIPTS)) await writeFile(join(directory, name), text);
    await client.call('pushPackage', { zip: await zipDirectory(directory) });
  } finally {
    await rm(directory, { recursive: true });
  }
}

/** When the algorithm began, by each of its first lines in a log. */
export function begunAt(log: string): readonly number[] {
  return [...log.matchAll(/began ([\d.]+)/g)].map(([, at]) => Number(at));
}
