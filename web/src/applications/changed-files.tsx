// Files that differ between two packages, each with its lines that differ.
import { Accordion, Badge, Group, Paper, Text } from '@mantine/core';
import type { AnswerOf } from '../../../src/api/contract/answers.ts';
import { bytes } from '../shown/amounts.ts';
import { DiffLines } from './diff-lines.tsx';

type ChangedFile = AnswerOf<'comparePackages'>['files'][number];

const COLOURS = { added: 'teal', removed: 'red', changed: 'blue' } as const;
const REASONS = {
  binary: 'It is no text.',
  'too-large': 'It is too large to be compared line by line.',
  'too-many': 'So many files differ that its lines were not compared.',
  'too-different': 'So much of it differs that its lines were not compared.',
} as const;
/** More than these are opened one by one. */
const FEW = 5;

/** Files by their paths. */
export function ChangedFiles({ files }: { readonly files: readonly ChangedFile[] }) {
  if (files.length === 0)
    return (
      <Paper withBorder p="lg">
        <Text c="dimmed" size="sm" ta="center">
          Both hold the same files.
        </Text>
      </Paper>
    );
  const opened = files.length <= FEW ? files.map(({ path }) => path) : [];
  return (
    <Accordion multiple defaultValue={opened} variant="contained" keepMounted={false} order={3}>
      {files.map((file) => (
        <Accordion.Item key={file.path} value={file.path}>
          <Accordion.Control>
            <Group gap="sm">
              <Badge color={COLOURS[file.change]} variant="light" tt="none">
                {file.change}
              </Badge>
              <Text span ff="monospace" size="sm">
                {file.path}
              </Text>
              <Text span size="sm" c="dimmed">
                {sizesOf(file)}
              </Text>
            </Group>
          </Accordion.Control>
          <Accordion.Panel>
            {file.diff === null ? (
              <Text size="sm" c="dimmed">
                {file.noDiff === null ? 'There is nothing to compare.' : REASONS[file.noDiff]}
              </Text>
            ) : (
              <DiffLines label={`Lines of ${file.path} that differ`} diff={file.diff} />
            )}
          </Accordion.Panel>
        </Accordion.Item>
      ))}
    </Accordion>
  );
}

function sizesOf({ sizeBefore, sizeAfter }: ChangedFile): string {
  if (sizeBefore !== null && sizeAfter !== null) return `${bytes(sizeBefore)} → ${bytes(sizeAfter)}`;
  return bytes(sizeBefore ?? sizeAfter ?? 0);
}
