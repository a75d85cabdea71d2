// Which sensors the names of an algorithm stand for.
import { Select, Stack } from '@mantine/core';
import { Section } from '../../shown/section.tsx';
import type { ChangeDraft, InstanceDraft, WishDraft, WishesDraft } from '../instance-draft.ts';
import { useProblemAt } from '../use-problem-at.ts';
import type { Algorithm } from './use-algorithm.ts';
import { WishFields } from './wish-fields.tsx';

const MISSING = [
  { value: 'wait', label: 'the job waits for it' },
  { value: 'run-without', label: 'the job runs without it' },
  { value: 'refuse', label: 'the job is refused' },
];

interface Fields {
  readonly draft: InstanceDraft;
  readonly algorithm: Algorithm;
  readonly onChange: ChangeDraft;
}

/** One wish for each declared name; nothing for an algorithm that declares none. */
export function BindingFields({ draft: { bindings }, algorithm: { sensors, controls }, onChange }: Fields) {
  const problemAt = useProblemAt();
  if (sensors.length + controls.length === 0) return null;
  const put = (part: 'sensors' | 'controls', name: string, wish: WishDraft | undefined) => {
    const { [name]: _, ...others }: WishesDraft = bindings?.[part] ?? {};
    onChange({ bindings: { ...bindings, [part]: wish === undefined ? others : { ...others, [name]: wish } } });
  };
  return (
    <Section
      title="Sensors"
      about="What each name in its code stands for. Queries are looked up anew as each job starts."
    >
      <Stack gap="sm">
        {sensors.map(({ name, type, count }) => (
          <WishFields
            key={name}
            {...{ name, type, count }}
            path={`$.bindings.sensors.${name}`}
            verb="reads"
            wish={bindings?.sensors?.[name]}
            onChange={(wish) => put('sensors', name, wish)}
          />
        ))}
        {controls.map(({ name, type }) => (
          <WishFields
            key={name}
            {...{ name, type }}
            count={1}
            path={`$.bindings.controls.${name}`}
            verb="steers"
            wish={bindings?.controls?.[name]}
            onChange={(wish) => put('controls', name, wish)}
          />
        ))}
        <Select
          label="When one is missing or silent as a job starts"
          allowDeselect={false}
          data={MISSING}
          value={bindings?.missing ?? 'wait'}
          error={problemAt('$.bindings.missing')}
          onChange={(missing) =>
            onChange({ bindings: { ...bindings, missing: missing === 'wait' ? undefined : (missing ?? undefined) } })
          }
        />
      </Stack>
    </Section>
  );
}
