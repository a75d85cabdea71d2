// An instance is run now by hand, with other parameters where somebody wants that.
import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { Play } from 'lucide-react';
import { useState } from 'react';
import { useAct } from '../api/use-act.ts';
import { ErrorPanel } from '../shown/error-panel.tsx';
import { PairRows } from './pair-rows.tsx';

interface Dialog {
  readonly instance: { readonly name: string; readonly parameters: Readonly<Record<string, string>> };
  readonly onClose: () => void;
}

/** Asks for parameters and runs it. */
export function RunDialog({ instance: { name, parameters }, onClose }: Dialog) {
  const [given, setGiven] = useState<Readonly<Record<string, string>>>(parameters);
  const go = useNavigate();
  const run = useAct('runInstance', {
    showsError: true,
    done: () => `${name} runs.`,
    after: ({ id }) => {
      onClose();
      void go({ to: '/jobs/$job', params: { job: id } });
    },
  });
  const changed = Object.fromEntries(Object.entries(given).filter(([key, value]) => parameters[key] !== value));
  return (
    <Modal opened onClose={onClose} title={`Run ${name} now`} closeButtonProps={{ 'aria-label': 'Close' }} size="lg">
      <Stack gap="sm">
        <Text size="sm">
          A job is made at once, beside those of its schedule. What stands here counts for this job alone; its own
          parameters stay as they are.
        </Text>
        <PairRows
          label="Parameters"
          keyLabel="Name"
          pairs={given}
          onChange={setGiven}
          empty="It has no parameters of its own."
        />
        {run.error && <ErrorPanel error={run.error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button
            leftSection={<Play size={15} aria-hidden />}
            loading={run.isPending}
            onClick={() => run.mutate({ params: { instance: name }, body: { parameters: changed } })}
          >
            Run it
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
