// berth node load: a node over time as bars and figures.
import type { AnswerOf } from '../../api/contract/answers.ts';
import type { CommandContext } from '../command-context.ts';
import { shareText } from '../person-text.ts';
import { sparkline } from '../sparkline.ts';

type LoadAnswer = AnswerOf<'nodeLoad'>;

/** As many points as bars fit beside the figures on eighty columns. */
const BARS = 48;
const MEASURES = [
  ['CPU', 'cpu'],
  ['memory', 'memory'],
  ['disk', 'disk'],
  ['load', 'load'],
] as const;

/** Shows a node's load over time. */
export async function nodeLoad(
  { client, printer }: CommandContext,
  [node = '']: readonly string[],
  { range }: { readonly range: string },
): Promise<void> {
  const found = await client.call('nodeLoad', { params: { node }, query: { range, points: String(BARS) } });
  printer.result(found, () => {
    const numeric = true as const;
    const figures = ['LEAST', 'MEAN', 'MOST', 'LAST'].map((heading) => ({ heading, numeric }));
    printer.line(
      `${found.node} from ${found.from} to ${found.to}, a bar for ${stepText(found.stepMs)}; the top is 100 %.`,
    );
    printer.table(
      [{ heading: 'MEASURE' }, ...figures, { heading: 'OVER TIME' }],
      MEASURES.map(([name, measure]) => rowOf(name, found[measure], found)),
      'Nothing is known of that time.',
    );
  });
}

function rowOf(name: string, points: LoadAnswer['cpu'], { from, to, stepMs }: LoadAnswer): string[] {
  if (points.length === 0) return [name, '-', '-', '-', '-', ''];
  const least = Math.min(...points.map(({ min }) => min));
  const most = Math.max(...points.map(({ max }) => max));
  const mean = points.reduce((sum, point) => sum + point.mean, 0) / points.length;
  const figures = [least, mean, most, points.at(-1)?.mean].map((value) => shareText(value));
  return [name, ...figures, sparkline(valuesByStep(points, { from, to, stepMs }))];
}

/** One value for each step of the range; undefined where nothing is known. */
function valuesByStep(
  points: LoadAnswer['cpu'],
  { from, to, stepMs }: Pick<LoadAnswer, 'from' | 'to' | 'stepMs'>,
): readonly (number | undefined)[] {
  const step = (at: string) => Math.floor(Date.parse(at) / stepMs);
  const known = new Map(points.map(({ at, mean }) => [step(at), mean]));
  const first = step(from);
  return Array.from({ length: step(to) - first + 1 }, (_, index) => known.get(first + index));
}

function stepText(stepMs: number): string {
  const minutes = stepMs / 60_000;
  return minutes >= 1 ? `${Number(minutes.toFixed(1))} min` : `${stepMs / 1000} s`;
}
