// Who looks at the console: their account, the colours, the way out.
import { ActionIcon, Group, Menu, Text, UnstyledButton, useMantineColorScheme } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { CircleUser, LogOut, Moon, Sun } from 'lucide-react';
import type { AnsweredError } from '../api/answered-error.ts';
import { call } from '../api/call.ts';
import { useMe } from '../api/use-me.ts';
import { QUERIES } from '../queries.ts';
import { AlertBell } from './alert-bell.tsx';

/** Nobody is signed in any more: the session ended by itself. */
const SIGNED_OUT = 401;

/** The viewer's name with what they may do about themselves. */
export function ViewerMenu() {
  const me = useMe().data;
  const navigate = useNavigate();
  const leave = async () => {
    await navigate({ to: '/sign-in' });
    QUERIES.clear();
  };
  const signOut = useMutation<unknown, AnsweredError>({
    mutationFn: () => call('signOut'),
    onSuccess: leave,
    onError: (error) => {
      if (error.status === SIGNED_OUT) return leave();
      notifications.show({ color: 'red', title: error.message, message: error.remedy });
    },
  });
  return (
    <Group gap="xs" wrap="nowrap">
      <AlertBell />
      <ColourSwitch />
      <Menu position="bottom-end" width={220}>
        <Menu.Target>
          <UnstyledButton aria-label={`${me?.displayName ?? '…'}: your account`}>
            <Group gap={6} wrap="nowrap">
              <CircleUser size={20} strokeWidth={1.8} aria-hidden />
              <Text size="sm" visibleFrom="xs">
                {me?.displayName ?? '…'}
              </Text>
            </Group>
          </UnstyledButton>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item component={Link} to="/account" leftSection={<CircleUser size={15} aria-hidden />}>
            Your account
          </Menu.Item>
          <Menu.Item leftSection={<LogOut size={15} aria-hidden />} onClick={() => signOut.mutate()}>
            Sign out
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </Group>
  );
}

function ColourSwitch() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const dark = colorScheme === 'dark';
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      aria-label={dark ? 'Light colours' : 'Dark colours'}
      onClick={() => setColorScheme(dark ? 'light' : 'dark')}
    >
      {dark ? <Sun size={17} aria-hidden /> : <Moon size={17} aria-hidden />}
    </ActionIcon>
  );
}
