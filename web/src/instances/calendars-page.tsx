// Calendars: in their events nothing runs that names them.
import { Button, Code, FileButton, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { CalendarPlus } from 'lucide-react';
import { useState } from 'react';
import type { AnswerOf } from '../../../src/api/contract/answers.ts';
import { useAct } from '../api/use-act.ts';
import { useAnswer } from '../api/use-answer.ts';
import { useRights } from '../api/use-me.ts';
import { askFirst } from '../shown/ask-first.tsx';
import { DataTable } from '../shown/data-table.tsx';
import { FileProblems } from '../shown/file-problems.tsx';
import { PageTitle } from '../shown/page-title.tsx';
import { When } from '../shown/when.tsx';
import { CalendarEvents } from './calendar-events.tsx';

type Calendar = AnswerOf<'listCalendars'>['items'][number];

const LIVELY_MS = 30_000;

/** All calendars, with what comes next in the one that is looked at. */
export function CalendarsPage() {
  const calendars = useAnswer('listCalendars', {}, { everyMs: LIVELY_MS });
  const mayWrite = useRights().anywhere('calendars:write');
  const [opened, setOpened] = useState<string | null>(null);
  const [given, setGiven] = useState<string | null>(null);
  const remove = useAct('removeCalendar', { done: ({ removed }) => `The calendar ${removed} is gone.` });
  const ask = (calendar: string) =>
    askFirst({
      title: `Remove the calendar ${calendar}?`,
      what: 'It is forgotten with its events. It stays while an instance names it.',
      act: 'Remove it',
      onYes: () => {
        setOpened((shown) => (shown === calendar ? null : shown));
        remove.mutate({ params: { calendar } });
      },
    });
  return (
    <>
      <PageTitle
        title="Calendars"
        about="Holidays and maintenance: nothing runs in the events of the calendars that its schedule names."
      >
        {mayWrite && (
          <Button leftSection={<CalendarPlus size={16} aria-hidden />} onClick={() => setGiven('')}>
            Upload a calendar
          </Button>
        )}
      </PageTitle>
      <Stack gap="xl">
        <CalendarTable
          rows={calendars.data?.items}
          error={calendars.error}
          acts={mayWrite ? { change: setGiven, remove: ask } : null}
          onOpen={setOpened}
        />
        {opened !== null && <CalendarEvents key={opened} calendar={opened} />}
      </Stack>
      {given !== null && <UploadDialog name={given} onClose={() => setGiven(null)} onDone={setOpened} />}
    </>
  );
}

interface Table {
  readonly rows: readonly Calendar[] | undefined;
  readonly error: Error | null;
  /** Null: the viewer may only look. */
  readonly acts: { readonly change: (name: string) => void; readonly remove: (name: string) => void } | null;
  readonly onOpen: (name: string) => void;
}

function CalendarTable({ rows, error, acts, onOpen }: Table) {
  return (
    <DataTable
      caption="Calendars"
      rows={rows}
      error={error}
      rowKey={({ name }) => name}
      empty={
        <>
          There is no calendar yet. Upload an iCalendar file (.ics), or use the command line:{' '}
          <Code>berth calendar add NAME FILE</Code>
        </>
      }
      columns={[
        {
          label: 'Name',
          sort: ({ name }) => name,
          render: ({ name }) => (
            <Text fw={600} span inherit>
              {name}
            </Text>
          ),
        },
        { label: 'Events', numeric: true, sort: ({ events }) => events, render: ({ events }) => events },
        { label: 'Worked out until', render: ({ knownUntil }) => knownUntil.slice(0, 10) },
        {
          label: 'Changed',
          sort: ({ updatedAt }) => updatedAt,
          render: ({ updatedAt }) => <When at={updatedAt} />,
        },
        {
          label: 'Actions',
          render: ({ name }) => (
            <Group gap={6} justify="flex-end">
              <Button
                size="compact-xs"
                variant="default"
                aria-label={`Next events of ${name}`}
                onClick={() => onOpen(name)}
              >
                Next events
              </Button>
              {acts && (
                <>
                  <Button
                    size="compact-xs"
                    variant="default"
                    aria-label={`Another version of ${name}`}
                    onClick={() => acts.change(name)}
                  >
                    Another version
                  </Button>
                  <Button
                    size="compact-xs"
                    variant="default"
                    aria-label={`Remove ${name}`}
                    onClick={() => acts.remove(name)}
                  >
                    Remove
                  </Button>
                </>
              )}
            </Group>
          ),
        },
      ]}
    />
  );
}

interface Dialog {
  /** Empty: a new one. */
  readonly name: string;
  readonly onClose: () => void;
  readonly onDone: (name: string) => void;
}

function UploadDialog({ name, onClose, onDone }: Dialog) {
  const [file, setFile] = useState<File | null>(null);
  const form = useForm({ initialValues: { name } });
  const put = useAct('putCalendar', {
    showsError: true,
    done: (calendar) => `The calendar ${calendar.name} has ${calendar.events} events.`,
    after: (calendar) => {
      onClose();
      onDone(calendar.name);
    },
  });
  const submit = form.onSubmit((words) => {
    if (file) put.mutate({ params: { calendar: words.name }, file: { type: 'text/calendar', contents: file } });
  });
  return (
    <Modal
      opened
      onClose={onClose}
      title={name === '' ? 'Upload a calendar' : `Another version of ${name}`}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <form onSubmit={submit}>
        <Stack gap="sm">
          {name === '' && (
            <TextInput
              label="Name"
              description="By which schedules name it, such as holidays."
              required
              data-autofocus
              {...form.getInputProps('name')}
            />
          )}
          <Group>
            <FileButton onChange={setFile} accept="text/calendar,.ics">
              {(props) => (
                <Button {...props} variant="default">
                  {file ? 'Choose another file' : 'Choose an iCalendar file'}
                </Button>
              )}
            </FileButton>
            <Text size="sm" c="dimmed">
              {file?.name ?? 'as every calendar program exports it'}
            </Text>
          </Group>
          {put.error && <FileProblems error={put.error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" disabled={!file} loading={put.isPending}>
              Upload it
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
