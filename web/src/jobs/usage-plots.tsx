// What a job uses of its machines, over time.
import { Card, SimpleGrid, Skeleton, Text } from '@mantine/core';
import { useMemo } from 'react';
import type { AnswerOf } from '../../../src/api/contract/answers.ts';
import { useAnswer } from '../api/use-answer.ts';
import { bytes } from '../shown/amounts.ts';
import { ErrorPanel } from '../shown/error-panel.tsx';
import { Plot, type PlotLine } from '../shown/plot.tsx';

type Usage = AnswerOf<'jobUsage'>;

const COLOURS = ['#1b8a9e', '#e8590c', '#7048e8', '#2b8a3e', '#c2255c', '#1864ab'];
const EVERY_MS = 10_000;

/** CPU and memory of each copy. */
export function UsagePlots({ job, isOpen }: { readonly job: string; readonly isOpen: boolean }) {
  const usage = useAnswer('jobUsage', { params: { job } }, { everyMs: isOpen ? EVERY_MS : false });
  if (usage.error && !usage.data) return <ErrorPanel error={usage.error} />;
  return usage.data ? <Plots usage={usage.data} /> : <Skeleton height={180} />;
}

function Plots({ usage }: { readonly usage: Usage }) {
  const cpu = useMemo(() => linesOf(usage, 'cpu'), [usage]);
  const memory = useMemo(() => linesOf(usage, 'memory'), [usage]);
  if (usage.slots.every(({ cpu: points }) => points.length === 0))
    return (
      <Text c="dimmed" size="sm">
        Nothing was measured: it ran for less than ten seconds, or does not run yet.
      </Text>
    );
  const { cpus, memoryBytes } = usage.limits;
  return (
    <SimpleGrid cols={{ base: 1, md: 2 }}>
      <Card withBorder padding="sm">
        <Text size="sm" mb={4}>
          CPU, of {cpus} cores
        </Text>
        <Plot label={wordsOf('CPU', cpu, cores)} lines={cpu} shown={cores} />
      </Card>
      <Card withBorder padding="sm">
        <Text size="sm" mb={4}>
          Memory, of {bytes(memoryBytes)}
        </Text>
        <Plot label={wordsOf('Memory', memory, bytes)} lines={memory} shown={bytes} />
      </Card>
    </SimpleGrid>
  );
}

function linesOf({ slots }: Usage, what: 'cpu' | 'memory'): readonly PlotLine[] {
  return slots.map((each) => ({
    label: `copy ${each.slot + 1}`,
    colour: COLOURS[each.slot % COLOURS.length] ?? '#1b8a9e',
    points: each[what].map(({ at, mean }) => ({ at, value: mean })),
  }));
}

function wordsOf(what: string, lines: readonly PlotLine[], shown: (value: number) => string): string {
  const last = lines.map(({ label, points }) => `${label} ${shown(points.at(-1)?.value ?? 0)}`);
  return `${what} over time; at last ${last.join(', ')}`;
}

function cores(value: number): string {
  return value < 0.1 ? value.toFixed(3) : value.toFixed(2);
}
