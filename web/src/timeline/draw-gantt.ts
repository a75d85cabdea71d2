// How rows of bars are drawn.
import type { LaidBar, TimeRow } from './lanes.ts';
import { ticksOf } from './lanes.ts';

const AXIS_PX = 26;
const LANE_PX = 18;
const BAR_PX = 13;
const ROW_GAP_PX = 6;
const LEAST_PX = 3;
const TICK_PX = 84;
const FONT = '12px system-ui, sans-serif';

/** Where time is drawn. */
interface Scale {
  readonly from: number;
  readonly to: number;
  /** Room for the names of rows. */
  readonly left: number;
  readonly width: number;
}

/** A bar with its place, in pixels. */
export interface PlacedBar extends LaidBar {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

/** All that is drawn. */
export interface Drawing extends Scale {
  readonly rows: readonly TimeRow[];
  readonly bars: readonly PlacedBar[];
  readonly now: number;
  readonly dark: boolean;
}

const LIGHT: Readonly<Record<string, string>> = {
  running: '#0b7285',
  succeeded: '#2b8a3e',
  failed: '#c92a2a',
  stopped: '#868e96',
  next: '#a3d6de',
  skipped: '#dee2e6',
};
const DARK: Readonly<Record<string, string>> = {
  running: '#4aadbd',
  succeeded: '#51cf66',
  failed: '#ff6b6b',
  stopped: '#868e96',
  next: '#1f5560',
  skipped: '#373a40',
};
const WAITING = { light: '#e67700', dark: '#ffa94d' } as const;

/** Where each bar stands. */
export function placedBars(rows: readonly TimeRow[], scale: Scale): readonly PlacedBar[] {
  const tops = topsOf(rows);
  return rows.flatMap(({ bars }, row) =>
    bars
      .filter(({ from, to }) => to >= scale.from && from <= scale.to)
      .map((bar) => {
        const x = Math.max(scale.left, xOf(bar.from, scale));
        const w = Math.max(LEAST_PX, Math.min(scale.width, xOf(bar.to, scale)) - x);
        return { ...bar, x, w, y: (tops[row] ?? 0) + bar.lane * LANE_PX + (LANE_PX - BAR_PX) / 2, h: BAR_PX };
      }),
  );
}

/** Draws on a canvas, which takes the height that the rows need. */
export function drawGantt(canvas: HTMLCanvasElement, drawing: Drawing): void {
  const height = heightOf(drawing.rows);
  const ratio = window.devicePixelRatio;
  canvas.width = drawing.width * ratio;
  canvas.height = height * ratio;
  canvas.style.width = `${drawing.width}px`;
  canvas.style.height = `${height}px`;
  const pen = canvas.getContext('2d');
  if (!pen) return;
  pen.scale(ratio, ratio);
  pen.font = FONT;
  pen.textBaseline = 'middle';
  drawAxis(pen, drawing, height);
  drawNames(pen, drawing);
  drawBars(pen, drawing);
  drawNow(pen, drawing, height);
}

function drawAxis(pen: CanvasRenderingContext2D, drawing: Drawing, height: number): void {
  const { from, to, left, width, dark } = drawing;
  const offsetMs = -new Date(from).getTimezoneOffset() * 60_000;
  const format = new Intl.DateTimeFormat(undefined, {
    ...(to - from > 2 * 86_400_000 ? { day: 'numeric', month: 'short' } : {}),
    hour: '2-digit',
    minute: '2-digit',
  });
  for (const at of ticksOf(from, to, Math.max(2, (width - left) / TICK_PX), offsetMs)) {
    const x = Math.round(xOf(at, drawing)) + 0.5;
    pen.strokeStyle = dark ? '#2c2e33' : '#e9ecef';
    pen.beginPath();
    pen.moveTo(x, AXIS_PX);
    pen.lineTo(x, height);
    pen.stroke();
    pen.fillStyle = dark ? '#a6a7ab' : '#5c636a';
    pen.fillText(format.format(at), x + 3, AXIS_PX / 2);
  }
}

function drawNames(pen: CanvasRenderingContext2D, { rows, left, width, dark }: Drawing): void {
  topsOf(rows).forEach((top, row) => {
    const found = rows[row];
    if (!found) return;
    pen.fillStyle = dark ? '#c1c2c5' : '#343a40';
    pen.fillText(shortened(pen, found.name, left - 12), 0, top + LANE_PX / 2);
    pen.fillStyle = dark ? '#25262b' : '#f1f3f5';
    pen.fillRect(0, top + found.lanes * LANE_PX + ROW_GAP_PX / 2, width, 1);
  });
}

function drawBars(pen: CanvasRenderingContext2D, { bars, dark }: Drawing): void {
  const colours = dark ? DARK : LIGHT;
  for (const { x, y, w, h, state } of bars) {
    pen.fillStyle = colours[state] ?? WAITING[dark ? 'dark' : 'light'];
    pen.beginPath();
    pen.roundRect(x, y, w, h, Math.min(3, w / 2));
    pen.fill();
  }
}

function drawNow(pen: CanvasRenderingContext2D, drawing: Drawing, height: number): void {
  const x = xOf(drawing.now, drawing);
  if (x < drawing.left || x > drawing.width) return;
  pen.fillStyle = drawing.dark ? '#ff8787' : '#e03131';
  pen.fillRect(x, AXIS_PX - 4, 1.5, height);
}

function xOf(at: number, { from, to, left, width }: Scale): number {
  return left + ((at - from) / (to - from)) * (width - left);
}

function topsOf(rows: readonly TimeRow[]): readonly number[] {
  let top = AXIS_PX;
  return rows.map(({ lanes }) => {
    const own = top;
    top += lanes * LANE_PX + ROW_GAP_PX;
    return own;
  });
}

function heightOf(rows: readonly TimeRow[]): number {
  return rows.reduce((sum, { lanes }) => sum + lanes * LANE_PX + ROW_GAP_PX, AXIS_PX) + 4;
}

function shortened(pen: CanvasRenderingContext2D, text: string, room: number): string {
  if (pen.measureText(text).width <= room) return text;
  let length = text.length;
  while (length > 1 && pen.measureText(`${text.slice(0, length)}…`).width > room) length--;
  return `${text.slice(0, length)}…`;
}
