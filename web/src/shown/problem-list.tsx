// What is wrong with a file that somebody wrote: each problem at its file and place, with what was found and what is expected.
import { Box, Code, Group, Stack, Text } from '@mantine/core';
import type { AnsweredProblem } from '../api/answered-error.ts';

interface Listed {
  readonly problems: readonly AnsweredProblem[];
  /** Called with the line of a problem that somebody wants to see; absent: lines lead nowhere. */
  readonly onLine?: (line: number) => void;
}

/** Problems, file by file. */
export function ProblemList({ problems, onLine }: Listed) {
  const inOrder = problems.toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0));
  const files = Map.groupBy(inOrder, ({ file }) => file);
  return (
    <Stack gap="sm">
      {[...files].map(([file, own]) => (
        <div key={file}>
          <Text size="sm" fw={600}>
            {file}: {own.length === 1 ? 'one problem' : `${own.length} problems`}
          </Text>
          <Box component="ul" m={0} pl="md" fz="sm">
            {own.map((problem) => (
              <li key={`${problem.path}${problem.line}${problem.found}`}>
                <Place problem={problem} {...(onLine ? { onLine } : {})} />
                <Text size="sm">
                  Found {problem.found}; expected: {problem.expected}.
                </Text>
              </li>
            ))}
          </Box>
        </div>
      ))}
    </Stack>
  );
}

function Place({
  problem: { line, path },
  onLine,
}: {
  readonly problem: AnsweredProblem;
  readonly onLine?: (line: number) => void;
}) {
  const where = line === undefined ? null : `line ${line}`;
  return (
    <Group gap={6}>
      {where !== null &&
        (onLine && line !== undefined ? (
          <Text
            component="button"
            type="button"
            size="sm"
            fw={600}
            td="underline"
            p={0}
            bg="transparent"
            bd={0}
            onClick={() => onLine(line)}
          >
            {where}
          </Text>
        ) : (
          <Text span size="sm" fw={600}>
            {where}
          </Text>
        ))}
      {path !== '' && <Code>{path}</Code>}
    </Group>
  );
}
