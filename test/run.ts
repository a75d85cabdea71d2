// `npm test`: types, style and unused code are checked, the tests' world is made ready, then all tests run. The last line says how many
// passed and failed; a test that was skipped counts as failed. `--long` runs the long suites alone, `--whole` those that take longer still.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { parseArgs } from 'node:util';
import { readTally, TALLY_VARIABLE, type Tally } from './tally.ts';
import { becomeOwner, releaseTestEngine } from './world/engine.ts';
import { prepareWorld } from './world/prepare-world.ts';

/** One phase: a name, and what it does; resolves to what counts of it. */
interface Phase {
  readonly name: string;
  readonly run: () => Promise<Tally>;
}

const root = join(import.meta.dirname, '..');
const { values } = parseArgs({
  options: { long: { type: 'boolean', default: false }, whole: { type: 'boolean', default: false } },
});
const work = mkdtempSync(join(tmpdir(), 'berth-run-'));

process.env.PATH = [join(root, 'node_modules', '.bin'), process.env.PATH].join(delimiter);
becomeOwner();
// The children get the signal too and end; then everything that was started is cleared up below.
process.on('SIGINT', () => {});

const phases = chosenPhases();
let total: Tally = { passed: 0, failed: 0, problems: [] };
try {
  for (const phase of phases) total = add(total, await timed(phase));
} finally {
  await releaseTestEngine();
  rmSync(work, { recursive: true, force: true });
}
for (const problem of total.problems) say(`FAILED ${problem}`);
say(`\n${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed === 0 && total.passed > 0 ? 0 : 1;

function chosenPhases(): Phase[] {
  if (values.whole) return [world(), tests('whole tests', ['whole'])];
  return values.long ? [world(), tests('long tests', ['long'])] : allPhases();
}

function allPhases(): Phase[] {
  return [
    check('types', ['tsc']),
    check('types of the console', ['tsc', '-p', 'web']),
    check('style', ['biome', 'check', '--error-on-warnings']),
    check('unused code', ['knip', '--no-progress']),
    world(),
    tests('tests', ['unit', 'simulation', 'contracts', 'reality']),
  ];
}

/** Checks are no tests: they count only when they fail. */
function check(name: string, argv: readonly string[]): Phase {
  return {
    name,
    run: async () => ((await spawned(argv)) === 0 ? nothing() : failure(`${name}: run 'npx ${argv.join(' ')}'`)),
  };
}

function world(): Phase {
  return {
    name: 'world of real servers',
    run: () =>
      prepareWorld(say).then(nothing, (error: unknown) => failure(`the world of real servers: ${String(error)}`)),
  };
}

function tests(name: string, projects: readonly string[]): Phase {
  const path = join(work, 'tally.json');
  process.env[TALLY_VARIABLE] = path;
  const words = ['run', ...projects.flatMap((project) => ['--project', project])];
  return {
    name,
    run: async () => {
      const code = await spawned(['vitest', ...words]);
      const tally = readTally(path);
      for (const line of tally.slowest) say(line);
      return code === 0 || tally.failed > 0 ? tally : add(tally, failure(`vitest ended with ${code}: see above`));
    },
  };
}

async function timed({ name, run }: Phase): Promise<Tally> {
  say(`\n== ${name}`);
  const startedAt = performance.now();
  const tally = await run();
  say(
    `== ${name}: ${tally.failed === 0 ? 'good' : 'FAILED'} after ${((performance.now() - startedAt) / 1000).toFixed(1)} s`,
  );
  return tally;
}

async function spawned([program = '', ...words]: readonly string[]): Promise<number> {
  const child = spawn(program, words, { cwd: root, stdio: 'inherit' });
  const [code] = (await once(child, 'close')) as [number | null];
  return code ?? 1;
}

function nothing(): Tally {
  return { passed: 0, failed: 0, problems: [] };
}

function failure(problem: string): Tally {
  return { passed: 0, failed: 1, problems: [problem] };
}

function add(a: Tally, b: Tally): Tally {
  return { passed: a.passed + b.passed, failed: a.failed + b.failed, problems: [...a.problems, ...b.problems] };
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
