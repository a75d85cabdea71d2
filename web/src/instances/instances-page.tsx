// Instances: every algorithm that is configured to run.
import { Button, Code, Group, SegmentedControl, Select, Stack, TextInput } from '@mantine/core';
import { Link, useSearch } from '@tanstack/react-router';
import { CalendarPlus } from 'lucide-react';
import { useState } from 'react';
import type { ItemOf } from '../../../src/api/contract/answers.ts';
import { useAnswer } from '../api/use-answer.ts';
import { useLively } from '../api/use-lively.ts';
import { useRights } from '../api/use-me.ts';
import { usePages } from '../api/use-pages.ts';
import { useProjectOf } from '../api/use-project-of.ts';
import { DataTable } from '../shown/data-table.tsx';
import { PageTitle } from '../shown/page-title.tsx';
import { spoken } from '../shown/spoken.ts';
import { When } from '../shown/when.tsx';
import { InstanceMenu } from './instance-menu.tsx';
import { InstanceState, instanceState } from './instance-state.tsx';
import { RunDialog } from './run-dialog.tsx';

type Instance = ItemOf<'listInstances'>;

const LIVELY = ['listInstances'] as const;
const STATES = ['all', 'enabled', 'disabled'];

/** All instances that the viewer may see. */
export function InstancesPage() {
  const { application: first } = useSearch({ strict: false }) as { readonly application?: string };
  const [application, setApplication] = useState<string | null>(first ?? null);
  const [state, setState] = useState('all');
  const [text, setText] = useState('');
  const [run, setRun] = useState<Instance | null>(null);
  const instances = usePages('listInstances', { query: { application: application ?? undefined } });
  useLively(LIVELY);
  const rights = useRights();
  const fits = (each: Instance) =>
    (state === 'all' || (state === 'disabled') === !each.enabled) && each.name.includes(text.trim().toLowerCase());
  return (
    <>
      <PageTitle title="Instances" about="Algorithms as they are configured to run: when, where, and with what.">
        {rights.anywhere('instances:write') && (
          <Button component={Link} to="/configure" leftSection={<CalendarPlus size={16} aria-hidden />}>
            Configure an instance
          </Button>
        )}
      </PageTitle>
      <Stack gap="md">
        <Group align="flex-end" gap="sm">
          <ApplicationFilter value={application} onChange={setApplication} />
          <TextInput
            label="Name"
            placeholder="contains"
            value={text}
            onChange={({ currentTarget }) => setText(currentTarget.value)}
          />
          <SegmentedControl data={STATES} value={state} onChange={setState} aria-label="State" />
        </Group>
        <InstanceTable {...instances} rows={instances.rows?.filter(fits)} onRun={setRun} />
      </Stack>
      {run && <RunDialog instance={run} onClose={() => setRun(null)} />}
    </>
  );
}

interface Filter {
  readonly value: string | null;
  readonly onChange: (application: string | null) => void;
}

function ApplicationFilter({ value, onChange }: Filter) {
  const { data } = useAnswer('listApplications', { query: { limit: 1000 } }, { everyMs: false });
  const names = data?.items.map(({ name }) => name) ?? [];
  const all = value !== null && !names.includes(value) ? [value, ...names] : names;
  return (
    <Select
      label="Application"
      placeholder="all"
      data={all}
      value={value}
      onChange={onChange}
      searchable
      clearable
      clearButtonProps={{ 'aria-label': 'All applications' }}
    />
  );
}

interface Table {
  readonly rows: readonly Instance[] | undefined;
  readonly error: Error | null;
  readonly more: { readonly load: () => void; readonly loading: boolean } | null;
  readonly onRun: (instance: Instance) => void;
}

function InstanceTable({ onRun, ...listed }: Table) {
  const projectOf = useProjectOf();
  return (
    <DataTable
      {...listed}
      caption="Instances"
      rowKey={({ id }) => id}
      linkTo={({ name }) => `/instances/${encodeURIComponent(name)}`}
      empty={
        <>
          No instance fits. Configure one, or use the command line: <Code>berth instance create -f FILE</Code>
        </>
      }
      columns={[
        { label: 'Name', sort: ({ name }) => name, render: ({ name }) => name },
        { label: 'Application', sort: ({ application }) => application, render: ({ application }) => application },
        { label: 'Algorithm', sort: ({ algorithm }) => algorithm, render: ({ algorithm }) => algorithm },
        { label: 'Copies', numeric: true, sort: ({ copies }) => copies, render: ({ copies }) => copies },
        { label: 'State', sort: instanceState, render: (instance) => <InstanceState instance={instance} /> },
        {
          label: 'Next',
          sort: ({ nextAt }) => nextAt,
          render: ({ nextAt, schedule }) => (nextAt === null ? '–' : <When at={nextAt} zone={schedule.zone} />),
        },
        { label: 'When', render: ({ schedule }) => spoken(schedule.words, schedule.zone) },
        {
          label: 'Actions',
          render: (instance) => (
            <InstanceMenu instance={instance} project={projectOf(instance.application)} onRun={() => onRun(instance)} />
          ),
        },
      ]}
    />
  );
}
