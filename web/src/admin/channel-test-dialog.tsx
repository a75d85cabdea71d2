// Something is sent by a channel at once, to see that it works.
import { Alert, Button, Group, Modal, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useAct } from '../api/use-act.ts';
import { ErrorPanel } from '../shown/error-panel.tsx';
import type { ChannelKind } from './channels-section.tsx';

const TARGETS: Readonly<Record<ChannelKind, string>> = {
  smtp: 'A mailbox',
  'sms-gateway': 'A telephone number',
  webhooks: 'A URL',
};

/** Asks whom to send it to, and shows what the other side said. */
export function ChannelTestDialog({ kind, onClose }: { readonly kind: ChannelKind; readonly onClose: () => void }) {
  const test = useAct('testChannel', { showsError: true });
  const form = useForm({ initialValues: { to: '' } });
  return (
    <Modal opened onClose={onClose} title="Try it out">
      <form onSubmit={form.onSubmit((body) => test.mutate({ params: { channel: kind }, body }))}>
        <Stack gap="sm">
          <TextInput label={TARGETS[kind]} data-autofocus required {...form.getInputProps('to')} />
          {test.error && <ErrorPanel error={test.error} />}
          {test.data && (
            <Alert color="teal" title="It was sent" role="status">
              The other side said: {test.data.said}
            </Alert>
          )}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Close
            </Button>
            <Button type="submit" loading={test.isPending}>
              Send
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
