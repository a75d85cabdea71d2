// How a launch template is written in the configuration: its id or name, and after a colon a version.
import type { LaunchTemplateSpecification } from '@aws-sdk/client-ec2';

/** What EC2 is told; without a version its default one, whatever that is by then. */
export function launchTemplate(text: string): LaunchTemplateSpecification {
  const [, template = text, version = '$Default'] = /^(.+):(\d+|\$Latest|\$Default)$/.exec(text) ?? [];
  const named = template.startsWith('lt-') ? { LaunchTemplateId: template } : { LaunchTemplateName: template };
  return { ...named, Version: version };
}
