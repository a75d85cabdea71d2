// A project that is new, or described anew.
import { Button, Group, Modal, Stack, Textarea, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useAct } from '../api/use-act.ts';
import { ErrorPanel } from '../shown/error-panel.tsx';
import type { ProjectRow } from './projects-section.tsx';

interface Dialog {
  /** Null: a new one. */
  readonly project: ProjectRow | null;
  readonly onClose: () => void;
}

/** Asks for a name and what the project is for. */
export function ProjectDialog({ project, onClose }: Dialog) {
  const around = { after: onClose, showsError: true };
  const add = useAct('addProject', { ...around, done: ({ name }) => `The project ${name} is there.` });
  const change = useAct('changeProject', around);
  const form = useForm({ initialValues: { name: project?.name ?? '', description: project?.description ?? '' } });
  const submit = form.onSubmit(({ name, description }) =>
    project
      ? change.mutate({ params: { project: project.name }, body: { description } })
      : add.mutate({ body: { name, description } }),
  );
  const error = add.error ?? change.error;
  return (
    <Modal opened onClose={onClose} title={project ? `Describe ${project.name}` : 'Add a project'}>
      <form onSubmit={submit}>
        <Stack gap="sm">
          {!project && <TextInput label="Name" data-autofocus required {...form.getInputProps('name')} />}
          <Textarea label="What it is for" autosize minRows={2} {...form.getInputProps('description')} />
          {error && <ErrorPanel error={error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={add.isPending || change.isPending}>
              {project ? 'Save' : 'Add'}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
