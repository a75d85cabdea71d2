// What is wrong with the platform, in front of everything else.
import { Alert, Anchor, List } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { TriangleAlert } from 'lucide-react';
import { useOpenAlerts } from '../platform/alert-section.tsx';
import { spoken } from '../shown/spoken.ts';

const MOST = 3;

/** The first of the open alerts; nothing while there are none, or for who may not see them. */
export function OpenAlerts() {
  const loud = (useOpenAlerts().data?.items ?? []).filter(({ silencedUntil }) => silencedUntil === null);
  if (loud.length === 0) return null;
  const grave = loud.some(({ severity }) => severity === 'critical');
  return (
    <Alert
      color={grave ? 'red' : 'orange'}
      icon={<TriangleAlert size={18} aria-hidden />}
      title={loud.length === 1 ? 'One alert is open' : `${loud.length} alerts are open`}
    >
      <List size="sm">
        {loud.slice(0, MOST).map(({ id, text }) => (
          <List.Item key={id}>{spoken(text)}</List.Item>
        ))}
      </List>
      <Anchor component={Link} to="/platform" size="sm" underline="always">
        All alerts, and what to do
      </Anchor>
    </Alert>
  );
}
