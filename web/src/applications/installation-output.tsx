// What an installation of dependencies says while it goes on.
import { Text } from '@mantine/core';
import { useEffect, useState } from 'react';
import { useStream } from '../api/use-stream.ts';
import { OutputLines } from './output-lines.tsx';

/** The page holds so many of the last lines. */
const MOST_LINES = 2_000;

/** The output of the installation for a package, as it comes. */
export function InstallationOutput({ id }: { readonly id: string }) {
  const [lines, setLines] = useState<readonly string[]>([]);
  const state = useStream('followInstallation', { params: { package: id } }, ({ data }) => {
    const { line } = data as { readonly line: string };
    setLines((before) => [...before, line].slice(-MOST_LINES));
  });
  // The platform tells it from the beginning each time that the connection is made.
  useEffect(() => {
    if (state === 'waiting') setLines([]);
  }, [state]);
  const told = { live: 'It is being made.', waiting: 'It waits for its turn.', ended: 'It is over.', refused: '' }[
    state
  ];
  return (
    <>
      <Text size="sm" c="dimmed" mb="xs" role="status">
        {told}
      </Text>
      <OutputLines label="Output of the installation" lines={lines} />
    </>
  );
}
