// The frame of pages that need nobody signed in: one card in the middle.
import { Card, Center, Group, Stack, Text, Title } from '@mantine/core';
import { type ReactNode, useEffect } from 'react';

interface Door {
  readonly title: string;
  readonly about?: ReactNode;
  readonly children: ReactNode;
}

/** A card with the name of the product, a title and what to do. */
export function DoorLayout({ title, about, children }: Door) {
  useEffect(() => {
    document.title = `${title} · Berth`;
  }, [title]);
  return (
    <Center component="main" mih="100dvh" p="md">
      <Stack w="100%" maw={420} gap="lg">
        <Group gap={8} justify="center">
          <img src="/berth.svg" alt="" width={30} height={30} />
          <Text fw={700} size="xl">
            Berth
          </Text>
        </Group>
        <Card withBorder shadow="sm" padding="lg">
          <Stack gap="md">
            <div>
              <Title order={1} size="h3">
                {title}
              </Title>
              {about !== undefined && (
                <Text c="dimmed" size="sm" component="div" mt={4}>
                  {about}
                </Text>
              )}
            </div>
            {children}
          </Stack>
        </Card>
      </Stack>
    </Center>
  );
}
