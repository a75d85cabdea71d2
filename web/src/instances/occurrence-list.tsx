// Occurrences that are to come, one below the other where there is little room.
import { List, Text } from '@mantine/core';
import type { AnswerOf } from '../../../src/api/contract/answers.ts';
import { viewerZone, When } from '../shown/when.tsx';
import { timeIn } from './time-in.ts';

type Occurrence = AnswerOf<'previewFile'>['occurrences'][number];

interface Listed {
  readonly occurrences: readonly Occurrence[];
  readonly zone: string;
}

/** Each in the zone of the schedule, and in the viewer's where that is another. */
export function OccurrenceList({ occurrences, zone }: Listed) {
  const viewer = viewerZone();
  if (occurrences.length === 0)
    return (
      <Text size="sm" c="dimmed">
        No further times are known: it runs at once, all the time, or when another job ends.
      </Text>
    );
  return (
    <div>
      <Text size="sm" c="dimmed" mb={4}>
        Next, in {zone}
        {viewer !== zone && `, and for you in ${viewer}`}:
      </Text>
      <List type="ordered" size="sm" spacing={4} aria-label="Next occurrences">
        {occurrences.map(({ at, startsAt, note }) => (
          <List.Item key={at}>
            {timeIn(startsAt, zone)} (<When at={startsAt} zone={zone} />)
            {viewer !== zone && (
              <Text size="xs" c="dimmed">
                {timeIn(startsAt, viewer)}
              </Text>
            )}
            {note !== null && <Text size="xs">makes no job: {note}</Text>}
          </List.Item>
        ))}
      </List>
    </div>
  );
}
