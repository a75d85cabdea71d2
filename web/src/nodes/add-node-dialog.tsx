// A machine becomes a node by SSH: its host key is shown and confirmed before anything is sent to it.
import { Alert, Button, Code, CopyButton, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useNavigate } from '@tanstack/react-router';
import { KeyRound } from 'lucide-react';
import { useState } from 'react';
import type { AnsweredError } from '../api/answered-error.ts';
import { useAct } from '../api/use-act.ts';
import { useAnswer } from '../api/use-answer.ts';
import { ErrorPanel } from '../shown/error-panel.tsx';

interface Machine {
  readonly address: string;
  readonly name: string;
}

const UNCONFIRMED = 'node.host-key-unconfirmed';

/** Address, then the key to compare, then the node's page with what goes on. */
export function AddNodeDialog({ opened, close }: { readonly opened: boolean; readonly close: () => void }) {
  const navigate = useNavigate();
  const [machine, setMachine] = useState<Machine | null>(null);
  const add = useAct('addNode', {
    showsError: true,
    done: ({ id }) => `${id} is a node; it is being looked at and prepared.`,
    after: ({ id }) => {
      close();
      void navigate({ to: `/nodes/${encodeURIComponent(id)}` });
    },
  });
  const ask = ({ address, name }: Machine, hostKey?: string) => {
    setMachine({ address, name });
    add.mutate({
      body: { address, ...(name === '' ? {} : { name }), ...(hostKey === undefined ? {} : { hostKey }) },
    });
  };
  const fingerprint = fingerprintIn(add.error);
  return (
    <Modal opened={opened} onClose={close} title="Add a node" size="lg">
      {fingerprint !== null && machine ? (
        <Confirm
          {...{ machine, fingerprint }}
          waits={add.isPending}
          yes={() => ask(machine, fingerprint)}
          no={add.reset}
        />
      ) : (
        <Address ask={ask} waits={add.isPending} error={add.error} />
      )}
    </Modal>
  );
}

function fingerprintIn(error: AnsweredError | null): string | null {
  return error?.code === UNCONFIRMED ? String(error.details.fingerprint) : null;
}

interface Asked {
  readonly ask: (machine: Machine) => void;
  readonly waits: boolean;
  readonly error: Error | null;
}

function Address({ ask, waits, error }: Asked) {
  const form = useForm({
    initialValues: { address: 'ssh://root@', name: '' },
    validate: {
      address: (value) => (/^ssh:\/\/[^@]+@\S+/.test(value) ? null : 'An address such as ssh://root@10.0.0.7'),
    },
  });
  const key = useAnswer('nodeKey', {}, { everyMs: false }).data?.publicKey;
  return (
    <form onSubmit={form.onSubmit((machine) => ask(machine))}>
      <Stack>
        <TextInput
          label="Address"
          description="User, host and, where it is not 22, the port"
          data-autofocus
          {...form.getInputProps('address')}
        />
        <TextInput label="Name" description="Left empty, as the machine calls itself" {...form.getInputProps('name')} />
        {key !== undefined && <PlatformKey text={key} />}
        {error && <ErrorPanel error={error} />}
        <Group justify="flex-end">
          <Button type="submit" loading={waits}>
            Ask for its key
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function PlatformKey({ text }: { readonly text: string }) {
  return (
    <div>
      <Text size="sm">The machine must let the platform in: this line belongs into its ~/.ssh/authorized_keys.</Text>
      <Code block mt={4} style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
        {text}
      </Code>
      <CopyButton value={text}>
        {({ copied, copy }) => (
          <Button variant="subtle" size="compact-sm" mt={4} onClick={copy}>
            {copied ? 'Copied' : 'Copy the line'}
          </Button>
        )}
      </CopyButton>
    </div>
  );
}

interface Confirmed {
  readonly machine: Machine;
  readonly fingerprint: string;
  readonly waits: boolean;
  readonly yes: () => void;
  readonly no: () => void;
}

function Confirm({ machine, fingerprint, waits, yes, no }: Confirmed) {
  return (
    <Stack>
      <Alert icon={<KeyRound size={18} aria-hidden />} title={`${machine.address} shows this host key`}>
        <Code block>{fingerprint}</Code>
        <Text size="sm" mt="xs">
          Compare it with what the machine itself shows: <Code>ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub</Code>.
          If they differ, somebody may stand between. From then on this key is the only one that the platform speaks to.
        </Text>
      </Alert>
      <Group justify="flex-end">
        <Button variant="default" onClick={no}>
          They differ
        </Button>
        <Button onClick={yes} loading={waits}>
          They are equal: add it
        </Button>
      </Group>
    </Stack>
  );
}
