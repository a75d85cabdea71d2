// Jobs, newest first.
import { Group, MultiSelect } from '@mantine/core';
import { useState } from 'react';
import { JOB_STATES } from '../../../src/model/job.ts';
import { useLively } from '../api/use-lively.ts';
import { usePages } from '../api/use-pages.ts';
import { ApplicationSelect } from '../shown/application-select.tsx';
import { LiveMark } from '../shown/live-mark.tsx';
import { PageTitle } from '../shown/page-title.tsx';
import { JobTable } from './job-table.tsx';

/** All jobs that the viewer may see, narrowed to what is looked for. */
export function JobsPage() {
  const [states, setStates] = useState<string[]>([]);
  const [application, setApplication] = useState<string | null>(null);
  const live = useLively(['listJobs'], application === null ? {} : { application });
  const query = { application: application ?? undefined, state: states.length > 0 ? states.join(',') : undefined };
  const { rows, error, more } = usePages('listJobs', { query });
  const isNarrowed = states.length > 0 || application !== null;
  return (
    <>
      <PageTitle title="Jobs" about="Every run of every instance, newest first.">
        <LiveMark state={live} />
      </PageTitle>
      <Group mb="md" align="flex-end">
        <MultiSelect
          label="State"
          placeholder={states.length === 0 ? 'any' : ''}
          clearable
          data={[...JOB_STATES]}
          value={states}
          onChange={setStates}
        />
        <ApplicationSelect value={application} onChange={setApplication} />
      </Group>
      <JobTable
        caption="Jobs"
        rows={rows}
        error={error}
        more={more}
        empty={isNarrowed ? 'No job is like that.' : 'Nothing ran yet. Give an instance a schedule, or run it by hand.'}
      />
    </>
  );
}
