// When an instance runs: what begins its jobs, and what bounds them.
import { Button, Collapse, Group, MultiSelect, Select, SimpleGrid, Stack, Text, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { Plus } from 'lucide-react';
import { useMemo } from 'react';
import { useAnswer } from '../../api/use-answer.ts';
import { Section } from '../../shown/section.tsx';
import { viewerZone } from '../../shown/when.tsx';
import {
  type BoundsDraft,
  type ChangeDraft,
  type InstanceDraft,
  type TriggerDraft,
  triggersOf,
  withTriggers,
} from '../instance-draft.ts';
import { useProblemAt } from '../use-problem-at.ts';
import { zones } from '../zone-time.ts';
import { InstantField } from './instant-field.tsx';
import { TriggerFields } from './trigger-fields.tsx';
import { WindowFields } from './window-fields.tsx';

interface Fields {
  readonly draft: InstanceDraft;
  readonly onChange: ChangeDraft;
}

/** Triggers and bounds. */
export function ScheduleFields({ draft, onChange }: Fields) {
  const { schedule } = draft;
  const problemAt = useProblemAt();
  const triggers = triggersOf(schedule);
  const shown: readonly TriggerDraft[] = triggers.length === 0 ? [{ kind: '' }] : triggers;
  const zone = schedule?.zone ?? 'UTC';
  const isListed = schedule?.triggers !== undefined;
  const put = (next: readonly TriggerDraft[]) => onChange({ schedule: withTriggers(schedule, next) });
  const putBounds = (part: Partial<BoundsDraft>) => onChange({ schedule: { ...schedule, ...part } });
  const inPlaces = shown.map((trigger, index) => ({
    trigger,
    index,
    path: isListed ? `$.schedule.triggers[${index}]` : '$.schedule',
  }));
  const standsAlone = triggers.some(({ kind }) => kind === 'now' || kind === 'continuous');
  const isNow = triggers.length === 1 && triggers[0]?.kind === 'now';
  return (
    <Section title="When" about="Its next times stand beside this form.">
      <Stack gap="sm">
        {inPlaces.map(({ trigger, index, path }) => (
          <TriggerFields
            key={path}
            trigger={trigger}
            zone={zone}
            path={path}
            own={draft.name}
            isAlone={shown.length === 1}
            onChange={(next) => put(shown.map((each, at) => (at === index ? next : each)))}
            onRemove={() => put(shown.filter((_, at) => at !== index))}
          />
        ))}
        {triggers.length > 0 && !standsAlone && (
          <Group>
            <Button
              size="compact-xs"
              variant="default"
              leftSection={<Plus size={13} aria-hidden />}
              onClick={() => put([...triggers, { kind: 'cron' }])}
            >
              Also at other times
            </Button>
          </Group>
        )}
        {isNow ? (
          <DurationField value={schedule?.duration} onChange={(duration) => putBounds({ duration })} />
        ) : (
          <Bounds bounds={schedule ?? {}} onChange={putBounds} />
        )}
        {problemAt('$.schedule') !== undefined && triggers.length === 0 && (
          <Text size="sm" c="var(--mantine-color-error)">
            {problemAt('$.schedule')}
          </Text>
        )}
      </Stack>
    </Section>
  );
}

interface BoundFields {
  readonly bounds: BoundsDraft;
  readonly onChange: (part: Partial<BoundsDraft>) => void;
}

function Bounds({ bounds, onChange }: BoundFields) {
  const { start, end, windows = [], calendars = [], jitter } = bounds;
  const zone = bounds.zone ?? 'UTC';
  const [opened, { toggle }] = useDisclosure(
    [start, end, jitter].some((each) => each !== undefined) || windows.length + calendars.length > 0,
  );
  const problemAt = useProblemAt();
  const known = useAnswer('listCalendars', {}, { everyMs: false });
  const names = [...new Set([...(known.data?.items.map(({ name }) => name) ?? []), ...calendars])];
  return (
    <>
      <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="sm">
        <ZoneField zone={zone} onChange={(next) => onChange({ zone: next })} />
        <DurationField value={bounds.duration} onChange={(duration) => onChange({ duration })} />
      </SimpleGrid>
      <Group>
        <Button size="compact-sm" variant="subtle" onClick={toggle} aria-expanded={opened}>
          {opened ? 'Fewer limits' : 'Limits: times of day, holidays, from, until …'}
        </Button>
      </Group>
      <Collapse expanded={opened}>
        <Stack gap="sm">
          <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="sm">
            <InstantField
              label="From"
              about="Nothing runs before; without it from now on."
              path="$.schedule.start"
              {...{ zone }}
              value={start}
              onChange={(next) => onChange({ start: next })}
            />
            <InstantField
              label="Until"
              about="Nothing runs after, and what runs is stopped."
              path="$.schedule.end"
              {...{ zone }}
              value={end}
              onChange={(next) => onChange({ end: next })}
            />
          </SimpleGrid>
          <WindowFields windows={windows} zone={zone} onChange={(next) => onChange({ windows: next })} />
          <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="sm">
            <MultiSelect
              label="Never in events of"
              description="Calendars of holidays and maintenance."
              data={names}
              value={[...calendars]}
              error={problemAt('$.schedule.calendars')}
              onChange={(next) => onChange({ calendars: next })}
            />
            <TextInput
              label="Spread"
              description="Each job starts up to this much later."
              placeholder="0s"
              value={jitter ?? ''}
              error={problemAt('$.schedule.jitter')}
              onChange={({ currentTarget }) => onChange({ jitter: currentTarget.value })}
            />
          </SimpleGrid>
        </Stack>
      </Collapse>
    </>
  );
}

function ZoneField({ zone, onChange }: { readonly zone: string; readonly onChange: (zone: string) => void }) {
  const problemAt = useProblemAt();
  const all = useMemo(zones, []);
  const viewer = viewerZone();
  return (
    <Select
      label="Time zone"
      description={zone === viewer ? 'Your own.' : `You are in ${viewer}.`}
      searchable
      limit={100}
      allowDeselect={false}
      data={[...all]}
      value={zone}
      error={problemAt('$.schedule.zone')}
      onChange={(next) => next && onChange(next)}
    />
  );
}

function DurationField({
  value,
  onChange,
}: {
  readonly value: string | undefined;
  readonly onChange: (value: string) => void;
}) {
  const problemAt = useProblemAt();
  return (
    <TextInput
      label="Each job lasts at most"
      description="Then it is stopped; such as 30s, 10m, 1h30m."
      placeholder="as long as it wants"
      value={value ?? ''}
      error={problemAt('$.schedule.duration')}
      onChange={({ currentTarget }) => onChange(currentTarget.value)}
    />
  );
}
