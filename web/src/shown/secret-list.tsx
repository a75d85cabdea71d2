// Secrets by name: given, given anew, taken away; their values are never shown.
import { Badge, Button, Group, Modal, Stack, Textarea, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import type { UseMutationResult } from '@tanstack/react-query';
import { useState } from 'react';
import type { AnswerOf } from '../../../src/api/contract/answers.ts';
import type { AnsweredError } from '../api/answered-error.ts';
import type { Call } from '../api/call.ts';
import { askFirst } from './ask-first.tsx';
import { DataTable } from './data-table.tsx';
import { ErrorPanel } from './error-panel.tsx';
import { When } from './when.tsx';

type Secret = AnswerOf<'listPlatformSecrets'>['items'][number];

interface Listed {
  readonly secrets: readonly Secret[] | undefined;
  readonly error: Error | null;
  readonly empty: string;
  /** Null: the viewer may only see the names. */
  readonly acts: {
    readonly put: UseMutationResult<unknown, AnsweredError, Call>;
    readonly remove: UseMutationResult<unknown, AnsweredError, Call>;
    /** Parameters of both routes besides `secret`. */
    readonly params: Readonly<Record<string, string>>;
  } | null;
}

/** The secrets of an application or of the platform. */
export function SecretList({ secrets, error, empty, acts }: Listed) {
  const [asked, setAsked] = useState<string | null>(null);
  const ask = (name: string) =>
    askFirst({
      title: `Remove the secret ${name}?`,
      what: 'Its value cannot be had back. It is refused while something names it.',
      act: 'Remove',
      onYes: () => acts?.remove.mutate({ params: { ...acts.params, secret: name } }),
    });
  return (
    <Stack gap="xs">
      {acts && (
        <Button w="fit-content" variant="default" onClick={() => setAsked('')}>
          Add a secret
        </Button>
      )}
      <DataTable
        caption="Secrets"
        rows={secrets}
        error={error}
        rowKey={({ name }) => name}
        empty={empty}
        columns={[
          { label: 'Name', sort: ({ name }) => name, render: (secret) => <Named secret={secret} /> },
          { label: 'Version', numeric: true, render: ({ version }) => version },
          { label: 'Given', sort: ({ updatedAt }) => updatedAt, render: ({ updatedAt }) => <When at={updatedAt} /> },
          { label: 'By', render: ({ by }) => by },
          {
            label: '',
            render: ({ name }) =>
              acts && (
                <Group gap={6} justify="flex-end" wrap="nowrap">
                  <Button size="compact-xs" variant="default" onClick={() => setAsked(name)}>
                    New value
                  </Button>
                  <Button size="compact-xs" variant="default" onClick={() => ask(name)} aria-label={`Remove ${name}`}>
                    Remove
                  </Button>
                </Group>
              ),
          },
        ]}
      />
      {acts && asked !== null && (
        <SecretDialog name={asked} put={acts.put} params={acts.params} onClose={() => setAsked(null)} />
      )}
    </Stack>
  );
}

function Named({ secret: { name, readable } }: { readonly secret: Secret }) {
  return (
    <Group gap={6}>
      {name}
      {!readable && (
        <Badge color="red" variant="light" tt="none">
          its key is lost: give it anew
        </Badge>
      )}
    </Group>
  );
}

interface Dialog {
  /** Empty: a new one. */
  readonly name: string;
  readonly put: UseMutationResult<unknown, AnsweredError, Call>;
  readonly params: Readonly<Record<string, string>>;
  readonly onClose: () => void;
}

function SecretDialog({ name, put, params, onClose }: Dialog) {
  const form = useForm({ initialValues: { name, value: '' } });
  const submit = form.onSubmit((given) =>
    put.mutate({ params: { ...params, secret: given.name }, body: { value: given.value } }, { onSuccess: onClose }),
  );
  return (
    <Modal opened onClose={onClose} title={name === '' ? 'Add a secret' : `New value of ${name}`}>
      <form onSubmit={submit}>
        <Stack gap="sm">
          {name === '' && <TextInput label="Name" data-autofocus required {...form.getInputProps('name')} />}
          <Textarea
            label="Value"
            description="Sealed as soon as it arrives, and never shown again."
            autosize
            minRows={2}
            maxRows={10}
            autoComplete="off"
            spellCheck={false}
            required
            {...form.getInputProps('value')}
          />
          {put.error && <ErrorPanel error={put.error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={put.isPending}>
              Keep it
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
