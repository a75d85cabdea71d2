// Backups: had from here, verified and restored on the command line.
import { Alert, Button, Code, List, Stack, Text } from '@mantine/core';
import { Download } from 'lucide-react';
import { useState } from 'react';
import { open } from '../api/call.ts';
import { bytes } from '../shown/amounts.ts';
import { ErrorPanel } from '../shown/error-panel.tsx';
import { Section } from '../shown/section.tsx';

type Made = { readonly name: string; readonly size: number } | { readonly error: Error };

/** Makes a backup while the platform runs, and says what to do with it. */
export function BackupSection() {
  const [making, setMaking] = useState(false);
  const [made, setMade] = useState<Made | null>(null);
  const make = async () => {
    setMaking(true);
    setMade(await backup());
    setMaking(false);
  };
  return (
    <Section title="Backup" about="Everything but the keys, in one zip, made while the platform runs.">
      <Stack gap="md">
        <Button
          w="fit-content"
          leftSection={<Download size={16} aria-hidden />}
          loading={making}
          onClick={() => void make()}
        >
          Make a backup and download it
        </Button>
        {made && 'error' in made && <ErrorPanel error={made.error} />}
        {made && 'name' in made && (
          <Alert color="teal" title={`${made.name} is made`} role="status">
            {bytes(made.size)}. Verify it before you rely on it.
          </Alert>
        )}
        <Text size="sm">What to do with it, on the command line:</Text>
        <List size="sm" spacing="xs">
          <List.Item>
            <Code>berth backup verify FILE</Code> rehearses a restore beside the platform and says whether all is there.
          </List.Item>
          <List.Item>
            <Code>berth restore FILE --keys KEYS</Code> brings it back into an empty data directory, before the platform
            is started.
          </List.Item>
          <List.Item>
            <Code>berth backup keys KEYS</Code> copies the keys of this platform, without which a backup does not come
            back. Keep them apart from it.
          </List.Item>
        </List>
      </Stack>
    </Section>
  );
}

async function backup(): Promise<Made> {
  try {
    const response = await open('createBackup');
    const contents = await response.blob();
    const name = nameIn(response) ?? `berth-${new Date().toISOString().slice(0, 10)}.zip`;
    save(contents, name);
    return { name, size: contents.size };
  } catch (error) {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }
}

function nameIn(response: Response): string | undefined {
  return /filename="([^"/\\]+)"/.exec(response.headers.get('content-disposition') ?? '')?.[1];
}

/** Hands contents to the browser's own downloads. */
function save(contents: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(contents);
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
