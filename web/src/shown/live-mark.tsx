// Whether what is shown comes live.
import { Badge, Tooltip } from '@mantine/core';
import type { StreamState } from '../api/use-stream.ts';

const WORDS = {
  live: { colour: 'teal', word: 'live', sentence: 'Changes are shown as they happen.' },
  waiting: {
    colour: 'yellow',
    word: 'connecting',
    sentence: 'The live connection is being made; numbers come every few seconds.',
  },
  ended: { colour: 'gray', word: 'ended', sentence: 'Nothing more comes.' },
  refused: { colour: 'gray', word: 'not live', sentence: 'You may not follow this; numbers come every few seconds.' },
} as const;

/** How a stream is doing, in a word. */
export function LiveMark({ state }: { readonly state: StreamState }) {
  const { colour, word, sentence } = WORDS[state];
  return (
    <Tooltip label={sentence}>
      <Badge variant="dot" color={colour} tt="none" fw={500}>
        {word}
      </Badge>
    </Tooltip>
  );
}
