// An instance is configured: by a form or as a file, which are two views of the same. The platform checks it while it is written.
import { Skeleton, Text } from '@mantine/core';
import { useSearch } from '@tanstack/react-router';
import { useAnswer } from '../api/use-answer.ts';
import { useRights } from '../api/use-me.ts';
import { ErrorPanel } from '../shown/error-panel.tsx';
import { PageTitle } from '../shown/page-title.tsx';
import { ConfigureForm } from './configure-form.tsx';
import type { InstanceDraft } from './instance-draft.ts';

interface Words {
  readonly application?: string;
  readonly algorithm?: string;
  readonly instance?: string;
}

const ABOVE = [{ to: '/instances', label: 'Instances' }];

/** A new instance, or the one that the address names. */
export function ConfigurePage() {
  const { application, algorithm, instance } = useSearch({ strict: false }) as Words;
  if (!useRights().anywhere('instances:write')) return <MayNot />;
  if (instance !== undefined) return <Change key={instance} instance={instance} />;
  return (
    <>
      <PageTitle title="Configure an instance" about="Say what runs, when, where and with what." above={ABOVE} />
      <ConfigureForm key={`${application} ${algorithm}`} first={{ name: '', application, algorithm }} instance={null} />
    </>
  );
}

function MayNot() {
  return (
    <>
      <PageTitle title="Configure an instance" above={ABOVE} />
      <Text>You may look at instances, but not configure them. A configurer or developer of their project may.</Text>
    </>
  );
}

function Change({ instance }: { readonly instance: string }) {
  const file = useAnswer('instanceFile', { params: { instance } }, { everyMs: false });
  return (
    <>
      <PageTitle
        title={`Change ${instance}`}
        about="Its name, application and algorithm stay; everything else may be other."
        above={[...ABOVE, { to: `/instances/${encodeURIComponent(instance)}`, label: instance }]}
      />
      {file.error && <ErrorPanel error={file.error} />}
      {file.isPending && <Skeleton height={320} radius="md" />}
      {file.data && <ConfigureForm first={file.data as InstanceDraft} instance={instance} />}
    </>
  );
}
