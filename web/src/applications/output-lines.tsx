// Lines of output of a program, the last ones in sight.
import { ScrollArea, Text } from '@mantine/core';
import { useEffect, useRef } from 'react';

interface Shown {
  readonly label: string;
  readonly lines: readonly string[];
}

/** Lines as they were written; as more come, the view stays at their end. */
export function OutputLines({ label, lines }: Shown) {
  const view = useRef<HTMLDivElement>(null);
  const count = lines.length;
  useEffect(() => {
    if (count > 0) view.current?.scrollTo({ top: view.current.scrollHeight });
  }, [count]);
  if (count === 0)
    return (
      <Text size="sm" c="dimmed">
        Nothing was written yet.
      </Text>
    );
  return (
    <ScrollArea.Autosize
      mah={260}
      viewportRef={view}
      type="auto"
      viewportProps={{ tabIndex: 0, role: 'region', 'aria-label': label }}
    >
      <Text component="pre" ff="monospace" size="xs" m={0} style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
        {lines.join('\n')}
      </Text>
    </ScrollArea.Autosize>
  );
}
