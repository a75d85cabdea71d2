// A zip is dropped, looked through by the platform, and pushed when the person says so.
import '@mantine/dropzone/styles.css';
import { Alert, Button, Group, Loader, Stack, Text } from '@mantine/core';
import { Dropzone } from '@mantine/dropzone';
import { useNavigate } from '@tanstack/react-router';
import { FileArchive, PackageCheck, PackagePlus } from 'lucide-react';
import { useState } from 'react';
import { useAct } from '../api/use-act.ts';
import { bytes } from '../shown/amounts.ts';
import { FileProblems } from '../shown/file-problems.tsx';

const ZIP = { 'application/zip': ['.zip'], 'application/x-zip-compressed': ['.zip'] };

/** Takes a zip with an `app_config.json` in it. */
export function PushPanel() {
  const [file, setFile] = useState<File | null>(null);
  const go = useNavigate();
  const check = useAct('checkPackage', { showsError: true });
  const push = useAct('pushPackage', {
    showsError: true,
    done: ({ application, version }) =>
      `${application} ${version} was accepted. New jobs run it as soon as its image is ready.`,
    after: ({ application }) => void go({ to: '/applications/$application', params: { application } }),
  });
  const zip = (contents: File) => ({ file: { type: 'application/zip', contents } });
  const begin = (dropped: File) => {
    setFile(dropped);
    push.reset();
    check.mutate(zip(dropped));
  };
  const startAnew = () => {
    setFile(null);
    check.reset();
    push.reset();
  };
  const error = push.error ?? check.error;
  return (
    <Stack gap="sm">
      <ZipZone onFile={begin} busy={check.isPending || push.isPending} />
      {file && check.isPending && <Checking file={file} />}
      {error && <FileProblems error={error} />}
      {file && check.data && !error && (
        <Checked
          {...check.data}
          file={file}
          busy={push.isPending}
          onPush={() => push.mutate(zip(file))}
          onLeave={startAnew}
        />
      )}
    </Stack>
  );
}

function ZipZone({ onFile, busy }: { readonly onFile: (file: File) => void; readonly busy: boolean }) {
  const [refused, setRefused] = useState<string | null>(null);
  return (
    <>
      <Dropzone
        accept={ZIP}
        multiple={false}
        disabled={busy}
        aria-label="Choose or drop a zip"
        inputProps={{ 'aria-label': 'Zip of an application' }}
        onDrop={([dropped]) => {
          setRefused(null);
          if (dropped) onFile(dropped);
        }}
        onReject={([first]) => setRefused(first ? `${first.file.name} is no zip.` : 'One zip at a time.')}
      >
        <Group justify="center" gap="md" py="xs" mih={64}>
          <FileArchive size={30} strokeWidth={1.5} aria-hidden />
          <div>
            <Text fw={600}>Drop the zip of an application here, or click to choose it</Text>
            <Text size="sm" c="dimmed">
              app_config.json stands at its top. It is checked first; nothing is kept until you push it.
            </Text>
          </div>
        </Group>
      </Dropzone>
      {refused !== null && (
        <Text size="sm" c="var(--mantine-color-error)" role="alert">
          {refused}
        </Text>
      )}
    </>
  );
}

function Checking({ file }: { readonly file: File }) {
  return (
    <Group gap="xs" role="status">
      <Loader size="xs" />
      <Text size="sm">
        Checking {file.name} ({bytes(file.size)}) …
      </Text>
    </Group>
  );
}

interface Found {
  readonly application: string;
  readonly version: string;
  readonly existed: boolean;
  readonly warnings: readonly string[];
  readonly file: File;
  readonly busy: boolean;
  readonly onPush: () => void;
  readonly onLeave: () => void;
}

function Checked({ application, version, existed, warnings, file, busy, onPush, onLeave }: Found) {
  const again = existed ? ' The same bytes were pushed before: they become current again.' : '';
  return (
    <Alert
      color="teal"
      icon={<PackageCheck size={18} aria-hidden />}
      title={`${file.name} is ${application} ${version}`}
      role="status"
    >
      <Text size="sm">
        Nothing is wrong with it.{again} Once it is pushed, new jobs of {application} run it; jobs that run go on as
        they are.
      </Text>
      {warnings.map((warning) => (
        <Text key={warning} size="sm">
          {warning}
        </Text>
      ))}
      <Group gap="xs" mt="sm">
        <Button size="xs" leftSection={<PackagePlus size={15} aria-hidden />} loading={busy} onClick={onPush}>
          Push {application} {version}
        </Button>
        <Button size="xs" variant="default" disabled={busy} onClick={onLeave}>
          Leave it
        </Button>
      </Group>
    </Alert>
  );
}
