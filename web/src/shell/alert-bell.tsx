// A bell with the number of alerts that are open, for those who may see them.
import { ActionIcon, Indicator } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { Bell } from 'lucide-react';
import { useRights } from '../api/use-me.ts';
import { useOpenAlerts } from '../platform/alert-section.tsx';

/** Leads to the alerts. Those that are kept quiet do not count. */
export function AlertBell() {
  const may = useRights().here('alerts:read');
  const alerts = useOpenAlerts();
  if (!may) return null;
  const loud = (alerts.data?.items ?? []).filter(({ silencedUntil }) => silencedUntil === null);
  const colour = loud.some(({ severity }) => severity === 'critical') ? 'red' : 'orange';
  return (
    <Indicator label={loud.length} size={16} color={colour} disabled={loud.length === 0}>
      <ActionIcon
        component={Link}
        to="/platform"
        variant="subtle"
        color="gray"
        aria-label={loud.length === 0 ? 'No alerts' : `${loud.length} alerts`}
      >
        <Bell size={17} aria-hidden />
      </ActionIcon>
    </Indicator>
  );
}
