// The image of a package: its layers when it is there, what is installed while it is made, and why it failed.
import { Alert, Button, CloseButton, Code, Group, Paper, Stack, Text } from '@mantine/core';
import { RotateCw } from 'lucide-react';
import type { AnswerOf } from '../../../src/api/contract/answers.ts';
import { useAct } from '../api/use-act.ts';
import { bytes } from '../shown/amounts.ts';
import { DataTable } from '../shown/data-table.tsx';
import { StateBadge } from '../shown/state-badge.tsx';
import { When } from '../shown/when.tsx';
import { InstallationOutput } from './installation-output.tsx';
import { OutputLines } from './output-lines.tsx';

type Package = AnswerOf<'showApplication'>['packages'][number];
type Image = NonNullable<Package['image']>;

interface Shown {
  readonly pkg: Package;
  readonly mayRetry: boolean;
  readonly onClose: () => void;
}

/** What is known of the image of one package. */
export function ImagePanel({ pkg: { id, version, image }, mayRetry, onClose }: Shown) {
  return (
    <Paper withBorder p="md" component="section" aria-label={`Image of version ${version}`}>
      <Group justify="space-between" mb="sm">
        <Group gap="xs">
          <Text fw={600}>Image of version {version}</Text>
          <StateBadge state={image?.state ?? 'not begun'} />
          {image?.readyAt && (
            <Text size="sm" c="dimmed">
              ready <When at={image.readyAt} />
            </Text>
          )}
        </Group>
        <CloseButton onClick={onClose} aria-label="Close" />
      </Group>
      {image === null ? (
        <Text size="sm" c="dimmed">
          It is made as soon as the package is there; that begins in a moment.
        </Text>
      ) : (
        <Known id={id} image={image} mayRetry={mayRetry} />
      )}
    </Paper>
  );
}

function Known({ id, image, mayRetry }: { readonly id: string; readonly image: Image; readonly mayRetry: boolean }) {
  if (image.state === 'failed') return <Failed {...{ id, image, mayRetry }} />;
  if (image.state !== 'ready') return <InstallationOutput key={image.state} id={id} />;
  return (
    <DataTable
      caption="Layers of the image"
      rows={image.layers}
      rowKey={({ role, digest }) => `${role}${digest}`}
      empty="It has no layers of its own."
      columns={[
        { label: 'Layer', render: ({ role }) => role },
        { label: 'Size', numeric: true, render: ({ sizeBytes }) => bytes(sizeBytes) },
        { label: 'Digest', render: ({ digest }) => <Code>{digest.slice(0, 19)}</Code> },
      ]}
    />
  );
}

function Failed({ id, image, mayRetry }: { readonly id: string; readonly image: Image; readonly mayRetry: boolean }) {
  const retry = useAct('retryImage', { done: () => 'The image is made again.' });
  const { error } = image;
  return (
    <Stack gap="sm">
      <Alert color="red" title={error?.message ?? 'It could not be made.'}>
        {error?.remedy}
      </Alert>
      {error && error.lastLines.length > 0 && <OutputLines label="The last lines" lines={error.lastLines} />}
      {mayRetry && (
        <Group>
          <Button
            size="xs"
            leftSection={<RotateCw size={15} aria-hidden />}
            loading={retry.isPending}
            onClick={() => retry.mutate({ params: { package: id } })}
          >
            Make it again
          </Button>
        </Group>
      )}
    </Stack>
  );
}
