// A channel as it is described.
import { Button, Group, Modal, Stack } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useAct } from '../api/use-act.ts';
import { ErrorPanel } from '../shown/error-panel.tsx';
import { ChannelFields } from './channel-fields.tsx';
import { bodyOfChannel, valuesOfChannel } from './channel-values.ts';
import type { ChannelAccess, ChannelKind } from './channels-section.tsx';

interface Dialog {
  readonly kind: ChannelKind;
  /** As it is described now; null: not yet. */
  readonly known: ChannelAccess | null;
  readonly onClose: () => void;
}

/** Describes the channel of a kind, in place of the one that is there. */
export function ChannelDialog({ kind, known, onClose }: Dialog) {
  const apply = useAct('applyChannel', { done: () => 'The channel is described.', after: onClose, showsError: true });
  const form = useForm({ initialValues: valuesOfChannel(known) });
  return (
    <Modal opened onClose={onClose} title="Describe the channel">
      <form onSubmit={form.onSubmit((values) => apply.mutate({ body: bodyOfChannel(kind, values) }))}>
        <Stack gap="sm">
          <ChannelFields kind={kind} form={form} />
          {apply.error && <ErrorPanel error={apply.error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={apply.isPending}>
              Save
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
