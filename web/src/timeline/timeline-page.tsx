// What ran, runs and comes, over time.
import { Alert, Button, Group, SegmentedControl, Skeleton, Stack, Text } from '@mantine/core';
import { ChevronLeft, ChevronRight } from 'lucide-react';
import { useMemo, useState } from 'react';
import type { AnswerOf } from '../../../src/api/contract/answers.ts';
import { useAnswer } from '../api/use-answer.ts';
import { useLively } from '../api/use-lively.ts';
import { ErrorPanel } from '../shown/error-panel.tsx';
import { LiveMark } from '../shown/live-mark.tsx';
import { PageTitle } from '../shown/page-title.tsx';
import { useNow } from '../shown/use-now.ts';
import { Gantt } from './gantt.tsx';
import { type RowBy, rowsOf } from './lanes.ts';
import { TimelineList } from './timeline-list.tsx';

const HOUR = 3_600_000;
const SPANS = [
  { value: String(2 * HOUR), label: '2 hours' },
  { value: String(12 * HOUR), label: '12 hours' },
  { value: String(48 * HOUR), label: '2 days' },
  { value: String(14 * 24 * HOUR), label: '2 weeks' },
];
const MOST = 5_000;
const REDRAWN_MS = 5_000;
const EVERY_MS = 10_000;
/** The present stands this far from the left edge. */
const PAST_SHARE = 0.6;

/** Jobs and occurrences as bars. */
export function TimelinePage() {
  const [span, setSpan] = useState(12 * HOUR);
  const [by, setBy] = useState<RowBy>('instance');
  /** How many half spans away from the present. */
  const [moved, setMoved] = useState(0);
  const live = useLively(['timeline']);
  const step = Math.max(60_000, span / 200);
  const moment = useNow();
  const now = Math.floor(moment / step) * step;
  const from = now - span * PAST_SHARE + (moved * span) / 2;
  const query = { from: new Date(from).toISOString(), to: new Date(from + span).toISOString(), limit: MOST };
  const found = useAnswer('timeline', { query }, { everyMs: EVERY_MS });
  return (
    <>
      <PageTitle title="Timeline" about="What ran, runs and comes next.">
        <LiveMark state={live} />
      </PageTitle>
      <Group mb="md" justify="space-between">
        <Group gap="xs">
          <Button variant="default" size="xs" aria-label="Earlier" onClick={() => setMoved(moved - 1)}>
            <ChevronLeft size={15} aria-hidden />
          </Button>
          <Button variant="default" size="xs" disabled={moved === 0} onClick={() => setMoved(0)}>
            Now
          </Button>
          <Button variant="default" size="xs" aria-label="Later" onClick={() => setMoved(moved + 1)}>
            <ChevronRight size={15} aria-hidden />
          </Button>
          <SegmentedControl
            size="xs"
            aria-label="Span"
            data={SPANS}
            value={String(span)}
            onChange={(value) => setSpan(Number(value))}
          />
        </Group>
        <SegmentedControl
          size="xs"
          aria-label="Rows"
          data={[
            { value: 'instance', label: 'By instance' },
            { value: 'node', label: 'By node' },
          ]}
          value={by}
          onChange={(value) => setBy(value as RowBy)}
        />
      </Group>
      {found.error && !found.data && <ErrorPanel error={found.error} />}
      {!found.data && !found.error && <Skeleton height={320} />}
      {found.data && <Charted timeline={found.data} by={by} now={Math.floor(moment / REDRAWN_MS) * REDRAWN_MS} />}
    </>
  );
}

interface Told {
  readonly timeline: AnswerOf<'timeline'>;
  readonly by: RowBy;
  readonly now: number;
}

function Charted({ timeline, by, now }: Told) {
  const rows = useMemo(() => rowsOf(timeline, by, now), [timeline, by, now]);
  if (rows.length === 0)
    return (
      <Text c="dimmed">
        Nothing ran and nothing is due in this time. Give an instance a schedule, or look at another time.
      </Text>
    );
  return (
    <Stack gap="lg">
      {timeline.truncated && (
        <Alert color="yellow">
          There is more than can be drawn: the latest jobs and the first that come are shown. Look at a shorter time.
        </Alert>
      )}
      <Gantt rows={rows} from={Date.parse(timeline.from)} to={Date.parse(timeline.to)} now={now} />
      <TimelineList timeline={timeline} />
    </Stack>
  );
}
