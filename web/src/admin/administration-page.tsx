// What only administrators look after, section by section.
import { Skeleton, Tabs } from '@mantine/core';
import { useNavigate, useParams } from '@tanstack/react-router';
import { type ComponentType, lazy, Suspense } from 'react';
import type { Permission } from '../../../src/model/permission.ts';
import { useRights } from '../api/use-me.ts';
import { Lost } from '../shown/lost.tsx';
import { PageTitle } from '../shown/page-title.tsx';

interface Part {
  readonly id: string;
  readonly label: string;
  readonly permission: Permission;
  readonly Shown: ComponentType;
}

const PARTS: readonly Part[] = [
  part('people', 'People', 'users:write', () => import('./people-section.tsx').then((m) => m.PeopleSection)),
  part('projects', 'Projects', 'projects:write', () => import('./projects-section.tsx').then((m) => m.ProjectsSection)),
  part('tokens', 'Tokens', 'tokens:write', () => import('./tokens-section.tsx').then((m) => m.TokensSection)),
  part('audit', 'Audit', 'audit:read', () => import('./audit-section.tsx').then((m) => m.AuditSection)),
  part('secrets', 'Secrets', 'platform-secrets:read', () =>
    import('./secrets-section.tsx').then((m) => m.SecretsSection),
  ),
  part('channels', 'Channels', 'channels:read', () => import('./channels-section.tsx').then((m) => m.ChannelsSection)),
  part('settings', 'Settings', 'settings:read', () => import('./settings-section.tsx').then((m) => m.SettingsSection)),
  part('backup', 'Backup', 'backups:write', () => import('./backup-section.tsx').then((m) => m.BackupSection)),
];

function part(id: string, label: string, permission: Permission, load: () => Promise<ComponentType>): Part {
  return { id, label, permission, Shown: lazy(async () => ({ default: await load() })) };
}

/** The sections that the viewer may use, one at a time. */
export function AdministrationPage() {
  const rights = useRights();
  const navigate = useNavigate();
  const { section } = useParams({ strict: false });
  const parts = PARTS.filter(({ permission }) => rights.here(permission));
  const shown = section === undefined ? parts[0] : parts.find(({ id }) => id === section);
  if (!shown) return <Lost />;
  return (
    <>
      <PageTitle title="Administration" />
      <Tabs
        value={shown.id}
        onChange={(id) => void navigate({ to: '/administration/$section', params: { section: id ?? 'people' } })}
        keepMounted={false}
      >
        <Tabs.List mb="lg">
          {parts.map(({ id, label }) => (
            <Tabs.Tab key={id} value={id}>
              {label}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {parts.map(({ id, Shown }) => (
          <Tabs.Panel key={id} value={id}>
            <Suspense fallback={<Skeleton height={240} />}>
              <Shown />
            </Suspense>
          </Tabs.Panel>
        ))}
      </Tabs>
    </>
  );
}
