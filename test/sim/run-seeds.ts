// `npm run sim -- --seeds N [--from S]` runs many seeds side by side and tells how far it is; `--seed S [--trace]` replays one, with
// every line of its trace. Ends with 1 when a seed fails.
import { parseArgs } from 'node:util';
import { failureText } from './failure-text.ts';
import { runMany } from './run-many.ts';
import { type Outcome, runSeed } from './run-seed.ts';

const LINES_OF_A_FAILURE = 60;
const PROGRESS_EVERY_MS = 2000;

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '300' },
    from: { type: 'string', default: '1' },
    seed: { type: 'string' },
    trace: { type: 'boolean', default: false },
  },
});

const failed =
  values.seed === undefined ? await many(whole(values.from), whole(values.seeds)) : await one(whole(values.seed));
process.exitCode = failed === 0 ? 0 : 1;

async function one(seed: number): Promise<number> {
  const outcome = await runSeed(seed, values.trace ? { also: say } : {});
  const { violation, digest, simulatedMs, events, busiestMinute, calmMs } = outcome;
  if (violation) say(failureText(outcome, values.trace ? 0 : LINES_OF_A_FAILURE));
  const figures = `${Math.round(simulatedMs / 1000)} s simulated, ${events} events, at most ${busiestMinute} decisions a minute`;
  say(
    `seed ${seed}: ${violation ? 'FAILED' : 'good'}; ${figures}; at rest ${calmMs / 1000} s after the last fault; trace ${digest}`,
  );
  return violation ? 1 : 0;
}

async function many(from: number, count: number): Promise<number> {
  const startedAt = performance.now();
  const outcomes: Outcome[] = [];
  const seconds = () => (performance.now() - startedAt) / 1000;
  const progress = () => `${outcomes.length} of ${count} seeds, ${(outcomes.length / seconds()).toFixed(1)} a second`;
  const timer = setInterval(() => say(progress()), PROGRESS_EVERY_MS);
  await runMany({
    from,
    count,
    onOutcome: (outcome) => {
      outcomes.push(outcome);
      if (outcome.violation) say(failureText(outcome, LINES_OF_A_FAILURE));
    },
  });
  clearInterval(timer);
  const bad = outcomes
    .filter(({ violation }) => violation)
    .map(({ seed }) => seed)
    .toSorted((a, b) => a - b);
  say(`${progress()}; ${bad.length} failed${bad.length > 0 ? `: ${bad.join(', ')}` : ''}`);
  return bad.length;
}

function whole(text: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number > 0) return number;
  throw new TypeError(`'${text}' is not a whole number from 1 on`);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
