// Projects: which applications belong together, and so who looks after them.
import { Button, Group, Stack } from '@mantine/core';
import { useState } from 'react';
import type { AnswerOf } from '../../../src/api/contract/answers.ts';
import { useAct } from '../api/use-act.ts';
import { useAnswer } from '../api/use-answer.ts';
import { askFirst } from '../shown/ask-first.tsx';
import { DataTable } from '../shown/data-table.tsx';
import { Section } from '../shown/section.tsx';
import { When } from '../shown/when.tsx';
import { MoveApplication } from './move-application.tsx';
import { ProjectDialog } from './project-dialog.tsx';

/** A project as the platform answers it. */
export type ProjectRow = AnswerOf<'listProjects'>['items'][number];

/** All projects with their applications. */
export function ProjectsSection() {
  const projects = useAnswer('listProjects');
  const [asked, setAsked] = useState<ProjectRow | 'new' | null>(null);
  const remove = useAct('removeProject', { done: ({ removed }) => `The project ${removed} is removed.` });
  const ask = ({ name }: ProjectRow) =>
    askFirst({
      title: `Remove the project ${name}?`,
      what: 'The roles that people have in it go with it. It holds no applications. This cannot be undone.',
      act: 'Remove',
      onYes: () => remove.mutate({ params: { project: name } }),
    });
  return (
    <Stack gap="xl">
      <Section
        title="Projects"
        about="Applications that the same people look after. Roles are given project by project."
        actions={<Button onClick={() => setAsked('new')}>Add a project</Button>}
      >
        <DataTable
          caption="Projects"
          rows={projects.data?.items}
          error={projects.error}
          rowKey={({ name }) => name}
          empty="There is no project."
          columns={[
            { label: 'Name', sort: ({ name }) => name, render: ({ name }) => name },
            { label: 'What it is for', render: ({ description }) => description },
            { label: 'Applications', render: ({ applications }) => applications.join(', ') || 'none' },
            {
              label: 'Added',
              render: ({ createdAt }) => (createdAt === null ? 'always there' : <When at={createdAt} />),
            },
            {
              label: '',
              render: (row) => <Acts row={row} onDescribe={() => setAsked(row)} onRemove={() => ask(row)} />,
            },
          ]}
        />
      </Section>
      <MoveApplication projects={projects.data?.items ?? []} />
      {asked !== null && <ProjectDialog project={asked === 'new' ? null : asked} onClose={() => setAsked(null)} />}
    </Stack>
  );
}

interface RowActs {
  readonly row: ProjectRow;
  readonly onDescribe: () => void;
  readonly onRemove: () => void;
}

function Acts({ row: { name, applications, createdAt }, onDescribe, onRemove }: RowActs) {
  if (createdAt === null) return null;
  return (
    <Group gap={6} justify="flex-end" wrap="nowrap">
      <Button size="compact-xs" variant="default" onClick={onDescribe} aria-label={`Describe ${name}`}>
        Describe
      </Button>
      {applications.length === 0 && (
        <Button size="compact-xs" variant="default" onClick={onRemove} aria-label={`Remove ${name}`}>
          Remove
        </Button>
      )}
    </Group>
  );
}
