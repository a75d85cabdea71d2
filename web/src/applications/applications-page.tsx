// Applications: what was pushed, and the place to push more.
import { Code, Stack, Text } from '@mantine/core';
import { useRights } from '../api/use-me.ts';
import { usePages } from '../api/use-pages.ts';
import { DataTable } from '../shown/data-table.tsx';
import { PageTitle } from '../shown/page-title.tsx';
import { When } from '../shown/when.tsx';
import { PushPanel } from './push-panel.tsx';
import { shortId } from './short-id.ts';

/** All applications that the viewer may see. */
export function ApplicationsPage() {
  const applications = usePages('listApplications');
  const mayPush = useRights().anywhere('applications:write');
  return (
    <>
      <PageTitle
        title="Applications"
        about="Programs that were uploaded, each with its algorithms, packages and instances."
      />
      <Stack gap="lg">
        {mayPush && <PushPanel />}
        <DataTable
          {...applications}
          caption="Applications"
          rowKey={({ name }) => name}
          linkTo={({ name }) => `/applications/${encodeURIComponent(name)}`}
          empty={<NoApplications mayPush={mayPush} />}
          columns={[
            { label: 'Name', sort: ({ name }) => name, render: ({ name }) => name },
            { label: 'What it does', render: ({ description }) => description || '–' },
            { label: 'Project', sort: ({ project }) => project, render: ({ project }) => project },
            { label: 'Current package', render: ({ currentPackage }) => <Code>{shortId(currentPackage)}</Code> },
            {
              label: 'Changed',
              sort: ({ updatedAt }) => updatedAt,
              render: ({ updatedAt }) => <When at={updatedAt} />,
            },
          ]}
        />
      </Stack>
    </>
  );
}

function NoApplications({ mayPush }: { readonly mayPush: boolean }) {
  if (!mayPush) return <>There is no application that you may see. A developer of a project pushes one.</>;
  return (
    <Text size="sm" span>
      There is no application yet. Drop a zip above, or use the command line: <Code>berth app push DIRECTORY</Code>
    </Text>
  );
}
