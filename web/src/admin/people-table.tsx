// People as a list.
import { ActionIcon, Badge, Group, Menu, Text } from '@mantine/core';
import { Ellipsis } from 'lucide-react';
import { useAct } from '../api/use-act.ts';
import { useMe } from '../api/use-me.ts';
import type { Pages } from '../api/use-pages.ts';
import { askFirst } from '../shown/ask-first.tsx';
import { DataTable } from '../shown/data-table.tsx';
import { When } from '../shown/when.tsx';
import type { Person } from './people-section.tsx';

interface Shown {
  readonly people: Pages<Person>;
  readonly onInvite: (name: string, by: 'mail' | 'link') => void;
  readonly onAccess: (name: string) => void;
}

/** Everybody, with their roles, and what can be done about them. */
export function PeopleTable({ people, onInvite, onAccess }: Shown) {
  return (
    <DataTable
      {...people}
      caption="People"
      rowKey={({ name }) => name}
      empty="There is nobody yet. Invite somebody, or use berth user add."
      columns={[
        { label: 'Name', sort: ({ displayName }) => displayName, render: (person) => <Named person={person} /> },
        { label: 'E-mail', sort: ({ email }) => email, render: ({ email }) => email ?? '–' },
        { label: 'Roles', render: (person) => <Roles person={person} /> },
        { label: 'State', sort: stateOf, render: (person) => <State person={person} /> },
        {
          label: 'Last seen',
          sort: ({ lastSeenAt }) => lastSeenAt,
          render: ({ lastSeenAt }) => <When at={lastSeenAt} />,
        },
        { label: '', render: (person) => <PersonMenu person={person} onInvite={onInvite} onAccess={onAccess} /> },
      ]}
    />
  );
}

function Named({ person: { name, displayName } }: { readonly person: Person }) {
  return (
    <div>
      <Text size="sm" fw={600}>
        {displayName}
      </Text>
      <Text size="xs" c="dimmed">
        {name}
      </Text>
    </div>
  );
}

function Roles({ person: { administrator, memberships } }: { readonly person: Person }) {
  if (administrator) return <Badge variant="light">administrator</Badge>;
  const roles = Object.entries(memberships);
  if (roles.length === 0) return <>none yet</>;
  return (
    <Group gap={4}>
      {roles.map(([project, role]) => (
        <Badge key={project} variant="default" tt="none" fw={500}>
          {project}: {role}
        </Badge>
      ))}
    </Group>
  );
}

function stateOf({ disabled, hasPassword }: Person): string {
  if (disabled) return 'shut out';
  return hasPassword ? 'may sign in' : 'has no password yet';
}

function State({ person }: { readonly person: Person }) {
  const colour = person.disabled ? 'red' : person.hasPassword ? 'teal' : 'yellow';
  return (
    <Badge variant="light" color={colour} tt="none" fw={600}>
      {stateOf(person)}
    </Badge>
  );
}

interface Chosen {
  readonly person: Person;
  readonly onInvite: (name: string, by: 'mail' | 'link') => void;
  readonly onAccess: (name: string) => void;
}

function PersonMenu({ person, onInvite, onAccess }: Chosen) {
  const { name, hasPassword, email, disabled } = person;
  const isMe = useMe().data?.user === name;
  const acts = usePersonActs(person);
  const link = hasPassword ? 'for a new password' : 'to enter';
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon variant="default" aria-label={`What to do about ${name}`}>
          <Ellipsis size={16} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => onAccess(name)}>Roles…</Menu.Item>
        {email !== null && <Menu.Item onClick={() => onInvite(name, 'mail')}>Mail a link {link}</Menu.Item>}
        <Menu.Item onClick={() => onInvite(name, 'link')}>Show a link {link}</Menu.Item>
        <Menu.Item onClick={acts.endSessions}>End all sessions</Menu.Item>
        {!isMe && (
          <>
            <Menu.Divider />
            <Menu.Item onClick={disabled ? acts.enable : acts.disable}>
              {disabled ? 'Let in again' : 'Shut out'}
            </Menu.Item>
            <Menu.Item onClick={acts.remove}>Remove</Menu.Item>
          </>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}

function usePersonActs({ name }: Person) {
  const access = useAct('setUserAccess', {
    done: ({ disabled }) => (disabled ? `${name} is shut out.` : `${name} may sign in again.`),
  });
  const end = useAct('endUserSessions', { done: ({ ended }) => `Sessions ended: ${ended}.` });
  const remove = useAct('removeUser', { done: () => `${name} is removed.` });
  const params = { user: name };
  return {
    enable: () => access.mutate({ params, body: { disabled: false } }),
    disable: () =>
      askFirst({
        title: `Shut ${name} out?`,
        what: 'Their sessions end at once and none of their tokens counts any more. You can let them in again.',
        act: 'Shut out',
        onYes: () => access.mutate({ params, body: { disabled: true } }),
      }),
    endSessions: () =>
      askFirst({
        title: `End all sessions of ${name}?`,
        what: 'They have to sign in again wherever they are. Their tokens stay.',
        act: 'End them',
        onYes: () => end.mutate({ params }),
      }),
    remove: () =>
      askFirst({
        title: `Remove ${name}?`,
        what: 'Their password, sessions, tokens, roles and notices go. What they did stays in the audit. This cannot be undone.',
        act: 'Remove',
        onYes: () => remove.mutate({ params }),
      }),
  };
}
