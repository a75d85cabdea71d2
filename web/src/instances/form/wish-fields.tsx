// What one name stands for: any sensor of its type, chosen ones, or whatever is at a place and has tags.
import {
  Code,
  Group,
  MultiSelect,
  Paper,
  SegmentedControl,
  SimpleGrid,
  TagsInput,
  Text,
  TextInput,
} from '@mantine/core';
import { useRights } from '../../api/use-me.ts';
import { usePages } from '../../api/use-pages.ts';
import type { WishDraft } from '../instance-draft.ts';
import { useProblemAt } from '../use-problem-at.ts';

const WAYS = [
  { value: 'type', label: 'Any of its type' },
  { value: 'ids', label: 'These' },
  { value: 'query', label: 'By place and tags' },
];
const MOST = 1_000;

interface Fields {
  readonly name: string;
  readonly type: string;
  readonly count: number;
  readonly verb: string;
  readonly path: string;
  readonly wish: WishDraft | undefined;
  readonly onChange: (wish: WishDraft | undefined) => void;
}

/** One declared name. */
export function WishFields({ name, type, count, verb, path, wish, onChange }: Fields) {
  const problemAt = useProblemAt();
  const way =
    wish === undefined ? 'type' : 'location' in wish || 'tags' in wish || !Array.isArray(wish) ? 'query' : 'ids';
  const error = problemAt(path);
  const choose = (next: string) =>
    onChange(next === 'type' ? undefined : next === 'ids' ? [] : { location: '', tags: [] });
  return (
    <Paper withBorder p="sm" component="section" aria-label={`What ${name} stands for`}>
      <Group justify="space-between" mb="xs">
        <Text size="sm">
          It {verb} <Code>{name}</Code>: {count === 1 ? `one ${type}` : `${count} of ${type}`}
        </Text>
        <SegmentedControl size="xs" data={WAYS} value={way} onChange={choose} aria-label={`How ${name} is bound`} />
      </Group>
      {way === 'ids' && (
        <Chosen {...{ type, count, path, error }} ids={Array.isArray(wish) ? wish : []} onChange={onChange} />
      )}
      {way === 'query' && <Query {...{ type, count }} query={wishQuery(wish)} onChange={onChange} />}
      {error !== undefined && way !== 'ids' && (
        <Text size="sm" c="var(--mantine-color-error)">
          {error}
        </Text>
      )}
    </Paper>
  );
}

interface SensorQuery {
  readonly location?: string | undefined;
  readonly tags?: readonly string[] | undefined;
}

function wishQuery(wish: WishDraft | undefined): SensorQuery {
  return wish === undefined || Array.isArray(wish) ? {} : (wish as SensorQuery);
}

/** Sensors of a type, for those who may see them. */
function useSensors(type: string) {
  const may = useRights().anywhere('sensors:read');
  return usePages('listSensors', { query: { type, limit: MOST } }, { everyMs: false, enabled: may }).rows ?? [];
}

interface ById {
  readonly type: string;
  readonly count: number;
  readonly error: string | undefined;
  readonly ids: readonly string[];
  readonly onChange: (ids: readonly string[]) => void;
}

function Chosen({ type, count, error, ids, onChange }: ById) {
  const sensors = useSensors(type);
  const known = sensors.map(({ id, name, location }) => ({
    value: id,
    label: [name === id ? id : `${name} (${id})`, location].filter((part) => part !== '').join(', '),
  }));
  const others = ids
    .filter((id) => !sensors.some((sensor) => sensor.id === id))
    .map((id) => ({ value: id, label: id }));
  return (
    <MultiSelect
      label={`Sensors of the type ${type}, in their order`}
      description={`Exactly ${count}.`}
      searchable
      data={[...known, ...others]}
      value={[...ids]}
      maxValues={count}
      error={error}
      nothingFoundMessage={`No sensor of the type ${type} is registered.`}
      onChange={onChange}
    />
  );
}

interface ByQuery {
  readonly type: string;
  readonly count: number;
  readonly query: SensorQuery;
  readonly onChange: (query: SensorQuery) => void;
}

function Query({ type, count, query, onChange }: ByQuery) {
  const { location = '', tags = [] } = query;
  const sensors = useSensors(type);
  const found = sensors.filter(
    (sensor) =>
      (location === '' || sensor.location === location || sensor.location.startsWith(`${location}/`)) &&
      tags.every((tag) => sensor.tags.includes(tag)),
  );
  const names = found.slice(0, 5).map(({ id }) => id);
  return (
    <>
      <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="sm">
        <TextInput
          label="At this place, or deeper"
          placeholder="anywhere"
          value={location}
          onChange={({ currentTarget }) => onChange({ ...query, location: currentTarget.value })}
        />
        <TagsInput
          label="With all of these tags"
          placeholder={tags.length === 0 ? 'any' : ''}
          data={[...new Set(sensors.flatMap((sensor) => sensor.tags))]}
          value={[...tags]}
          onChange={(next) => onChange({ ...query, tags: next })}
        />
      </SimpleGrid>
      <Text size="sm" c={found.length < count ? 'var(--mantine-color-error)' : 'dimmed'} mt="xs" role="status">
        {found.length === 0
          ? 'No sensor fits now.'
          : `${found.length === 1 ? 'One sensor fits' : `${found.length} sensors fit`} now: ${names.join(', ')}${found.length > names.length ? ', …' : ''}.`}
        {found.length > 0 && found.length < count && ` It needs ${count}.`}
      </Text>
    </>
  );
}
