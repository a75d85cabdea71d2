// The frame around every page of somebody who is signed in: navigation, who they are, and what comes up while they look.
import { AppShell, Burger, Group, ScrollArea, Skeleton } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { Outlet, useLocation, useRouter } from '@tanstack/react-router';
import { Suspense, useEffect } from 'react';
import { useMe } from '../api/use-me.ts';
import { ErrorPanel } from '../shown/error-panel.tsx';
import { Brand } from './brand.tsx';
import { NavigationList } from './navigation-list.tsx';
import { ViewerMenu } from './viewer-menu.tsx';

const DOOR = '/sign-in';

/** Navigation beside the page; who is not signed in is sent to the door. */
export function Frame() {
  const me = useMe();
  const [opened, { toggle, close }] = useDisclosure();
  const { pathname } = useLocation();
  useEffect(() => {
    if (pathname) close();
  }, [pathname, close]);
  if (me.error?.status === 401) return <ToTheDoor />;
  if (me.error && !me.data) return <ErrorPanel error={me.error} />;
  return (
    <AppShell
      header={{ height: 52 }}
      navbar={{ width: 220, breakpoint: 'sm', collapsed: { mobile: !opened } }}
      padding={{ base: 'sm', sm: 'lg' }}
    >
      <a href="#page" className="skip">
        To the page
      </a>
      <AppShell.Header>
        <Group h="100%" px="md" justify="space-between" wrap="nowrap">
          <Group wrap="nowrap" gap="sm">
            <Burger opened={opened} onClick={toggle} hiddenFrom="sm" size="sm" aria-label="Navigation" />
            <Brand />
          </Group>
          <ViewerMenu />
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="xs">
        <ScrollArea type="auto">
          <NavigationList />
        </ScrollArea>
      </AppShell.Navbar>
      <AppShell.Main id="page" tabIndex={-1}>
        <Suspense fallback={<Skeleton height={320} radius="md" />}>
          {me.data ? <Outlet /> : <Skeleton height={320} />}
        </Suspense>
      </AppShell.Main>
    </AppShell>
  );
}

/** Sends a person to sign in, once, from where they come back here. */
function ToTheDoor() {
  const router = useRouter();
  useEffect(() => {
    const { href: to, pathname } = router.latestLocation;
    if (pathname === DOOR) return;
    void router.navigate({ to: DOOR, search: (to === '/' ? {} : { to }) as never, replace: true });
  }, [router]);
  return null;
}
