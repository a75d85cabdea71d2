// What a job gave: text, JSON, tables, images and files.
import { Anchor, Badge, Card, Code, Group, Image, ScrollArea, Stack, Text } from '@mantine/core';
import { Download } from 'lucide-react';
import type { ItemOf } from '../../../src/api/contract/answers.ts';
import { addressOf } from '../api/call.ts';
import { usePages } from '../api/use-pages.ts';
import { bytes } from '../shown/amounts.ts';
import { ErrorPanel } from '../shown/error-panel.tsx';
import { When } from '../shown/when.tsx';
import { JsonShown } from './json-shown.tsx';

type Output = ItemOf<'listOutputs'>;

/** Types that browsers draw without running anything. */
const PICTURES = ['image/png', 'image/jpeg', 'image/gif', 'image/webp'];
const EVERY_MS = 5_000;

/** The outputs of a job. */
export function OutputList({ job, isOpen }: { readonly job: string; readonly isOpen: boolean }) {
  const { rows, error, more } = usePages('listOutputs', { params: { job } }, { everyMs: isOpen ? EVERY_MS : false });
  if (error && !rows) return <ErrorPanel error={error} />;
  if (rows?.length === 0)
    return (
      <Text c="dimmed" size="sm">
        It gave nothing yet. An algorithm gives output with the SDK: berth.output(…).
      </Text>
    );
  return (
    <Stack gap="sm">
      {rows?.map((output) => (
        <OutputCard key={output.id} output={output} />
      ))}
      {more && (
        <Anchor component="button" type="button" size="sm" onClick={more.load}>
          Show more
        </Anchor>
      )}
    </Stack>
  );
}

/** One output, shown as what it is. */
export function OutputCard({ output }: { readonly output: Output }) {
  const { name, kind, slot, sizeBytes, at } = output;
  return (
    <Card withBorder padding="sm">
      <Group justify="space-between" mb={4}>
        <Group gap="xs">
          <Text fw={600} size="sm">
            {name || kind}
          </Text>
          <Badge variant="default" tt="none" fw={500}>
            copy {slot + 1}
          </Badge>
          <Text size="xs" c="dimmed">
            <When at={at} />
          </Text>
        </Group>
        <Anchor href={contentsOf(output)} download={name || `${kind}.txt`} size="sm">
          <Group gap={4}>
            <Download size={14} aria-hidden /> {bytes(sizeBytes)}
          </Group>
        </Anchor>
      </Group>
      <Contents output={output} />
    </Card>
  );
}

function Contents({ output }: { readonly output: Output }) {
  const { kind, text, contentType, name } = output;
  if (PICTURES.includes(contentType))
    return <Image src={contentsOf(output)} alt={name || 'output'} w="auto" mah={420} fit="contain" />;
  if (text === null) return null;
  if (kind === 'json') return <JsonShown text={text} />;
  return (
    <ScrollArea.Autosize mah={320}>
      <Code block>{text}</Code>
    </ScrollArea.Autosize>
  );
}

/** Where the bytes of an output are. */
function contentsOf({ id }: Output): string {
  const split = id.lastIndexOf('/');
  return addressOf('openOutput', { params: { task: id.slice(0, split), record: id.slice(split + 1) } });
}
