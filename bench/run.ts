// `npm run bench`: every figure that Berth aims at, ours beside the floor of the same run, on real Docker engines; `npm run bench:nodes`
// is the suite of nodes that fail, `npm run bench:scheduler` that of schedules, `npm run bench:sensors` that of readings, `npm run bench:console`
// that of what people look at, and `npm run bench:distributed` that of platforms of several processes. `--part name` runs one part (may be given several times), `--rounds n` sets how
// many times is measured. What was found is kept in `results/`.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { becomeOwner, releaseTestEngine } from '../test/world/engine.ts';
import { prepareWorld } from '../test/world/prepare-world.ts';
import { machineFacts, machineInWords } from './machine.ts';
import type { Measure, Part } from './measure.ts';
import { assignPart } from './parts/assign.ts';
import { burstApiPart } from './parts/burst-api.ts';
import { consolePart } from './parts/console.ts';
import { consoleBrowserPart } from './parts/console-browser.ts';
import { containerStreamPart } from './parts/container-stream.ts';
import { failoverPart } from './parts/failover.ts';
import { falseLossPart } from './parts/false-loss.ts';
import { firingPart } from './parts/firing.ts';
import { growthPart } from './parts/growth.ts';
import { healPart } from './parts/heal.ts';
import { idlePart } from './parts/idle.ts';
import { logsPart } from './parts/logs.ts';
import { manyNodesPart } from './parts/many-nodes.ts';
import { millionPart } from './parts/million.ts';
import { neighboursPart } from './parts/neighbours.ts';
import { onTimePart } from './parts/on-time.ts';
import { placementPart } from './parts/placement.ts';
import { manySensorsPart, readingsPart } from './parts/readings.ts';
import { recoveryPart } from './parts/recovery.ts';
import { restartLossPart } from './parts/restart-loss.ts';
import { roleMemoryPart } from './parts/role-memory.ts';
import { startPart } from './parts/start.ts';
import { storePart } from './parts/store.ts';
import { takeoverPart } from './parts/takeover.ts';
import { updatePart } from './parts/update.ts';
import { table } from './table.ts';

const SUITES: Readonly<Record<string, readonly Part[]>> = {
  platform: [placementPart, storePart, recoveryPart, idlePart, logsPart, startPart, healPart, updatePart],
  nodes: [manyNodesPart, failoverPart, falseLossPart],
  sensors: [readingsPart, containerStreamPart, manySensorsPart, restartLossPart],
  console: [consolePart, consoleBrowserPart],
  distributed: [assignPart, takeoverPart, roleMemoryPart],
  scheduler: [onTimePart, firingPart, neighboursPart, millionPart, growthPart, burstApiPart],
};
const FEWEST_ROUNDS = 5;

/** How one part ended. */
interface PartResult {
  readonly part: string;
  readonly seconds: number;
  readonly measures: readonly Measure[];
  /** Why there are no figures. */
  readonly error: string | null;
}

const { values } = parseArgs({
  options: {
    suite: { type: 'string', default: 'platform' },
    part: { type: 'string', multiple: true, default: [] },
    rounds: { type: 'string', default: '7' },
  },
});
const rounds = Number(values.rounds);
const parts = chosenParts(values.suite, values.part);
if (!Number.isInteger(rounds) || rounds < 1)
  throw new RangeError(`--rounds takes a whole number, not ${values.rounds}`);
if (rounds < FEWEST_ROUNDS) say(`Fewer than ${FEWEST_ROUNDS} rounds: good for trying the bench, not for its figures.`);

becomeOwner();
// A child such as the platform gets the signal too and ends; the part that misses it fails, and everything is cleared up below.
process.on('SIGINT', () => {});
try {
  await prepareWorld(say);
  const machine = await machineFacts();
  say(`\n${machineInWords(machine)}`);
  const results: PartResult[] = [];
  for (const part of parts) results.push(await measured(part));
  const path = keep({ machine, rounds, results });
  say(`\n${machineInWords(machine)}\n\n${table(results.flatMap(({ measures }) => measures))}`);
  for (const { part, error } of results) if (error !== null) say(`\nNo figures of ${part}: ${error}`);
  say(`\nKept in ${path}`);
  process.exitCode = results.some(({ error }) => error !== null) ? 1 : 0;
} finally {
  await releaseTestEngine();
}

function chosenParts(suite: string, names: readonly string[]): readonly Part[] {
  const all = SUITES[suite];
  if (!all) throw new RangeError(`There is no suite ${suite}; there are ${Object.keys(SUITES).join(', ')}`);
  const unknown = names.find((name) => !all.some((part) => part.name === name));
  if (unknown !== undefined)
    throw new RangeError(`There is no part ${unknown}; there are ${all.map(({ name }) => name).join(', ')}`);
  return names.length === 0 ? all : all.filter(({ name }) => names.includes(name));
}

async function measured(part: Part): Promise<PartResult> {
  say(`\n== ${part.name}`);
  const startedAt = performance.now();
  const seconds = () => (performance.now() - startedAt) / 1000;
  try {
    const measures = await part.run({ rounds, say: (line) => say(`  ${line}`) });
    say(table(measures));
    return { part: part.name, seconds: seconds(), measures, error: null };
  } catch (error) {
    say(`  failed: ${error instanceof Error ? error.stack : String(error)}`);
    return { part: part.name, seconds: seconds(), measures: [], error: String(error) };
  }
}

function keep(found: object): string {
  const directory = join(import.meta.dirname, 'results');
  const at = new Date().toISOString();
  mkdirSync(directory, { recursive: true });
  const path = join(directory, `${at.replaceAll(':', '-').slice(0, 19)}Z.json`);
  writeFileSync(path, `${JSON.stringify({ at, ...found }, null, 2)}\n`);
  return path;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
