// Numbers over time as a plot.
import 'uplot/dist/uPlot.min.css';
import { Box, useComputedColorScheme } from '@mantine/core';
import { useElementSize } from '@mantine/hooks';
import { useEffect, useRef } from 'react';
import UPlot from 'uplot';

/** One line of a plot. */
export interface PlotLine {
  readonly label: string;
  readonly colour: string;
  readonly points: readonly { readonly at: string; readonly value: number | null }[];
}

interface Plotted {
  /** Told to people who cannot see it. */
  readonly label: string;
  readonly lines: readonly PlotLine[];
  readonly height?: number;
  /** How a value is written. */
  readonly shown?: (value: number) => string;
  /** Upper end of the scale; absent: as high as the values. */
  readonly most?: number;
}

/** Lines over one scale of time. */
export function Plot({ label, lines, height = 160, shown = String, most }: Plotted) {
  const { ref, width } = useElementSize();
  const place = useRef<HTMLDivElement>(null);
  const dark = useComputedColorScheme('light') === 'dark';
  useEffect(() => {
    if (!place.current || width === 0) return;
    const plot = new UPlot(optionsOf({ lines, height, shown, width, dark, most }), dataOf(lines), place.current);
    return () => plot.destroy();
  }, [lines, height, shown, width, dark, most]);
  return (
    <Box ref={ref} role="img" aria-label={label}>
      <div ref={place} />
    </Box>
  );
}

interface Drawn {
  readonly lines: readonly PlotLine[];
  readonly height: number;
  readonly width: number;
  readonly dark: boolean;
  readonly shown: (value: number) => string;
  readonly most: number | undefined;
}

function optionsOf({ lines, height, width, dark, shown, most }: Drawn): UPlot.Options {
  const stroke = dark ? '#c1c2c5' : '#495057';
  const grid = { stroke: dark ? '#373a40' : '#e9ecef', width: 1 };
  return {
    ...{ width, height, legend: { show: lines.length > 1 }, cursor: { y: false } },
    scales: { y: { range: (_, low, high) => [Math.min(0, low), most ?? (high > 0 ? high * 1.1 : 1)] } },
    axes: [
      { stroke, grid },
      { stroke, grid, size: 64, values: (_, marks) => marks.map(shown) },
    ],
    series: [
      {},
      ...lines.map(({ label, colour }) => ({
        ...{ label, stroke: colour, width: 1.5, fill: `${colour}22`, points: { show: false } },
        value: (_: UPlot, value: number | null) => (value === null ? '–' : shown(value)),
      })),
    ],
  };
}

/** All lines over the instants of any of them. */
function dataOf(lines: readonly PlotLine[]): UPlot.AlignedData {
  const tables = lines.map(
    ({ points }) =>
      [points.map(({ at }) => Date.parse(at) / 1000), points.map(({ value }) => value)] as UPlot.AlignedData,
  );
  return tables.length === 0 ? [[]] : UPlot.join(tables);
}
