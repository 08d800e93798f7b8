import assert from 'node:assert/strict';
import fc from 'fast-check';
import { decodeEvent } from '../../../src/server/tensorboard/event.js';
import { NO_FURTHER, parse } from '../../../src/server/tensorboard/read.js';
import { masked } from '../../../src/server/tensorboard/records.js';
import { event, record, scalar } from './encode.js';

describe('the records of an event file', () => {
  const file = Buffer.concat([0, 1, 2].map((step) => record(scalar(step, 'loss', step / 2))));
  const values = (bytes: Uint8Array) =>
    parse(bytes, 0).events.flatMap(({ step, summaries }) =>
      summaries.map((summary) => [step, summary.kind === 'scalar' ? summary.value : summary.kind]),
    );

  it('have the checksum of TFRecord', () => {
    // Of the nine bytes "123456789", whose CRC-32C is the published check value 0xE3069283.
    const crc = 0xe3069283;
    assert.equal(masked(Buffer.from('123456789')), (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0);
  });

  it('are read in their order', () => {
    assert.deepEqual(values(file), [
      [0, 0],
      [1, 0.5],
      [2, 1],
    ]);
    assert.equal(parse(file, 0).offset, file.length);
  });

  it('are waited for while they are not whole', () => {
    for (let cut = 0; cut < file.length; cut++) {
      const first = parse(file.subarray(0, cut), 0);
      assert.deepEqual(first.faults, []);
      const rest = parse(file.subarray(first.offset), first.offset);
      assert.equal(first.events.length + rest.events.length, 3);
      assert.equal(rest.offset, file.length);
    }
  });

  it('are passed over when their data is damaged, and the place is told', () => {
    const damaged = Buffer.from(file);
    const second = file.length / 3 + 20;
    damaged[second] = (damaged[second] as number) ^ 1;
    assert.deepEqual(values(damaged), [
      [0, 0],
      [2, 1],
    ]);
    assert.deepEqual(parse(damaged, 0).faults, [`a damaged record at byte ${file.length / 3}`]);
  });

  it('end where a header is damaged', () => {
    const damaged = Buffer.from(file);
    damaged[file.length / 3] = 0xff;
    const { events, faults, offset } = parse(damaged, 0);
    assert.equal(events.length, 1);
    assert.equal(faults.length, 1);
    assert.equal(offset, NO_FURTHER);
  });

  it('are told when they are no events, or too long', () => {
    assert.match(parse(record(Buffer.from([0x0a])), 0).faults[0] ?? '', /no event/);
    const long = record(Buffer.alloc(0));
    long.writeBigUInt64LE(2n ** 40n, 0);
    long.writeUInt32LE(masked(long.subarray(0, 8)), 8);
    const { faults, offset } = parse(long, 0);
    assert.match(faults[0] ?? '', /too long/);
    assert.equal(offset, 2 ** 40 + 16);
  });

  it('never make the reader fail or stand still', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(3), (noise, at) => {
        const whole = Buffer.concat([file.subarray(0, (file.length / 3) * at), noise]);
        const { offset, faults } = parse(whole, 0);
        assert.ok(offset >= (file.length / 3) * at);
        // Noise of a header's length is never taken for a record that is on its way.
        assert.ok(faults.length > 0 || noise.length < 12 || offset === whole.length);
      }),
    );
  });
});

describe('an event', () => {
  const summaries = (bytes: Uint8Array) => decodeEvent(bytes).summaries;

  it('has its time in milliseconds, its step and its value', () => {
    assert.deepEqual(decodeEvent(scalar(7, 'loss', 0.25)), {
      timestamp: 1_700_000_007_500,
      step: 7,
      summaries: [{ kind: 'scalar', tag: 'loss', value: 0.25 }],
    });
  });

  it('may hold its value as a tensor of one element, of any type', () => {
    const tensor = (type: number, raw: Buffer) =>
      summaries(
        event(1, 't', (value) =>
          value.writeMessage(
            8,
            (_, pbf) => {
              pbf.writeVarintField(1, type);
              pbf.writeBytesField(4, raw);
            },
            undefined,
          ),
        ),
      );
    const bytes = (length: number, write: (buffer: Buffer) => void) => {
      const buffer = Buffer.alloc(length);
      write(buffer);
      return buffer;
    };
    for (const [type, raw, value] of [
      [1, bytes(4, (b) => b.writeFloatLE(0.5)), 0.5],
      [2, bytes(8, (b) => b.writeDoubleLE(0.1)), 0.1],
      [3, bytes(4, (b) => b.writeInt32LE(-3)), -3],
      [9, bytes(8, (b) => b.writeBigInt64LE(-9n)), -9],
      [14, bytes(2, (b) => b.writeUInt16LE(0x3fc0)), 1.5],
      [19, bytes(2, (b) => b.writeUInt16LE(0x3e00)), 1.5],
      [19, bytes(2, (b) => b.writeUInt16LE(0xfc00)), -Infinity],
      [19, bytes(2, (b) => b.writeUInt16LE(0x0001)), 2 ** -24],
    ] as const)
      assert.deepEqual(tensor(type, raw), [{ kind: 'scalar', tag: 't', value }]);
    assert.deepEqual(tensor(1, Buffer.alloc(8)), [], 'two elements are no scalar');
  });

  it('never makes the decoder do anything but return or throw', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (noise) => {
        try {
          decodeEvent(noise);
        } catch (error) {
          assert.ok(error instanceof Error);
        }
      }),
    );
  });
});
