// A value that the platform shows this once and never again, such as a token.
import { ActionIcon, Alert, Code, CopyButton, Group, Text, Tooltip } from '@mantine/core';
import { Check, Copy, KeyRound } from 'lucide-react';
import type { ReactNode } from 'react';

interface Once {
  readonly title: string;
  readonly value: string;
  /** What to do with it. */
  readonly children?: ReactNode;
}

/** The value with a button that copies it. */
export function ShownOnce({ title, value, children }: Once) {
  return (
    <Alert color="yellow" variant="light" icon={<KeyRound size={18} aria-hidden />} title={title} role="status">
      <Group wrap="nowrap" align="flex-start" gap="xs">
        <Code block flex={1} style={{ overflowWrap: 'anywhere', whiteSpace: 'pre-wrap' }}>
          {value}
        </Code>
        <CopyValue value={value} />
      </Group>
      <Text size="sm" mt="xs" component="div">
        {children ?? 'Copy it now: it is not shown again.'}
      </Text>
    </Alert>
  );
}

/** A button that copies a value. */
function CopyValue({ value }: { readonly value: string }) {
  return (
    <CopyButton value={value} timeout={2_000}>
      {({ copied, copy }) => (
        <Tooltip label={copied ? 'Copied' : 'Copy'}>
          <ActionIcon variant="default" size="lg" onClick={copy} aria-label={copied ? 'Copied' : 'Copy'}>
            {copied ? <Check size={16} aria-hidden /> : <Copy size={16} aria-hidden />}
          </ActionIcon>
        </Tooltip>
      )}
    </CopyButton>
  );
}
