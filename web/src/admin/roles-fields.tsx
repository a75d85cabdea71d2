// What somebody is: administrator of everything, or something in single projects.
import { Select, SimpleGrid, Stack, Switch, Text } from '@mantine/core';
import type { ProjectRole } from '../../../src/model/permission.ts';
import { useAnswer } from '../api/use-answer.ts';

/** What somebody is to be. */
export interface Roles {
  readonly administrator: boolean;
  readonly memberships: Readonly<Record<string, ProjectRole>>;
}

const NONE = 'none';
const ROLES = [
  { value: NONE, label: 'nothing' },
  { value: 'user', label: 'user: sees' },
  { value: 'configurer', label: 'configurer: says what runs and when' },
  { value: 'developer', label: 'developer: uploads and keeps secrets too' },
];

interface Fields {
  readonly value: Roles;
  readonly onChange: (roles: Roles) => void;
}

/** A switch and one choice for each project. */
export function RolesFields({ value, onChange }: Fields) {
  const projects = useAnswer('listProjects', {}, { everyMs: false }).data?.items ?? [];
  const { administrator, memberships } = value;
  const choose = (project: string, role: string | null) => {
    const { [project]: _, ...others } = memberships;
    const chosen = ROLES.some(({ value: known }) => known === role) && role !== NONE;
    onChange({ administrator, memberships: chosen ? { ...others, [project]: role as ProjectRole } : others });
  };
  return (
    <Stack gap="sm">
      <Switch
        label="Administrator: may do everything on the whole platform"
        checked={administrator}
        onChange={({ currentTarget }) => onChange({ administrator: currentTarget.checked, memberships })}
      />
      {!administrator && (
        <>
          <Text size="sm" c="dimmed">
            Or something in single projects:
          </Text>
          <SimpleGrid cols={1} spacing="xs">
            {projects.map(({ name }) => (
              <Select
                key={name}
                label={name}
                data={ROLES}
                allowDeselect={false}
                value={memberships[name] ?? NONE}
                onChange={(role) => choose(name, role)}
              />
            ))}
          </SimpleGrid>
        </>
      )}
    </Stack>
  );
}
