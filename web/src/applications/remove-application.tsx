// The end of an application.
import { Button, Group, Text } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { Trash2 } from 'lucide-react';
import type { AnswerOf } from '../../../src/api/contract/answers.ts';
import { useAct } from '../api/use-act.ts';
import { askFirst } from '../shown/ask-first.tsx';
import { Section } from '../shown/section.tsx';

/** Removes an application that has no instances. */
export function RemoveApplication({ application }: { readonly application: AnswerOf<'showApplication'> }) {
  const { name, instances, packages } = application;
  const go = useNavigate();
  const remove = useAct('removeApplication', {
    done: () => `The application ${name} is gone.`,
    after: () => void go({ to: '/applications' }),
  });
  const ask = () =>
    askFirst({
      title: `Remove ${name}?`,
      what: `The application, ${packages.length === 1 ? 'its package' : `its ${packages.length} packages`}, its images and its secrets are forgotten. This cannot be undone.`,
      act: `Remove ${name}`,
      onYes: () => remove.mutate({ params: { application: name } }),
    });
  return (
    <Section title="Removal">
      <Group justify="space-between">
        <Text size="sm" c="dimmed" maw={560}>
          {instances.length > 0
            ? `It cannot be removed while it has instances: ${instances.slice(0, 5).join(', ')}${instances.length > 5 ? ' and more' : ''}. Remove these first.`
            : 'Nothing of it runs: it can be removed, with all of its packages and secrets.'}
        </Text>
        <Button
          variant="light"
          color="red"
          leftSection={<Trash2 size={16} aria-hidden />}
          disabled={instances.length > 0}
          loading={remove.isPending}
          onClick={ask}
        >
          Remove {name}
        </Button>
      </Group>
    </Section>
  );
}
