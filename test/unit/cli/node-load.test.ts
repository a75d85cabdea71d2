// berth node load: a node over time, for people.
import { expect, it } from 'vitest';
import { sparkline } from '../../../src/cli/sparkline.ts';
import { openCli } from './cli-world.ts';

it('draws shares as bars, and a dot where nothing is known', () => {
  expect(sparkline([0, 0.1, 0.5, 0.99, 1, undefined])).toBe('▁▁▅██·');
  expect(sparkline([])).toBe('');
});

it('shows least, mean, most and last of each measure beside the bars', async () => {
  const world = await openCli();
  await world.api.parts.nodes.ensureLocalNode('/nowhere.sock');
  const now = Date.now();
  const readings = [0.2, 0.4, 0.6].map((value, index) => ({
    series: 'node/local/cpu',
    at: now - (3 - index) * 120_000,
    value,
  }));
  await world.api.parts.series.append(readings);
  const { out, code } = await world.berth(['node', 'load', 'local'], { columns: 120 });
  expect(code).toBe(0);
  expect(out).toContain('a bar for');
  const line = out.split('\n').find((each) => each.startsWith('CPU'));
  expect(line).toMatch(/^CPU\s+20 %\s+40 %\s+60 %\s+60 %\s+·+▂.*▄.*▅/);
  expect(out).toMatch(/^memory\s+-/m);
});
