// The pages that the viewer may see.
import { Badge, NavLink, Stack, Text, VisuallyHidden } from '@mantine/core';
import { Link, useLocation } from '@tanstack/react-router';
import { useRights } from '../api/use-me.ts';
import { useUnread } from '../inbox/use-unread.ts';
import { NAVIGATION, type PageEntry } from './pages.ts';

/** Links to all pages, in groups. */
export function NavigationList() {
  const rights = useRights();
  const groups = NAVIGATION.map(({ label, pages }) => ({
    label,
    pages: pages.filter(({ permission }) => permission === null || rights.anywhere(permission)),
  }));
  return (
    <Stack gap="md" component="nav" aria-label="Pages">
      {groups.map(({ label, pages }) => pages.length > 0 && <Group key={label} label={label} pages={pages} />)}
    </Stack>
  );
}

function Group({ label, pages }: { readonly label: string; readonly pages: readonly PageEntry[] }) {
  const { pathname } = useLocation();
  return (
    <div>
      <Text size="xs" c="dimmed" fw={600} px="sm" pb={4}>
        {label}
      </Text>
      {pages.map(({ path, label: name, icon: Icon }) => (
        <NavLink
          key={path}
          component={Link}
          to={path}
          label={name}
          leftSection={<Icon size={17} strokeWidth={1.8} aria-hidden />}
          rightSection={path === '/inbox' ? <Unread /> : undefined}
          active={isUnder(pathname, path)}
          variant="light"
        />
      ))}
    </div>
  );
}

/** How many notices nobody has read. */
function Unread() {
  const { count, word } = useUnread();
  return count === 0 ? null : (
    <Badge size="sm" circle={word.length < 3}>
      {word}
      <VisuallyHidden> not read</VisuallyHidden>
    </Badge>
  );
}

function isUnder(pathname: string, path: string): boolean {
  return path === '/' ? pathname === '/' : pathname === path || pathname.startsWith(`${path}/`);
}
