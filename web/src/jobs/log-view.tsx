// A log of any length: only the lines that are looked at are loaded and drawn.
import { ActionIcon, Box, Group, Switch, Text, TextInput, Tooltip } from '@mantine/core';
import { useDebouncedValue, useElementSize } from '@mantine/hooks';
import { ChevronDown, ChevronUp, Search } from 'lucide-react';
import { type UIEvent, useEffect, useRef, useState } from 'react';
import { ErrorPanel } from '../shown/error-panel.tsx';
import { LogLine } from './log-line.tsx';
import styles from './log-view.module.css';
import { useLogLines } from './use-log-lines.ts';
import { type LogSearch, useLogSearch } from './use-log-search.ts';

const ROW_PX = 20;
/** Browsers draw nothing taller than some tens of millions of pixels. */
const MOST_PX = 12_000_000;
const HEIGHT_PX = 420;
const SETTLED_MS = 60;

/** A job's or a task's log. `isOpen`: more may come. */
export function LogView({ subject, isOpen }: { readonly subject: string; readonly isOpen: boolean }) {
  const [first, setFirst] = useState(0);
  const [follows, setFollows] = useState(isOpen);
  const [settled] = useDebouncedValue(first, SETTLED_MS);
  const { ref, height } = useElementSize<HTMLDivElement>();
  const place = useRef<HTMLDivElement | null>(null);
  const rows = Math.ceil((height || HEIGHT_PX) / ROW_PX);
  const { lines, line, error, isKnown } = useLogLines(subject, { from: settled, count: rows + 1, isOpen });
  const search = useLogSearch(subject);
  const tall = Math.min(lines * ROW_PX, MOST_PX);
  const showMatch = (at: number) => {
    setFollows(false);
    scrollTo(place.current, { at: Math.max(0, at - Math.floor(rows / 2)), lines, rows, tall });
  };
  useEffect(() => {
    if (follows) scrollTo(place.current, { at: lines, lines, rows, tall });
  }, [follows, lines, rows, tall]);
  const scrolled = ({ currentTarget }: UIEvent<HTMLDivElement>) => {
    setFirst(firstAt(currentTarget, { lines, rows, tall }));
    if (isAtEnd(currentTarget) !== follows && isOpen) setFollows(isAtEnd(currentTarget));
  };
  if (error && !isKnown) return <ErrorPanel error={error} />;
  return (
    <div>
      <Group justify="space-between" mb="xs">
        <LogSearchBar search={search} show={showMatch} />
        <Group gap="md">
          <Text size="sm" c="dimmed">
            {isKnown ? `${lines.toLocaleString()} lines` : 'Loading …'}
          </Text>
          {isOpen && (
            <Switch
              label="Follow"
              checked={follows}
              onChange={({ currentTarget }) => setFollows(currentTarget.checked)}
            />
          )}
        </Group>
      </Group>
      <Box
        ref={(element: HTMLDivElement | null) => {
          place.current = element;
          ref(element);
        }}
        className={styles.log}
        h={HEIGHT_PX}
        onScroll={scrolled}
        role="log"
        aria-label="Log"
        aria-live="off"
        tabIndex={0}
      >
        {isKnown && lines === 0 && (
          <Text p="md" c="dimmed" size="sm">
            Nothing was written yet.
          </Text>
        )}
        <div className={styles.whole} style={{ height: tall }}>
          <div className={styles.seen} style={{ top: place.current?.scrollTop ?? 0 }}>
            {numbersFrom(first, Math.min(rows, lines - first)).map((number) => (
              <LogLine
                key={number}
                number={number}
                line={line(number)}
                sought={search.text}
                isMatch={search.current === number}
              />
            ))}
          </div>
        </div>
      </Box>
    </div>
  );
}

function numbersFrom(first: number, count: number): readonly number[] {
  return Array.from({ length: Math.max(0, count) }, (_, offset) => first + offset);
}

interface Extent {
  readonly lines: number;
  readonly rows: number;
  readonly tall: number;
}

/** The first line that is seen: exact for ordinary logs, in proportion for those taller than a browser draws. */
function firstAt({ scrollTop, clientHeight }: HTMLDivElement, { lines, rows, tall }: Extent): number {
  const share = scrollTop / Math.max(1, tall - clientHeight);
  return Math.max(0, Math.min(Math.round(share * (lines - rows)), lines - rows));
}

function scrollTo(place: HTMLDivElement | null, { at, lines, rows, tall }: Extent & { readonly at: number }): void {
  if (!place) return;
  const share = Math.min(1, at / Math.max(1, lines - rows));
  place.scrollTop = share * (tall - place.clientHeight);
}

function isAtEnd({ scrollTop, clientHeight, scrollHeight }: HTMLDivElement): boolean {
  return scrollTop + clientHeight >= scrollHeight - ROW_PX;
}

/** What is sought, and the way from place to place. */
function LogSearchBar({ search, show }: { readonly search: LogSearch; readonly show: (line: number) => void }) {
  const go = async (step: 1 | -1) => {
    const line = await search.step(step);
    if (line !== null) show(line);
  };
  return (
    <Group gap={4}>
      <TextInput
        aria-label="Search the log"
        placeholder="Search"
        leftSection={<Search size={15} aria-hidden />}
        value={search.typed}
        onChange={({ currentTarget }) => search.type(currentTarget.value)}
        onKeyDown={({ key, shiftKey }) => {
          if (key === 'Enter') void go(shiftKey ? -1 : 1);
        }}
      />
      <Tooltip label="Previous (Shift+Enter)">
        <ActionIcon
          variant="default"
          aria-label="Previous match"
          disabled={search.text === ''}
          onClick={() => void go(-1)}
        >
          <ChevronUp size={16} aria-hidden />
        </ActionIcon>
      </Tooltip>
      <Tooltip label="Next (Enter)">
        <ActionIcon variant="default" aria-label="Next match" disabled={search.text === ''} onClick={() => void go(1)}>
          <ChevronDown size={16} aria-hidden />
        </ActionIcon>
      </Tooltip>
      <Text size="sm" c="dimmed" role="status">
        {search.words}
      </Text>
    </Group>
  );
}
