// What may be done to an instance in a list.
import { ActionIcon, Menu } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { EllipsisVertical, Pause, Pencil, Play, Power, Trash2 } from 'lucide-react';
import { useRights } from '../api/use-me.ts';
import { useInstanceActs } from './use-instance-acts.ts';

interface Of {
  readonly instance: { readonly name: string; readonly enabled: boolean; readonly removing: boolean };
  readonly project: string;
  readonly onRun: () => void;
}

/** A menu of acts; none where the viewer may do nothing. */
export function InstanceMenu({ instance: { name, enabled, removing }, project, onRun }: Of) {
  const rights = useRights();
  const acts = useInstanceActs();
  const mayRun = rights.here('jobs:write', project);
  const mayChange = rights.here('instances:write', project);
  if (removing || !(mayRun || mayChange)) return null;
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" aria-label={`What to do with ${name}`}>
          <EllipsisVertical size={16} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {mayRun && (
          <Menu.Item leftSection={<Play size={15} aria-hidden />} onClick={onRun}>
            Run now …
          </Menu.Item>
        )}
        {mayChange && (
          <>
            <Menu.Item
              component={Link}
              to="/configure"
              search={{ instance: name } as never}
              leftSection={<Pencil size={15} aria-hidden />}
            >
              Change
            </Menu.Item>
            <Menu.Item
              leftSection={enabled ? <Pause size={15} aria-hidden /> : <Power size={15} aria-hidden />}
              onClick={() => (enabled ? acts.disable(name) : acts.enable(name))}
            >
              {enabled ? 'Disable' : 'Enable'}
            </Menu.Item>
            <Menu.Divider />
            <Menu.Item
              c="var(--mantine-color-error)"
              leftSection={<Trash2 size={15} aria-hidden />}
              onClick={() => acts.remove(name)}
            >
              Remove
            </Menu.Item>
          </>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
