// A share of something as a bar with its number.
import { Group, Progress, Text } from '@mantine/core';
import { percent } from '../shown/amounts.ts';

const HIGH = 0.85;

/** A share in [0, 1]. */
export function LoadBar({ label, share }: { readonly label: string; readonly share: number }) {
  return (
    <Group gap={8} wrap="nowrap">
      <Progress value={share * 100} w={72} aria-label={label} color={share > HIGH ? 'red' : 'harbour'} />
      <Text size="sm" w={42} ta="right">
        {percent(share)}
      </Text>
    </Group>
  );
}
