// How loaded the machines are, over time.
import { Card, SegmentedControl, Skeleton, Text } from '@mantine/core';
import { useMemo, useState } from 'react';
import type { AnswerOf } from '../../../src/api/contract/answers.ts';
import { useAnswer } from '../api/use-answer.ts';
import { percent } from '../shown/amounts.ts';
import { ErrorPanel } from '../shown/error-panel.tsx';
import { Plot, type PlotLine } from '../shown/plot.tsx';
import { Section } from '../shown/section.tsx';

type Load = AnswerOf<'fleetLoad'>;

const RANGES = [
  { value: '1h', label: '1 hour' },
  { value: '24h', label: '24 hours' },
  { value: '7d', label: '7 days' },
];
const EVERY_MS = 15_000;

/** CPU and memory of all nodes together. */
export function FleetLoad() {
  const [since, setSince] = useState('1h');
  const load = useAnswer('fleetLoad', { query: { since } }, { everyMs: EVERY_MS });
  return (
    <Section
      title="Load of the nodes"
      about={load.data && wordsOf(load.data)}
      actions={<SegmentedControl size="xs" aria-label="How far back" data={RANGES} value={since} onChange={setSince} />}
    >
      {load.error && !load.data && <ErrorPanel error={load.error} />}
      {load.data ? <LoadPlot load={load.data} /> : <Skeleton height={200} />}
    </Section>
  );
}

function LoadPlot({ load }: { readonly load: Load }) {
  const lines = useMemo(() => linesOf(load), [load]);
  return (
    <Card withBorder padding="sm">
      {load.cpu.length === 0 ? (
        <Text c="dimmed" size="sm" ta="center">
          Nothing was measured yet. Add a node on the page of nodes, or with berth node add.
        </Text>
      ) : (
        <Plot
          label={`Load of the nodes over time. ${wordsOf(load)}`}
          lines={lines}
          shown={percent}
          most={1}
          height={200}
        />
      )}
    </Card>
  );
}

function linesOf({ cpu, memory }: Load): readonly PlotLine[] {
  return [
    { label: 'CPU, mean', colour: '#1b8a9e', points: cpu.map(({ at, mean }) => ({ at, value: mean })) },
    { label: 'CPU, most loaded node', colour: '#e8590c', points: cpu.map(({ at, max }) => ({ at, value: max })) },
    { label: 'Memory, mean', colour: '#7048e8', points: memory.map(({ at, mean }) => ({ at, value: mean })) },
  ];
}

function wordsOf({ nodes, cpu, memory }: Load): string {
  const count = `${nodes} node${nodes === 1 ? '' : 's'}`;
  const [lastCpu, lastMemory] = [cpu.at(-1), memory.at(-1)];
  if (!lastCpu || !lastMemory) return `${count}.`;
  return `${count}; at last CPU ${percent(lastCpu.mean)} (at most ${percent(lastCpu.max)}), memory ${percent(lastMemory.mean)}.`;
}
