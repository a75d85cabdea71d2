// Whom an instance tells things, how often it may act, and when not.
import { NumberInput, SimpleGrid, Stack, Switch, TagsInput, Text, TextInput } from '@mantine/core';
import { useRights } from '../../api/use-me.ts';
import { usePages } from '../../api/use-pages.ts';
import { Section } from '../../shown/section.tsx';
import type { ChangeDraft, InstanceDraft } from '../instance-draft.ts';
import { useProblemAt } from '../use-problem-at.ts';

const QUIET = { from: '22:00', to: '06:00' };

interface Fields {
  readonly draft: InstanceDraft;
  /** Kinds of actions that the algorithm may ask for. */
  readonly kinds: readonly string[];
  /** Whether it controls devices. */
  readonly steers: boolean;
  readonly onChange: ChangeDraft;
}

/** People, budgets, quiet times. */
export function NoticeFields({ draft, kinds, steers, onChange }: Fields) {
  const { notify = [], actions } = draft;
  const problemAt = useProblemAt();
  const mayList = useRights().anywhere('users:read');
  const users = usePages('listUsers', { query: { limit: 1000 } }, { everyMs: false, enabled: mayList }).rows ?? [];
  const budgets = [...new Set([...kinds, ...(steers ? ['control'] : []), ...Object.keys(actions?.perHour ?? {})])];
  return (
    <Section title="Notices and actions">
      <Stack gap="sm">
        <TagsInput
          label="Who is told"
          description="Names of users who get its notices."
          data={users.map(({ name }) => name)}
          value={[...notify]}
          error={problemAt('$.notify')}
          onChange={(next) => onChange({ notify: next })}
        />
        {budgets.length === 0 ? (
          <Text size="sm" c="dimmed">
            The algorithm asks for no actions.
          </Text>
        ) : (
          <>
            <SimpleGrid cols={{ base: 2, sm: 3 }} spacing="sm">
              {budgets.map((kind) => (
                <Budget key={kind} {...{ kind, actions, onChange }} />
              ))}
            </SimpleGrid>
            <QuietFields {...{ actions, onChange }} />
          </>
        )}
      </Stack>
    </Section>
  );
}

interface Part {
  readonly actions: InstanceDraft['actions'];
  readonly onChange: ChangeDraft;
}

function Budget({ kind, actions, onChange }: Part & { readonly kind: string }) {
  const problemAt = useProblemAt();
  const { [kind]: own, ...others } = actions?.perHour ?? {};
  return (
    <NumberInput
      label={`${kind} an hour`}
      placeholder="ordinary"
      min={0}
      allowDecimal={false}
      value={own ?? ''}
      error={problemAt(`$.actions.perHour.${kind}`)}
      onChange={(value) =>
        onChange({
          actions: { ...actions, perHour: typeof value === 'number' ? { ...others, [kind]: value } : others },
        })
      }
    />
  );
}

function QuietFields({ actions, onChange }: Part) {
  const problemAt = useProblemAt();
  const quiet = actions?.quiet;
  const put = (part: Partial<typeof QUIET>) =>
    onChange({ actions: { ...actions, quiet: { ...QUIET, ...quiet, ...part } } });
  return (
    <>
      <Switch
        label="Quiet hours: what is no alert waits until they are over"
        checked={quiet !== undefined}
        onChange={({ currentTarget }) =>
          onChange({ actions: { ...actions, quiet: currentTarget.checked ? QUIET : undefined } })
        }
      />
      {quiet && (
        <SimpleGrid cols={2} spacing="sm" maw={320}>
          <TextInput
            type="time"
            label="From"
            value={quiet.from}
            error={problemAt('$.actions.quiet')}
            onChange={({ currentTarget }) => put({ from: currentTarget.value })}
          />
          <TextInput
            type="time"
            label="To"
            value={quiet.to}
            onChange={({ currentTarget }) => put({ to: currentTarget.value })}
          />
        </SimpleGrid>
      )}
    </>
  );
}
