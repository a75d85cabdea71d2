// The head of a page: where one is, what it is called, what can be done with it.
import { Anchor, Breadcrumbs, Group, Stack, Text, Title } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { type ReactNode, useEffect } from 'react';

interface Head {
  readonly title: string;
  readonly about?: ReactNode;
  /** Pages above this one. */
  readonly above?: readonly { readonly to: string; readonly label: string }[];
  /** Buttons. */
  readonly children?: ReactNode;
}

/** Title, way back and buttons; the browser's title follows. */
export function PageTitle({ title, about, above = [], children }: Head) {
  useEffect(() => {
    document.title = `${title} · Berth`;
  }, [title]);
  return (
    <Group justify="space-between" align="flex-start" mb="md">
      <Stack gap={2}>
        {above.length > 0 && (
          <Breadcrumbs separatorMargin={4}>
            {above.map(({ to, label }) => (
              <Anchor key={to} component={Link} to={to} size="sm">
                {label}
              </Anchor>
            ))}
          </Breadcrumbs>
        )}
        <Title order={1} size="h2">
          {title}
        </Title>
        {about !== undefined && (
          <Text c="dimmed" size="sm" component="div">
            {about}
          </Text>
        )}
      </Stack>
      <Group gap="xs">{children}</Group>
    </Group>
  );
}
