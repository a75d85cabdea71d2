// An address that leads nowhere, or to nothing that the viewer may see.
import { Anchor, Stack, Text, Title } from '@mantine/core';
import { Link } from '@tanstack/react-router';

/** Says so, and leads home. */
export function Lost() {
  return (
    <Stack align="center" p="xl">
      <Title order={1}>There is nothing here</Title>
      <Text c="dimmed" ta="center">
        The address is not one of a page of this console, or not one that you may see.
      </Text>
      <Anchor component={Link} to="/">
        To the overview
      </Anchor>
    </Stack>
  );
}
