// Occurrences that are to come, in the zone of their schedule and in the viewer's.
import { Button, Text } from '@mantine/core';
import type { AnswerOf } from '../../../src/api/contract/answers.ts';
import { DataTable } from '../shown/data-table.tsx';
import { viewerZone, When } from '../shown/when.tsx';
import { timeIn } from './time-in.ts';

type Occurrence = AnswerOf<'previewInstance'>['occurrences'][number];

interface Listed {
  readonly caption: string;
  readonly occurrences: readonly Occurrence[] | undefined;
  readonly zone: string;
  readonly empty: string;
  readonly onSkip?: (at: string) => void;
}

/** Occurrences by their time. */
export function OccurrenceTable({ caption, occurrences, zone, empty, onSkip }: Listed) {
  const viewer = viewerZone();
  const isForeign = viewer !== zone;
  return (
    <DataTable
      caption={caption}
      rows={occurrences}
      rowKey={({ at }) => at}
      empty={empty}
      columns={[
        { label: `In ${zone}`, render: ({ startsAt }) => timeIn(startsAt, zone) },
        ...(isForeign
          ? [{ label: `For you, in ${viewer}`, render: ({ startsAt }: Occurrence) => timeIn(startsAt, viewer) }]
          : []),
        { label: 'Away', render: ({ startsAt }) => <When at={startsAt} zone={zone} /> },
        { label: 'Stopped at', render: ({ endsAt }) => (endsAt === null ? '–' : timeIn(endsAt, zone)) },
        ...(occurrences?.some(({ note }) => note !== null)
          ? [{ label: 'Note', render: ({ note }: Occurrence) => note && <Text size="sm">makes no job: {note}</Text> }]
          : []),
        ...(onSkip
          ? [{ label: 'Actions', render: ({ at, note }: Occurrence) => note === null && <Skip {...{ at, onSkip }} /> }]
          : []),
      ]}
    />
  );
}

function Skip({ at, onSkip }: { readonly at: string; readonly onSkip: (at: string) => void }) {
  return (
    <Button size="compact-xs" variant="default" onClick={() => onSkip(at)} aria-label={`Leave out ${at}`}>
      Leave out
    </Button>
  );
}
