import { PbfWriter } from 'pbf';
import { FOOTER, HEADER, masked } from '../../../src/server/tensorboard/records.js';

/** A record of an event file around `data`. */
export function record(data: Uint8Array): Buffer {
  const bytes = Buffer.alloc(HEADER + data.length + FOOTER);
  bytes.writeBigUInt64LE(BigInt(data.length), 0);
  bytes.writeUInt32LE(masked(bytes.subarray(0, 8)), 8);
  bytes.set(data, HEADER);
  bytes.writeUInt32LE(masked(data), HEADER + data.length);
  return bytes;
}

/** An event with one value, whose fields `write` adds; numbers of fields as in summary.proto. */
export function event(step: number, tag: string, write: (pbf: PbfWriter) => void): Buffer {
  const pbf = new PbfWriter();
  pbf.writeDoubleField(1, 1_700_000_000.5 + step);
  pbf.writeVarintField(2, step);
  pbf.writeMessage(
    5,
    (_, summary) =>
      summary.writeMessage(
        1,
        (_, value) => {
          value.writeStringField(1, tag);
          write(value);
        },
        undefined,
      ),
    undefined,
  );
  return Buffer.from(pbf.finish());
}

export const scalar = (step: number, tag: string, value: number): Buffer =>
  event(step, tag, (pbf) => pbf.writeFloatField(2, value));
