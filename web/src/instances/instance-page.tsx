// One instance: why it does what it does, when it runs next, what it is bound to, and what came of it so far.
import { Alert, Anchor, Button, Group, Skeleton, Stack } from '@mantine/core';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { Info, Pause, Pencil, Play, Power, Trash2 } from 'lucide-react';
import { useState } from 'react';
import type { AnswerOf } from '../../../src/api/contract/answers.ts';
import { useAnswer } from '../api/use-answer.ts';
import { useLively } from '../api/use-lively.ts';
import { useRights } from '../api/use-me.ts';
import { useProjectOf } from '../api/use-project-of.ts';
import { ErrorPanel } from '../shown/error-panel.tsx';
import { PageTitle } from '../shown/page-title.tsx';
import { spoken } from '../shown/spoken.ts';
import { InstanceBindings } from './instance-bindings.tsx';
import { InstanceConfiguration } from './instance-configuration.tsx';
import { InstanceGaps } from './instance-gaps.tsx';
import { InstanceHistory } from './instance-history.tsx';
import { InstanceSchedule } from './instance-schedule.tsx';
import { InstanceState } from './instance-state.tsx';
import { LastOutput } from './last-output.tsx';
import { RunDialog } from './run-dialog.tsx';
import { useInstanceActs } from './use-instance-acts.ts';

type Instance = AnswerOf<'showInstance'>;

const ABOVE = [{ to: '/instances', label: 'Instances' }];
const LIVELY = ['showInstance', 'previewInstance', 'instanceHistory', 'listGaps', 'showJob', 'listOutputs'] as const;

/** The instance that the address names, by name or id. */
export function InstancePage() {
  const { instance: name = '' } = useParams({ strict: false });
  const shown = useAnswer('showInstance', { params: { instance: name } });
  if (shown.data) return <Shown instance={shown.data} />;
  return (
    <>
      <PageTitle title={name} above={ABOVE} />
      {shown.error ? <ErrorPanel error={shown.error} /> : <Skeleton height={320} radius="md" />}
    </>
  );
}

function Shown({ instance }: { readonly instance: Instance }) {
  const { id, name, application, algorithm, why } = instance;
  const project = useProjectOf()(application);
  const rights = useRights();
  useLively(LIVELY, { subject: `instance:${id}` });
  const mayChange = rights.here('instances:write', project) && !instance.removing;
  const history = useAnswer(
    'instanceHistory',
    { params: { instance: id }, query: { last: 50 } },
    { enabled: rights.here('jobs:read', project) },
  );
  return (
    <>
      <PageTitle
        title={name}
        above={ABOVE}
        about={
          <Group gap="xs">
            <InstanceState instance={instance} />
            <span>
              <Anchor
                component={Link}
                to={`/applications/${encodeURIComponent(application)}`}
                inherit
                underline="always"
              >
                {application}
              </Anchor>
              , {algorithm}
            </span>
          </Group>
        }
      >
        <Buttons instance={instance} mayRun={rights.here('jobs:write', project)} mayChange={mayChange} />
      </PageTitle>
      <Stack gap="xl">
        <Alert
          role="note"
          variant="light"
          color="gray"
          icon={<Info size={18} aria-hidden />}
          title="Why it is as it is"
        >
          {spoken(why)}
        </Alert>
        <InstanceSchedule instance={instance} maySkip={mayChange} />
        <InstanceBindings instance={instance} job={history.data?.jobs[0]?.job ?? null} />
        {rights.here('jobs:read', project) && (
          <>
            <InstanceHistory name={name} zone={instance.schedule.zone} history={history.data} error={history.error} />
            <LastOutput jobs={history.data?.jobs} />
          </>
        )}
        <InstanceGaps instance={instance} />
        <InstanceConfiguration instance={instance} />
      </Stack>
    </>
  );
}

interface Possible {
  readonly instance: Instance;
  readonly mayRun: boolean;
  readonly mayChange: boolean;
}

function Buttons({ instance, mayRun, mayChange }: Possible) {
  const { name, enabled, removing } = instance;
  const [runs, setRuns] = useState(false);
  const go = useNavigate();
  const acts = useInstanceActs({ afterRemoval: () => void go({ to: '/instances' }) });
  return (
    <>
      {mayRun && !removing && (
        <Button leftSection={<Play size={16} aria-hidden />} onClick={() => setRuns(true)}>
          Run now
        </Button>
      )}
      {mayChange && (
        <>
          <Button
            variant="default"
            component={Link}
            to="/configure"
            search={{ instance: name } as never}
            leftSection={<Pencil size={16} aria-hidden />}
          >
            Change
          </Button>
          <Button
            variant="default"
            leftSection={enabled ? <Pause size={16} aria-hidden /> : <Power size={16} aria-hidden />}
            onClick={() => (enabled ? acts.disable(name) : acts.enable(name))}
          >
            {enabled ? 'Disable' : 'Enable'}
          </Button>
          <Button
            variant="light"
            color="red"
            leftSection={<Trash2 size={16} aria-hidden />}
            onClick={() => acts.remove(name)}
          >
            Remove
          </Button>
        </>
      )}
      {runs && <RunDialog instance={instance} onClose={() => setRuns(false)} />}
    </>
  );
}
