// The packages of an application: which one new jobs run, how far their images are, and what differs between two of them.
import { Badge, Button, Code, Group, Stack } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { AnswerOf } from '../../../src/api/contract/answers.ts';
import { useAct } from '../api/use-act.ts';
import { bytes } from '../shown/amounts.ts';
import { askFirst } from '../shown/ask-first.tsx';
import { DataTable } from '../shown/data-table.tsx';
import { Section } from '../shown/section.tsx';
import { StateBadge } from '../shown/state-badge.tsx';
import { When } from '../shown/when.tsx';
import { ImagePanel } from './image-panel.tsx';
import { shortId } from './short-id.ts';

type Application = AnswerOf<'showApplication'>;
type Package = Application['packages'][number];

interface Shown {
  readonly application: Application;
  readonly mayWrite: boolean;
}

/** Packages, newest first, and the image of the one that is looked at. */
export function PackageSection({ application, mayWrite }: Shown) {
  const { packages, currentPackage } = application;
  const [opened, setOpened] = useState<string | null>(null);
  const current = packages.find(({ id }) => id === currentPackage);
  const unfinished = current?.image && current.image.state !== 'ready' ? current : undefined;
  const looked = packages.find(({ id }) => id === opened) ?? unfinished;
  return (
    <Section
      title="Packages"
      about="Every upload is kept as it was. New jobs run the current package; jobs that run go on with theirs."
    >
      <Stack gap="sm">
        <DataTable
          caption="Packages"
          rows={packages}
          rowKey={({ id }) => id}
          empty="There is no package."
          columns={[
            {
              label: 'Version',
              sort: ({ version }) => version,
              render: (pkg) => <Version {...{ pkg, currentPackage }} />,
            },
            { label: 'Package', render: ({ id }) => <Code>{shortId(id)}</Code> },
            { label: 'Pushed', sort: ({ createdAt }) => createdAt, render: ({ createdAt }) => <When at={createdAt} /> },
            {
              label: 'Size',
              numeric: true,
              sort: ({ sizeBytes }) => sizeBytes,
              render: ({ sizeBytes }) => bytes(sizeBytes),
            },
            { label: 'Files', numeric: true, sort: ({ files }) => files, render: ({ files }) => files },
            { label: 'Image', render: ({ image }) => <StateBadge state={image?.state ?? 'not begun'} /> },
            {
              label: '',
              render: (pkg) => <PackageButtons {...{ application, pkg, mayWrite }} onOpen={() => setOpened(pkg.id)} />,
            },
          ]}
        />
        {looked && <ImagePanel key={looked.id} pkg={looked} mayRetry={mayWrite} onClose={() => setOpened(null)} />}
      </Stack>
    </Section>
  );
}

function Version({ pkg, currentPackage }: { readonly pkg: Package; readonly currentPackage: string }) {
  return (
    <Group gap="xs" component="span">
      {pkg.version}
      {pkg.id === currentPackage && (
        <Badge variant="light" tt="none">
          current
        </Badge>
      )}
    </Group>
  );
}

interface Buttons extends Shown {
  readonly pkg: Package;
  readonly onOpen: () => void;
}

function PackageButtons({ application, pkg, mayWrite, onOpen }: Buttons) {
  const { name, currentPackage, packages } = application;
  const use = useAct('usePackage', { done: () => `New jobs of ${name} run version ${pkg.version} now.` });
  const current = packages.find(({ id }) => id === currentPackage);
  const isCurrent = pkg.id === currentPackage;
  const isOlder = current !== undefined && pkg.createdAt < current.createdAt;
  const ask = () =>
    askFirst({
      title: `${isOlder ? 'Roll back' : 'Roll forward'} to version ${pkg.version}?`,
      what: `New jobs of instances that follow the current package run ${shortId(pkg.id)}. Jobs that run go on as they are. You can roll to any other package at any time.`,
      act: isOlder ? 'Roll back' : 'Roll forward',
      onYes: () => use.mutate({ params: { application: name }, body: { package: pkg.id } }),
    });
  return (
    <Group gap={6} justify="flex-end">
      <Button size="compact-xs" variant="default" onClick={onOpen} aria-label={`Image of ${pkg.version}`}>
        Image
      </Button>
      {!isCurrent && current && (
        <Button
          component={Link}
          to={`/applications/${encodeURIComponent(name)}/compare/${pkg.id}/${currentPackage}`}
          size="compact-xs"
          variant="default"
          aria-label={`Compare ${pkg.version} with the current package`}
        >
          Compare
        </Button>
      )}
      {!isCurrent && mayWrite && (
        <Button size="compact-xs" variant="default" loading={use.isPending} onClick={ask}>
          {isOlder ? 'Roll back' : 'Roll forward'}
        </Button>
      )}
    </Group>
  );
}
