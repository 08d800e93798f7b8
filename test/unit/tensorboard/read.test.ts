import assert from 'node:assert/strict';
import fc from 'fast-check';
import { PbfWriter } from 'pbf';
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

  it('are told when they are no events', () => {
    assert.match(parse(record(Buffer.from([0x0a])), 0).faults[0] ?? '', /not an event/);
  });

  /** The header of a record with so many bytes. */
  const header = (length: bigint) => {
    const bytes = record(Buffer.alloc(0));
    bytes.writeBigUInt64LE(length, 0);
    bytes.writeUInt32LE(masked(bytes.subarray(0, 8)), 8);
    return bytes;
  };

  it('are passed over when they are too long, once the file holds them', () => {
    const size = 2 ** 40 + 16;
    const bytes = header(2n ** 40n);
    assert.deepEqual(parse(bytes, 0, size - 1), { events: [], offset: 0, faults: [], needs: size });
    const { faults, offset } = parse(bytes, 0, size);
    assert.match(faults[0] ?? '', /too long/);
    assert.equal(offset, size);
  });

  it('end where a header tells of more than a file can hold', () => {
    for (const length of [2n ** 53n, 2n ** 60n, 2n ** 63n, 2n ** 64n - 1n]) {
      const { offset, faults } = parse(header(length), 0);
      assert.equal(offset, NO_FURTHER);
      assert.equal(faults.length, 1);
    }
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

  const tensor = (write: (pbf: PbfWriter) => void, plugin?: string) =>
    summaries(
      event(1, 't', (value) => {
        value.writeMessage(8, (_, pbf) => write(pbf), undefined);
        if (plugin !== undefined)
          value.writeMessage(
            9,
            (_, metadata) => metadata.writeMessage(1, (_, pbf) => pbf.writeStringField(1, plugin), undefined),
            undefined,
          );
      }),
    );

  it('may hold its value as a tensor of one element, of any type', () => {
    const ofBytes = (type: number, raw: Buffer) =>
      tensor((pbf) => {
        pbf.writeVarintField(1, type);
        pbf.writeBytesField(4, raw);
      });
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
      [17, bytes(2, (b) => b.writeUInt16LE(65_535)), 65_535],
      [19, bytes(2, (b) => b.writeUInt16LE(0x3e00)), 1.5],
      [19, bytes(2, (b) => b.writeUInt16LE(0xfc00)), -Infinity],
      [19, bytes(2, (b) => b.writeUInt16LE(0x0001)), 2 ** -24],
    ] as const)
      assert.deepEqual(ofBytes(type, raw), [{ kind: 'scalar', tag: 't', value }]);
    assert.deepEqual(ofBytes(1, Buffer.alloc(8)), [], 'two elements are no scalar');
  });

  it('may hold its value in any of the lists of a tensor', () => {
    for (const [type, field, write, value] of [
      [1, 5, (pbf) => pbf.writePackedFloat(5, [0.5]), 0.5],
      [2, 6, (pbf) => pbf.writeDoubleField(6, 0.1), 0.1],
      [3, 7, (pbf) => pbf.writePackedVarint(7, [-3]), -3],
      [9, 10, (pbf) => pbf.writeVarintField(10, -9), -9],
      [10, 11, (pbf) => pbf.writePackedVarint(11, [1]), 1],
      [19, 13, (pbf) => pbf.writePackedVarint(13, [0x3e00]), 1.5],
      [22, 16, (pbf) => pbf.writePackedVarint(16, [2 ** 32 - 1]), 2 ** 32 - 1],
      [23, 17, (pbf) => pbf.writeVarintField(17, 2 ** 40), 2 ** 40],
    ] as [number, number, (pbf: PbfWriter) => void, number][]) {
      const found = tensor((pbf) => {
        pbf.writeVarintField(1, type);
        write(pbf);
      }, 'tensor');
      assert.deepEqual(found, [{ kind: 'scalar', tag: 't', value }], `field ${field}`);
    }
    const nothing = tensor((pbf) => pbf.writeVarintField(1, 3));
    assert.deepEqual(nothing, [{ kind: 'scalar', tag: 't', value: 0 }], 'a zero is not written');
  });

  const ofStrings = (strings: (string | Uint8Array)[], plugin?: string) =>
    tensor((pbf) => {
      pbf.writeVarintField(1, 7);
      for (const text of strings) pbf.writeBytesField(8, Buffer.from(text));
    }, plugin);

  it('may hold several pictures', () => {
    const pictures = [1, 2, 3].map((n) => Buffer.from([0x89, 0x50, n]));
    for (const plugin of ['images', undefined])
      assert.deepEqual(
        ofStrings(['8', '8', ...pictures], plugin).map((summary) => [
          summary.kind === 'image' && Buffer.from(summary.image)[2],
          'tag' in summary && summary.tag,
        ]),
        [
          [1, 't'],
          [2, 't/1'],
          [3, 't/2'],
        ],
      );
  });

  it('tells text from sound also when its plugin was told before', () => {
    const sound = Buffer.from('524946468c030000574156456d7420ff', 'hex');
    assert.deepEqual(ofStrings([sound, '']), []);
    assert.deepEqual(ofStrings([sound, ''], 'audio'), []);
    assert.deepEqual(ofStrings(['ünï', 'b']), [{ kind: 'text', tag: 't', text: 'ünï\n\nb' }]);
  });

  it('of no time that there is has none', () => {
    for (const seconds of [NaN, Infinity, -1e300, 1e13]) {
      const pbf = new PbfWriter();
      pbf.writeDoubleField(1, seconds);
      assert.equal(decodeEvent(pbf.finish()).timestamp, 0);
    }
  });

  it('of more values than anybody writes is refused before it fills the memory', () => {
    const empty = Buffer.alloc(2_000_000, Buffer.from([0x0a, 0x00]));
    const pbf = new PbfWriter();
    pbf.writeBytesField(5, empty);
    assert.throws(() => decodeEvent(pbf.finish()), RangeError);
    assert.throws(() => ofStrings(Array<string>(200_000).fill('')), RangeError);
  });

  it('that was damaged makes the decoder return or throw, and soon', () => {
    const good = Buffer.concat([
      scalar(1, 'loss', 0.5),
      event(2, 't', (value) =>
        value.writeMessage(8, (_, pbf) => pbf.writePackedVarint(10, [1, 2, 3]), undefined),
      ),
    ]);
    const change = fc.tuple(fc.nat(good.length - 1), fc.nat(255));
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
        const bytes = Buffer.from(good);
        for (const [at, byte] of changes) bytes[at] = byte;
        try {
          decodeEvent(bytes);
        } catch (error) {
          assert.ok(error instanceof Error);
        }
      }),
      { numRuns: 2000 },
    );
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
