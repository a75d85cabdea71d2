// The fields of a channel, by its kind.
import { NumberInput, Select, Textarea, TextInput } from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';
import type { ReactNode } from 'react';
import type { ChannelValues } from './channel-values.ts';
import type { ChannelKind } from './channels-section.tsx';

interface Fields {
  readonly kind: ChannelKind;
  readonly form: UseFormReturnType<ChannelValues>;
}

/** What is to be known of a channel. */
export function ChannelFields({ kind, form }: Fields) {
  const secret = (label: string) => (
    <TextInput
      label={label}
      description="secret:NAME for a secret of the platform, or the path of a file on its machine. Never the value itself."
      placeholder="secret:mail-password"
      autoComplete="off"
      {...form.getInputProps('secret')}
    />
  );
  if (kind === 'smtp') return <MailFields form={form}>{secret('Password')}</MailFields>;
  if (kind === 'sms-gateway') return <GatewayFields form={form}>{secret('Secret, for {secret}')}</GatewayFields>;
  return (
    <>
      {secret('Key by which calls are signed')}
      <Textarea
        label="Private addresses that may be called"
        description="Hosts, addresses or networks such as 10.1.0.0/16, one a line. Without any only public ones are."
        autosize
        minRows={2}
        {...form.getInputProps('allowPrivate')}
      />
    </>
  );
}

interface Inner {
  readonly form: UseFormReturnType<ChannelValues>;
  readonly children: ReactNode;
}

const TLS = [
  { value: 'starttls', label: 'STARTTLS' },
  { value: 'implicit', label: 'from the first byte' },
  { value: 'none', label: 'none' },
];

function MailFields({ form, children }: Inner) {
  return (
    <>
      <TextInput label="Host" placeholder="mail.example.org" data-autofocus required {...form.getInputProps('host')} />
      <NumberInput label="Port" min={1} max={65_535} allowDecimal={false} required {...form.getInputProps('port')} />
      <Select label="Encryption" data={TLS} allowDeselect={false} {...form.getInputProps('tls')} />
      <TextInput
        label="User"
        description="Empty: without signing in."
        autoComplete="off"
        {...form.getInputProps('user')}
      />
      {children}
      <TextInput
        label="From"
        placeholder="Berth <berth@example.org>"
        description="Whom e-mails come from."
        required
        {...form.getInputProps('from')}
      />
    </>
  );
}

function GatewayFields({ form, children }: Inner) {
  return (
    <>
      <TextInput
        label="URL"
        description="With {to}, {text}, {id} and {secret}, where they belong."
        data-autofocus
        required
        {...form.getInputProps('url')}
      />
      <Select label="Method" data={['POST', 'GET']} allowDeselect={false} {...form.getInputProps('method')} />
      <Textarea
        label="Headers"
        description="Name: value, one a line."
        autosize
        minRows={2}
        {...form.getInputProps('headers')}
      />
      <Textarea
        label="Body"
        description="A template with the same places; may stay empty."
        autosize
        minRows={2}
        {...form.getInputProps('template')}
      />
      <Select
        label="Media type"
        data={['application/json', 'application/x-www-form-urlencoded']}
        allowDeselect={false}
        {...form.getInputProps('contentType')}
      />
      {children}
      <TextInput label="Answers that count as taken" {...form.getInputProps('accepted')} />
    </>
  );
}
