// One application: what it can do, which packages it has and which one new jobs run, who runs it, and its secrets.
import { Badge, Button, Group, Skeleton, Stack } from '@mantine/core';
import { Link, useParams } from '@tanstack/react-router';
import { CalendarPlus } from 'lucide-react';
import type { AnswerOf } from '../../../src/api/contract/answers.ts';
import { useAnswer } from '../api/use-answer.ts';
import { useLively } from '../api/use-lively.ts';
import { useRights } from '../api/use-me.ts';
import { ErrorPanel } from '../shown/error-panel.tsx';
import { Facts } from '../shown/facts.tsx';
import { PageTitle } from '../shown/page-title.tsx';
import { When } from '../shown/when.tsx';
import { AlgorithmCards } from './algorithm-cards.tsx';
import { ApplicationInstances } from './application-instances.tsx';
import { ApplicationSecrets } from './application-secrets.tsx';
import { PackageSection } from './package-section.tsx';
import { RemoveApplication } from './remove-application.tsx';

type Application = AnswerOf<'showApplication'>;

const LIVELY = ['showApplication', 'listInstances', 'listSecrets'] as const;

/** The application that the address names. */
export function ApplicationPage() {
  const { application: name } = useParams({ strict: false });
  const shown = useAnswer('showApplication', { params: { application: name ?? '' } });
  useLively(LIVELY, { application: name ?? '' });
  if (shown.data) return <Shown application={shown.data} />;
  return (
    <>
      <PageTitle title={name ?? ''} above={[{ to: '/applications', label: 'Applications' }]} />
      {shown.error ? <ErrorPanel error={shown.error} /> : <Skeleton height={320} radius="md" />}
    </>
  );
}

function Shown({ application }: { readonly application: Application }) {
  const { name, description, project, packages, currentPackage, createdAt, updatedAt } = application;
  const rights = useRights();
  const current = packages.find(({ id }) => id === currentPackage);
  return (
    <>
      <PageTitle title={name} about={description || undefined} above={[{ to: '/applications', label: 'Applications' }]}>
        {rights.here('instances:write', project) && <Configure application={name} />}
      </PageTitle>
      <Stack gap="xl">
        <Facts
          facts={[
            ['Current package', <Current key="current" pkg={current} />],
            ['Project', project],
            ['First pushed', <When key="created" at={createdAt} />],
            ['Changed', <When key="updated" at={updatedAt} />],
          ]}
        />
        {current && (
          <AlgorithmCards
            application={name}
            algorithms={current.algorithms}
            mayConfigure={rights.here('instances:write', project)}
          />
        )}
        <PackageSection application={application} mayWrite={rights.here('applications:write', project)} />
        {rights.here('instances:read', project) && <ApplicationInstances application={name} />}
        {rights.here('secrets:read', project) && (
          <ApplicationSecrets application={name} mayWrite={rights.here('secrets:write', project)} />
        )}
        {rights.here('applications:write', project) && <RemoveApplication application={application} />}
      </Stack>
    </>
  );
}

function Current({ pkg }: { readonly pkg: Application['packages'][number] | undefined }) {
  if (!pkg) return <>none</>;
  return (
    <Group gap="xs" component="span">
      version {pkg.version}
      <Badge variant="light" color="gray" tt="none">
        {pkg.id.slice(0, 12)}
      </Badge>
    </Group>
  );
}

function Configure({ application }: { readonly application: string }) {
  return (
    <Button
      component={Link}
      to="/configure"
      search={{ application } as never}
      leftSection={<CalendarPlus size={16} aria-hidden />}
    >
      Configure an instance
    </Button>
  );
}
