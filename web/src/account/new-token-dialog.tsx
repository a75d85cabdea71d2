// What a new token is to be called, to allow, and how long it counts.
import { Button, Group, Modal, MultiSelect, Radio, Select, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import type { UseMutationResult } from '@tanstack/react-query';
import type { AnswerOf } from '../../../src/api/contract/answers.ts';
import type { Permission } from '../../../src/model/permission.ts';
import type { AnsweredError } from '../api/answered-error.ts';
import type { Call } from '../api/call.ts';
import { ErrorPanel } from '../shown/error-panel.tsx';

interface Dialog {
  readonly opened: boolean;
  readonly onClose: () => void;
  /** What it may be given. */
  readonly permissions: readonly Permission[];
  /** To which projects it may be limited. */
  readonly projects: readonly string[];
  /** The words for all of it. */
  readonly all: string;
  readonly make: UseMutationResult<AnswerOf<'makeToken'>, AnsweredError, Call>;
}

const DAY_MS = 86_400_000;
const NEVER = 'never';
const ENDS = [
  { value: String(DAY_MS), label: 'in a day' },
  { value: String(30 * DAY_MS), label: 'in 30 days' },
  { value: String(90 * DAY_MS), label: 'in 90 days' },
  { value: String(365 * DAY_MS), label: 'in a year' },
  { value: NEVER, label: 'never' },
];

const EMPTY = {
  name: '',
  gives: 'read' as 'read' | 'all' | 'chosen',
  permissions: [] as string[],
  projects: [] as string[],
  ends: String(90 * DAY_MS),
};

/** Asks for a token; made, it is shown by the page that asked. */
export function NewTokenDialog({ opened, onClose, permissions, projects, all, make }: Dialog) {
  const form = useForm({
    initialValues: EMPTY,
    validate: {
      name: (name) => (name.trim() === '' ? 'What is it for?' : null),
      permissions: (chosen, { gives }) => (gives === 'chosen' && chosen.length === 0 ? 'Choose at least one.' : null),
    },
  });
  const submit = form.onSubmit((asked) => make.mutate({ body: bodyOf(asked, permissions) }, { onSuccess: form.reset }));
  return (
    <Modal opened={opened} onClose={onClose} title="Make a token">
      <form onSubmit={submit} noValidate>
        <Stack gap="sm">
          <TextInput
            label="Name"
            description="What it is for, as the audit will tell it."
            data-autofocus
            required
            {...form.getInputProps('name')}
          />
          <Radio.Group label="It may" {...form.getInputProps('gives')}>
            <Stack gap={6} mt={6}>
              <Radio value="read" label="Only read" />
              <Radio value="all" label={all} />
              <Radio value="chosen" label="What I choose" />
            </Stack>
          </Radio.Group>
          {form.values.gives === 'chosen' && (
            <MultiSelect
              label="Permissions"
              data={[...permissions]}
              searchable
              hidePickedOptions
              {...form.getInputProps('permissions')}
            />
          )}
          {projects.length > 0 && (
            <MultiSelect
              label="Only in these projects"
              description="None chosen: wherever its owner may."
              data={[...projects]}
              {...form.getInputProps('projects')}
            />
          )}
          <Select label="It ends" data={ENDS} allowDeselect={false} {...form.getInputProps('ends')} />
          {make.error && <ErrorPanel error={make.error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={make.isPending}>
              Make it
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

function bodyOf({ name, gives, permissions, projects, ends }: typeof EMPTY, may: readonly Permission[]) {
  const given = { read: may.filter((one) => one.endsWith(':read')), all: ['*'], chosen: permissions }[gives];
  return {
    name: name.trim(),
    permissions: given,
    projects: projects.length === 0 ? null : projects,
    expiresInMs: ends === NEVER ? null : Number(ends),
  };
}
