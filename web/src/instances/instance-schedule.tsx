// When an instance runs: its schedule in words, its next occurrences in its zone and in the viewer's, and those that are to be left out.
import { Button, Group, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import type { AnswerOf } from '../../../src/api/contract/answers.ts';
import { useAct } from '../api/use-act.ts';
import { useAnswer } from '../api/use-answer.ts';
import { duration } from '../shown/amounts.ts';
import { askFirst } from '../shown/ask-first.tsx';
import { ErrorPanel } from '../shown/error-panel.tsx';
import { type Fact, Facts } from '../shown/facts.tsx';
import { Section } from '../shown/section.tsx';
import { spoken } from '../shown/spoken.ts';
import { inZone, When } from '../shown/when.tsx';
import { OccurrenceTable } from './occurrence-table.tsx';
import { windowWords } from './window-words.ts';

type Instance = AnswerOf<'showInstance'>;

const FEW = 5;
const MANY = 25;

interface Shown {
  readonly instance: Instance;
  readonly maySkip: boolean;
}

/** The schedule with what comes next. */
export function InstanceSchedule({ instance, maySkip }: Shown) {
  const { id, name, schedule, queue, skips } = instance;
  const [count, setCount] = useState(FEW);
  const preview = useAnswer('previewInstance', { params: { instance: id }, query: { count } });
  const skip = useAct('skipOccurrence', { done: ({ at }) => `${name} makes no job at ${inZone(at, schedule.zone)}.` });
  const ask = (at: string) =>
    askFirst({
      title: 'Leave this occurrence out?',
      what: `${name} makes no job at ${inZone(at, schedule.zone)}. The others stay as they are.`,
      act: 'Leave it out',
      onYes: () => skip.mutate({ params: { instance: id }, body: { at } }),
    });
  const found = preview.data?.occurrences.length ?? 0;
  return (
    <Section title="Schedule" about={spoken(schedule.words, schedule.zone)}>
      <Stack gap="sm">
        <Facts facts={factsOf(schedule)} />
        {preview.error && <ErrorPanel error={preview.error} />}
        <OccurrenceTable
          caption={`Next occurrences of ${name}`}
          occurrences={preview.data?.occurrences}
          zone={schedule.zone}
          empty={emptyWords(instance)}
          {...(maySkip ? { onSkip: ask } : {})}
        />
        {found === count && count < MANY && (
          <Group justify="center">
            <Button size="xs" variant="default" onClick={() => setCount(MANY)}>
              Show more
            </Button>
          </Group>
        )}
        {skips.length > 0 && (
          <Text size="sm">
            To be left out: {skips.map(({ at, by }) => `${inZone(at, schedule.zone)}, as ${by} asked`).join('; ')}.
          </Text>
        )}
        {queue.length > 0 && (
          <Text size="sm">
            Waiting until a job before is over: {queue.map(({ at }) => inZone(at, schedule.zone)).join('; ')}.
          </Text>
        )}
      </Stack>
    </Section>
  );
}

function factsOf({
  zone,
  start,
  end,
  durationMs,
  windows,
  calendars,
  jitterMs,
}: Instance['schedule']): readonly Fact[] {
  return [
    ['Zone', zone],
    ['From', <When key="start" at={start} zone={zone} />],
    end === undefined ? null : ['Until', <When key="end" at={end} zone={zone} />],
    durationMs === undefined ? null : ['Each job lasts at most', duration(durationMs)],
    windows.length === 0 ? null : ['Only', windows.map(windowWords).join('; ')],
    calendars.length === 0 ? null : ['Never in events of', calendars.join(', ')],
    jitterMs === 0 ? null : ['Spread over', duration(jitterMs)],
  ];
}

function emptyWords({ schedule: { triggers }, enabled }: Instance): string {
  if (!enabled) return 'It is disabled: nothing comes until it is enabled again.';
  const after = triggers.some(({ kind }) => kind === 'after');
  return after
    ? 'It runs when a job of another instance ends; when that is, nobody knows beforehand.'
    : 'Nothing more comes by its schedule.';
}
