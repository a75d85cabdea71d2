// What a sensor measures now, as it comes.
import { Card, Group, Text } from '@mantine/core';
import { useState } from 'react';
import type { AnswerOf } from '../../../src/api/contract/answers.ts';
import { useAnswer } from '../api/use-answer.ts';
import { useStream } from '../api/use-stream.ts';
import { LiveMark } from '../shown/live-mark.tsx';
import { Section } from '../shown/section.tsx';
import { When } from '../shown/when.tsx';

type Reading = NonNullable<AnswerOf<'latestReading'>['reading']>;

/** Readings a second that a person can follow. */
const RATE = 2;

/** The last values of each field. */
export function LiveValues({ sensor }: { readonly sensor: string }) {
  const params = { sensor };
  const [heard, setHeard] = useState<Reading | null>(null);
  const latest = useAnswer('latestReading', { params }).data?.reading ?? null;
  const state = useStream('followReadings', { params, query: { rate: RATE } }, ({ event, data }) => {
    if (event === 'reading') setHeard(data as Reading);
  });
  const shown = heard && (!latest || heard.sequence > latest.sequence) ? heard : latest;
  return (
    <Section title="Now" actions={<LiveMark state={state} />}>
      {shown ? (
        <Group>
          {Object.entries(shown.values).map(([name, value]) => (
            <Card key={name} withBorder padding="sm" miw={140}>
              <Text size="sm" c="dimmed">
                {name}
              </Text>
              <Text fz={22} fw={650}>
                {typeof value === 'object' ? JSON.stringify(value) : String(value)}
              </Text>
            </Card>
          ))}
          <Text size="sm" c="dimmed">
            <When at={shown.at} />
          </Text>
        </Group>
      ) : (
        <Text size="sm" c="dimmed">
          It has not sent anything yet. Without the device, berth sensor simulate sends in its place.
        </Text>
      )}
    </Section>
  );
}
