// Acts that take something away are asked about first, with what will happen.
import { Text } from '@mantine/core';
import { modals } from '@mantine/modals';
import type { ReactNode } from 'react';

interface Asked {
  /** The question: `Revoke the token ci?` */
  readonly title: string;
  /** What will happen, and whether it can be undone. */
  readonly what: ReactNode;
  /** The word on the button: `Revoke`. */
  readonly act: string;
  readonly onYes: () => void;
}

/** Asks, and acts on yes. */
export function askFirst({ title, what, act, onYes }: Asked): void {
  modals.openConfirmModal({
    title,
    children: (
      <Text size="sm" component="div">
        {what}
      </Text>
    ),
    labels: { confirm: act, cancel: 'Cancel' },
    confirmProps: { color: 'red.9' },
    onConfirm: onYes,
  });
}
