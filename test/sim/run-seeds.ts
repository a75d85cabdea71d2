// `npm run sim -- --seeds N [--from S]` runs many seeds side by side; `--seed S [--trace]` replays one.
import { parseArgs } from 'node:util';
import { runSeed } from './run-seed.ts';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '300' },
    from: { type: 'string', default: '1' },
    seed: { type: 'string' },
    trace: { type: 'boolean', default: false },
  },
});

const t = performance.now();
if (values.seed !== undefined) {
  const outcome = await runSeed(Number(values.seed), values.trace ? { also: (line) => console.log(line) } : {});
  if (!values.trace && outcome.violation) console.log(outcome.lines.join('\n'));
  console.log({ ...outcome, lines: undefined, ms: performance.now() - t });
} else {
  const from = Number(values.from);
  const n = Number(values.seeds);
  let bad = 0;
  for (let s = from; s < from + n; s++) {
    const o = await runSeed(s);
    if (o.violation) {
      bad++;
      console.log(s, o.violation.slice(0, 300));
    }
  }
  console.log(bad, 'bad', n / ((performance.now() - t) / 1000), 'seeds/s');
}
