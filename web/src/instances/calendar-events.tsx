// What comes next in a calendar.
import type { AnswerOf } from '../../../src/api/contract/answers.ts';
import { useAnswer } from '../api/use-answer.ts';
import { DataTable } from '../shown/data-table.tsx';
import { Section } from '../shown/section.tsx';
import { inZone } from '../shown/when.tsx';

type CalendarEvent = AnswerOf<'showCalendar'>['next'][number];

const MIDNIGHT = 'T00:00:00';
const DAY_MS = 86_400_000;

/** The next events of one calendar. */
export function CalendarEvents({ calendar }: { readonly calendar: string }) {
  const { data, error } = useAnswer('showCalendar', { params: { calendar } }, { everyMs: false });
  return (
    <Section
      title={`Next in ${calendar}`}
      about="Whole days and times without a zone count in the zone of each schedule."
    >
      <DataTable
        caption={`Next events of ${calendar}`}
        rows={data?.next}
        error={error}
        rowKey={({ summary, from }) => `${from} ${summary}`}
        empty="Nothing comes in it."
        columns={[
          { label: 'What', render: ({ summary }) => summary || 'without a name' },
          { label: 'From', sort: ({ from }) => from, render: fromWords },
          { label: 'To', render: toWords },
        ]}
      />
    </Section>
  );
}

/** Times without a zone are shown as they stand: they count in the zone of each schedule. */
function timeOf(text: string, local: boolean): string {
  return local ? text.replace('T', ' ').slice(0, 16) : inZone(text);
}

/** Whole days end with the midnight after them. */
function isWholeDays({ from, to, local }: CalendarEvent): boolean {
  return local && from.endsWith(MIDNIGHT) && to.endsWith(MIDNIGHT) && from < to;
}

function fromWords(event: CalendarEvent): string {
  return isWholeDays(event) ? `${event.from.slice(0, 10)}, whole day` : timeOf(event.from, event.local);
}

function toWords(event: CalendarEvent): string {
  if (!isWholeDays(event)) return timeOf(event.to, event.local);
  return `${new Date(Date.parse(`${event.to}Z`) - DAY_MS).toISOString().slice(0, 10)}, whole day`;
}
