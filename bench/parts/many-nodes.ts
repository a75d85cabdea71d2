// What watching a thousand machines costs, and how punctually they are probed.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { below, type Measure, type Part, type PartContext, told } from '../measure.ts';
import type { ManyNodes } from '../nodes-child.ts';

const NODES = 1000;
const SECONDS = 20;
const MOST_LATE_MS = 100;
const WITHIN_MS = 120_000;
const CHILD = join(import.meta.dirname, '..', 'nodes-child.ts');

/** 1,000 nodes: CPU and memory for each, and the lateness of probes. */
export const manyNodesPart: Part = { name: 'many-nodes', run: measures };

async function measures({ rounds, say }: PartContext): Promise<Measure[]> {
  const found: ManyNodes[] = [];
  for (let round = 1; round <= rounds; round++) {
    const one = await watched();
    if (one.ready !== NODES) throw new Error(`only ${one.ready} of ${NODES} nodes are ready`);
    found.push(one);
    say(
      `${round}/${rounds}: ${one.cpuPercent.toFixed(1)} % of a core, probes ${one.latenessMs.toFixed(0)} ms late (p99)`,
    );
  }
  const name = `${NODES} nodes`;
  const probes = `${found[0]?.probes} probes in ${SECONDS} s; machines that answer at once, no SSH`;
  return [
    told({ name: `${name}: CPU`, unit: '% of a core', samples: found.map(({ cpuPercent }) => cpuPercent) }),
    told({
      name: `${name}: resident memory for each`,
      unit: 'bytes',
      samples: found.map(({ growthBytes }) => growthBytes / NODES),
    }),
    below(
      {
        name: `${name}: lateness of probes, p99`,
        unit: 'ms',
        samples: found.map(({ latenessMs }) => latenessMs),
        note: probes,
      },
      MOST_LATE_MS,
    ),
  ];
}

async function watched(): Promise<ManyNodes> {
  const directory = await mkdtemp(join(tmpdir(), 'berth-bench-nodes-'));
  try {
    const words = [CHILD, join(directory, 'data'), String(NODES), String(SECONDS)];
    const child = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'inherit'], timeout: WITHIN_MS });
    const [output, [code]] = await Promise.all([text(child.stdout), once(child, 'close')]);
    if (code !== 0) throw new Error(`the platform with ${NODES} nodes ended with ${code}`);
    return JSON.parse(output) as ManyNodes;
  } finally {
    await rm(directory, { recursive: true });
  }
}
