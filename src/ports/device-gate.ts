// The door by which devices come in: an MQTT broker of our own, or somebody else's. Devices speak on topics below their own id:
//
//   berth/<sensor>/readings            device to platform: one reading or an array of them, JSON
//   berth/<sensor>/status              device to platform, its last will included: `online` or `offline`
//   berth/<sensor>/controls/<control>  platform to device: { "id", "parameters" }
//   berth/<sensor>/acks                device to platform: { "id", "ok", "detail"?, "answer"? }

/** What the gate tells, and asks of, those behind it. */
export interface DeviceListener {
  /** Whether a device may sign in with a password. Asked by gates that are brokers themselves. */
  signIn(sensor: string, password: string): Promise<boolean>;
  /** Takes what a device sent as readings. Resolves when it is durable (or refused for good): only then is a message of QoS 1 acknowledged. */
  readings(sensor: string, payload: Uint8Array): Promise<void>;
  /** Takes a device's word on a command. */
  acknowledged(sensor: string, payload: Uint8Array): void;
  /** A device came or went; `reason` in words: it signed in, its last will, its connection ended. */
  presence(sensor: string, state: 'online' | 'offline', reason: string): void;
}

/** The door, open until it is closed. */
export interface DeviceGate {
  /** Where devices connect, for people; null: nowhere on this machine. */
  readonly url: string | null;
  /** Sends a command to a device with QoS 1; resolves when the broker has it. @throws sensor.gate-closed */
  command(sensor: string, control: string, payload: Uint8Array): Promise<void>;
  /** Ends a device's connections: its password has changed, or it was removed. */
  cut(sensor: string): void;
  close(): Promise<void>;
}
