// The roles of a person.
import { Button, Group, Modal, Stack } from '@mantine/core';
import { useState } from 'react';
import { useAct } from '../api/use-act.ts';
import { ErrorPanel } from '../shown/error-panel.tsx';
import type { Person } from './people-section.tsx';
import { type Roles, RolesFields } from './roles-fields.tsx';

/** Changes what a person may; it counts at once. */
export function AccessDialog({ person, onClose }: { readonly person: Person; readonly onClose: () => void }) {
  const { name, displayName, administrator, memberships } = person;
  const [roles, setRoles] = useState<Roles>({ administrator, memberships });
  const set = useAct('setUserAccess', {
    done: () => `The roles of ${name} are changed.`,
    after: onClose,
    showsError: true,
  });
  return (
    <Modal opened onClose={onClose} title={`Roles of ${displayName}`}>
      <Stack gap="md">
        <RolesFields value={roles} onChange={setRoles} />
        {set.error && <ErrorPanel error={set.error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button loading={set.isPending} onClick={() => set.mutate({ params: { user: name }, body: roles })}>
            Save
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
