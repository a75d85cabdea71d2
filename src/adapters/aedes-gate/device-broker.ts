// The broker, without what devices must not do through it: nothing that a device publishes goes to other devices.
import { Aedes, type Client, type PublishPacket } from 'aedes';

type Done = (error?: Error) => void;

/** A broker whose devices speak to the platform alone. What they say was taken where they were asked whether they may. */
export class DeviceBroker extends Aedes {
  override publish(packet: PublishPacket, by: Client | null | Done, done?: Done): void {
    if (typeof by !== 'function' && by) done?.();
    else Reflect.apply(super.publish, this, [packet, by, done]);
  }
}
