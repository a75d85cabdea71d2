// The name of the product, which leads home.
import { Anchor, Group, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';

/** Mark and name. */
export function Brand() {
  return (
    <Anchor component={Link} to="/" underline="never" c="inherit" aria-label="Berth: overview">
      <Group gap={8} wrap="nowrap">
        <img src="/berth.svg" alt="" width={26} height={26} />
        <Text fw={700} size="lg">
          Berth
        </Text>
      </Group>
    </Anchor>
  );
}
