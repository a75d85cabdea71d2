// An application of which exactly one copy may live: it prints when it does, and is deaf to TERM, so that each lives as long as it can.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ApiClient } from '../../../src/cli/api-client.ts';
import { zipDirectory } from '../../../src/cli/zip-directory.ts';

const BEAT = `
import signal, time, berth
signal.signal(signal.SIGTERM, lambda *_: print("TERM", flush=True))
while True:
    print("beat", berth.job.attempt, time.time_ns() // 1_000_000, flush=True)
    time.sleep(0.05)
`;

/** One line of a copy: which it was, and when, in milliseconds. */
export interface OnceBeat {
  readonly attempt: number;
  readonly at: number;
}

/** Uploads the application `once` with its algorithm `beat`. */
export async function pushOnce(client: ApiClient): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'berth-once-'));
  try {
    const resources = { cpus: 0.05, memoryMiB: 48, diskMiB: 16 };
    const beat = { id: 'beat', name: 'beat', script: 'beat.py', kind: 'continuous', exactlyOne: true, resources };
    const config = { name: 'once', version: '1', runtime: 'python', algorithms: [beat] };
    await writeFile(join(directory, 'app_config.json'), JSON.stringify(config));
    await writeFile(join(directory, 'beat.py'), BEAT);
    await client.call('pushPackage', { zip: await zipDirectory(directory) });
  } finally {
    await rm(directory, { recursive: true });
  }
}

/** What copies printed, in the order of their lines. */
export function onceBeats(text: string): readonly OnceBeat[] {
  return [...text.matchAll(/beat (\d+) (\d+)/g)].map(([, attempt, at]) => ({
    attempt: Number(attempt),
    at: Number(at),
  }));
}
