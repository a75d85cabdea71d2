// A node's load over time.
import { Card, SegmentedControl, Skeleton, Text } from '@mantine/core';
import { useMemo, useState } from 'react';
import type { AnswerOf } from '../../../src/api/contract/answers.ts';
import { useAnswer } from '../api/use-answer.ts';
import { percent } from '../shown/amounts.ts';
import { ErrorPanel } from '../shown/error-panel.tsx';
import { Plot, type PlotLine } from '../shown/plot.tsx';
import { Section } from '../shown/section.tsx';

type Load = AnswerOf<'nodeLoad'>;

const RANGES = [
  { value: '15m', label: '15 minutes' },
  { value: '1h', label: '1 hour' },
  { value: '7d', label: '7 days' },
  { value: '365d', label: '1 year' },
];
const EVERY_MS = 10_000;
const LINES = [
  ['cpu', 'CPU', '#1b8a9e'],
  ['memory', 'Memory', '#7048e8'],
  ['disk', 'Disk', '#868e96'],
  ['load', 'Load', '#e8590c'],
] as const;

/** CPU, memory, disk, and the harmonic mean by which tasks are placed. */
export function NodeLoad({ node }: { readonly node: string }) {
  const [range, setRange] = useState('1h');
  const load = useAnswer('nodeLoad', { params: { node }, query: { range } }, { everyMs: EVERY_MS });
  return (
    <Section
      title="Load"
      actions={<SegmentedControl size="xs" aria-label="How far back" data={RANGES} value={range} onChange={setRange} />}
    >
      {load.error && !load.data && <ErrorPanel error={load.error} />}
      {load.data ? <Loaded load={load.data} /> : <Skeleton height={200} />}
    </Section>
  );
}

function Loaded({ load }: { readonly load: Load }) {
  const lines = useMemo(() => linesOf(load), [load]);
  const words = lines.map(({ label, points }) => `${label} ${percent(points.at(-1)?.value ?? 0)}`).join(', ');
  return (
    <Card withBorder padding="sm">
      {load.cpu.length === 0 ? (
        <Text size="sm" c="dimmed" ta="center">
          Nothing was measured in this time.
        </Text>
      ) : (
        <Plot label={`Load over time; at last ${words}`} lines={lines} shown={percent} most={1} height={200} />
      )}
    </Card>
  );
}

function linesOf(load: Load): readonly PlotLine[] {
  return LINES.map(([name, label, colour]) => ({
    ...{ label, colour },
    points: load[name].map(({ at, mean }) => ({ at, value: mean })),
  }));
}
