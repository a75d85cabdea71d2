// An application that is to belong to another project.
import { Button, Card, Group, Select, Text } from '@mantine/core';
import { useState } from 'react';
import { useAct } from '../api/use-act.ts';
import { askFirst } from '../shown/ask-first.tsx';
import { Section } from '../shown/section.tsx';
import type { ProjectRow } from './projects-section.tsx';

/** Moves an application with all that belongs to it. */
export function MoveApplication({ projects }: { readonly projects: readonly ProjectRow[] }) {
  const [application, setApplication] = useState<string | null>(null);
  const [project, setProject] = useState<string | null>(null);
  const move = useAct('moveApplication', {
    done: (moved) => `${moved.application} is in ${moved.project} now.`,
    after: () => setApplication(null),
  });
  const from = projects.find(({ applications }) => application !== null && applications.includes(application));
  const ask = () => {
    if (application === null || project === null) return;
    askFirst({
      title: `Move ${application} to ${project}?`,
      what: `Its packages, instances, jobs, logs and secrets go with it: people with a role in ${project} see them from now on, people of ${from?.name ?? 'its project until now'} no more.`,
      act: 'Move',
      onYes: () => move.mutate({ params: { application }, body: { project } }),
    });
  };
  return (
    <Section title="Move an application">
      <Card withBorder>
        <Group align="flex-end">
          <Select
            label="Application"
            searchable
            data={projects.flatMap(({ applications }) => applications)}
            value={application}
            onChange={setApplication}
          />
          <Select
            label="To the project"
            data={projects.map(({ name }) => name).filter((name) => name !== from?.name)}
            value={project}
            onChange={setProject}
          />
          <Button disabled={application === null || project === null} loading={move.isPending} onClick={ask}>
            Move
          </Button>
        </Group>
        {from && (
          <Text size="sm" c="dimmed" mt="xs">
            It is in {from.name} now.
          </Text>
        )}
      </Card>
    </Section>
  );
}
