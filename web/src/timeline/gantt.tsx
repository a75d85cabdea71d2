// Bars over time, drawn on one canvas for thousands of them; what stands under the pointer is told beside it.
import { Box, Paper, Text, useComputedColorScheme } from '@mantine/core';
import { useElementSize } from '@mantine/hooks';
import { useNavigate } from '@tanstack/react-router';
import { type MouseEvent, useEffect, useMemo, useRef, useState } from 'react';
import { StateBadge } from '../shown/state-badge.tsx';
import { inZone } from '../shown/when.tsx';
import { type Drawing, drawGantt, type PlacedBar, placedBars } from './draw-gantt.ts';
import styles from './gantt.module.css';
import type { TimeRow } from './lanes.ts';

const NAMES_PX = 190;
const NARROW_NAMES_PX = 96;
const NARROW_PX = 600;

interface Shown {
  readonly rows: readonly TimeRow[];
  /** Milliseconds since the epoch. */
  readonly from: number;
  readonly to: number;
  readonly now: number;
}

/** Rows of bars with their names; a click leads to the job or its instance. */
export function Gantt({ rows, from, to, now }: Shown) {
  const { ref, width } = useElementSize();
  const canvas = useRef<HTMLCanvasElement>(null);
  const dark = useComputedColorScheme('light') === 'dark';
  const [pointed, setPointed] = useState<PlacedBar | null>(null);
  const navigate = useNavigate();
  const names = width < NARROW_PX ? NARROW_NAMES_PX : NAMES_PX;
  const bars = useMemo(() => placedBars(rows, { from, to, left: names, width }), [rows, from, to, names, width]);
  useEffect(() => {
    const drawing: Drawing = { rows, bars, from, to, now, left: names, width, dark };
    if (canvas.current && width > 0) drawGantt(canvas.current, drawing);
  }, [rows, bars, from, to, now, names, width, dark]);
  const under = ({ nativeEvent: { offsetX, offsetY } }: MouseEvent) =>
    bars.findLast(({ x, y, w, h }) => offsetX >= x - 1 && offsetX <= x + w + 1 && offsetY >= y && offsetY <= y + h) ??
    null;
  const open = (bar: PlacedBar | null) => {
    if (bar)
      void navigate({ to: bar.job === null ? `/instances/${bar.instance}` : `/jobs/${encodeURIComponent(bar.job)}` });
  };
  return (
    <Box ref={ref} pos="relative" className={styles.chart}>
      <canvas
        ref={canvas}
        role="img"
        aria-label={`Timeline of ${rows.length} rows with ${bars.length} jobs; the list below tells the same in words`}
        className={pointed ? styles.pointed : ''}
        onPointerMove={(event) => setPointed(under(event))}
        onPointerLeave={() => setPointed(null)}
        onClick={(event) => open(under(event))}
      />
      {pointed && <Told bar={pointed} width={width} />}
    </Box>
  );
}

function Told({ bar, width }: { readonly bar: PlacedBar; readonly width: number }) {
  const left = Math.min(Math.max(0, bar.x), Math.max(0, width - 280));
  return (
    <Paper
      withBorder
      shadow="md"
      p="xs"
      pos="absolute"
      w={280}
      style={{ left, top: bar.y + bar.h + 6 }}
      className={styles.told}
    >
      <Text fw={600} size="sm">
        {bar.instanceName} <StateBadge state={bar.state} />
      </Text>
      <Text size="xs">{inZone(new Date(bar.from).toISOString())}</Text>
      {bar.to > bar.from && (
        <Text size="xs">{bar.isOpen ? 'goes on' : `to ${inZone(new Date(bar.to).toISOString())}`}</Text>
      )}
      {bar.note !== null && <Text size="xs">{bar.note}</Text>}
    </Paper>
  );
}
