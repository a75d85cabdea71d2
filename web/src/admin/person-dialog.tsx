// A person who is to be invited.
import { Button, Group, Modal, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useAct } from '../api/use-act.ts';
import { useAnswer } from '../api/use-answer.ts';
import { ErrorPanel } from '../shown/error-panel.tsx';
import { type Roles, RolesFields } from './roles-fields.tsx';

interface Dialog {
  readonly opened: boolean;
  readonly onClose: () => void;
  /** The person is known now; a link is to reach them. */
  readonly onAdded: (name: string, by: 'mail' | 'link') => void;
}

const NOBODY = { name: '', displayName: '', email: '', roles: { administrator: false, memberships: {} } as Roles };

/** Asks who it is; a link by which they set their password follows. */
export function PersonDialog({ opened, onClose, onAdded }: Dialog) {
  const canMail = useAnswer('door', {}, { everyMs: false }).data?.mail ?? false;
  const add = useAct('addUser', { showsError: true });
  const form = useForm({
    initialValues: NOBODY,
    validate: { name: (name) => (/^[a-z][a-z0-9._-]*$/.test(name) ? null : 'Small letters, digits, dots and dashes.') },
  });
  const byMail = canMail && form.values.email.trim() !== '';
  const submit = form.onSubmit(({ name, displayName, email, roles }) => {
    const body = { name, displayName: displayName.trim() || undefined, email: email.trim() || null, ...roles };
    const onSuccess = () => {
      form.reset();
      onClose();
      onAdded(name, byMail ? 'mail' : 'link');
    };
    add.mutate({ body }, { onSuccess });
  });
  return (
    <Modal opened={opened} onClose={onClose} title="Invite somebody">
      <form onSubmit={submit} noValidate>
        <Stack gap="sm">
          <TextInput
            label="User name"
            description="With it they sign in, such as ana."
            autoComplete="off"
            data-autofocus
            required
            {...form.getInputProps('name')}
          />
          <TextInput label="Name" autoComplete="off" {...form.getInputProps('displayName')} />
          <TextInput
            label="E-mail"
            type="email"
            autoComplete="off"
            description={
              byMail ? 'The link is mailed there.' : 'The link is shown to you once, to be passed on: it is not mailed.'
            }
            {...form.getInputProps('email')}
          />
          <RolesFields value={form.values.roles} onChange={(roles) => form.setFieldValue('roles', roles)} />
          {add.error && <ErrorPanel error={add.error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={add.isPending}>
              Invite
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
