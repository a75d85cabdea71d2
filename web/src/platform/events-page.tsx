// Everything that happened, as it happens.
import { Group, Select, TextInput } from '@mantine/core';
import { Search } from 'lucide-react';
import { useMemo, useState } from 'react';
import { ApplicationSelect } from '../shown/application-select.tsx';
import { LiveMark } from '../shown/live-mark.tsx';
import { PageTitle } from '../shown/page-title.tsx';
import { EventTable } from './event-table.tsx';
import { type EventRow, useEvents } from './use-events.ts';

/** Events, live, narrowed to what is looked for. */
export function EventsPage() {
  const [application, setApplication] = useState<string | null>(null);
  const [kind, setKind] = useState<string | null>(null);
  const [text, setText] = useState('');
  const { rows, state, error, more } = useEvents(application ?? undefined);
  const shown = useMemo(() => rows?.filter((row) => isWanted(row, kind, text)), [rows, kind, text]);
  const kinds = useMemo(() => [...new Set(rows?.map((row) => groupOf(row.kind)))].toSorted(), [rows]);
  return (
    <>
      <PageTitle title="Events" about="What happened, newest first.">
        <LiveMark state={state} />
      </PageTitle>
      <Group mb="md" align="flex-end">
        <ApplicationSelect value={application} onChange={setApplication} />
        <Select label="Kind" placeholder="all" clearable data={kinds} value={kind} onChange={setKind} />
        <TextInput
          label="Contains"
          leftSection={<Search size={15} aria-hidden />}
          value={text}
          onChange={({ currentTarget }) => setText(currentTarget.value)}
        />
      </Group>
      <EventTable
        caption="Events"
        rows={shown}
        error={error}
        more={more}
        empty={rows?.length === 0 ? 'Nothing happened yet.' : 'No event that is loaded is like that.'}
      />
    </>
  );
}

function groupOf(kind: string): string {
  return kind.split('.')[0] ?? kind;
}

function isWanted({ kind, text, subject }: EventRow, group: string | null, sought: string): boolean {
  if (group !== null && groupOf(kind) !== group) return false;
  return `${kind} ${text} ${subject}`.toLowerCase().includes(sought.trim().toLowerCase());
}
