import type { ChartsLayout, ChartSize } from '../../src/extension/panels/messages.js';
import { combined, isCombined } from './chart-id.js';
import { moved, PINNED, type Section, sectionsOf } from './layout.js';

type Parts = Omit<ChartsLayout, 'settings'>;

/** Where the charts stand, and how large: what a person made of it. */
export class Arrangement {
  readonly #onChange: () => void;
  #parts: Parts = { size: { width: 330, height: 208 }, pinned: [], order: {}, toggled: [] };

  /** `onChange` is called when a person changed something, not for what is taken. */
  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  take({ size, pinned, order, toggled }: Parts): void {
    this.#parts = { size, pinned, order, toggled };
  }

  get parts(): Readonly<Parts> {
    return this.#parts;
  }

  get size(): ChartSize {
    return this.#parts.size;
  }

  sections(keys: ReadonlySet<string>): Section[] {
    return sectionsOf(keys, this.#parts.pinned, this.#parts.order);
  }

  isOpen(section: Pick<Section, 'prefix' | 'collapsed'>): boolean {
    return section.collapsed === this.#parts.toggled.includes(section.prefix);
  }

  isPinned(key: string): boolean {
    return this.#parts.pinned.includes(key);
  }

  toggleSection({ prefix }: Pick<Section, 'prefix'>): void {
    this.#change({ toggled: toggled(this.#parts.toggled, prefix) });
  }

  togglePinned(key: string): void {
    this.#change({ pinned: toggled(this.#parts.pinned, key) });
  }

  /** Makes a chart of several metrics, in the place of this one when it has several already. */
  addMetric(chart: string, metric: string): void {
    const { pinned } = this.#parts;
    const id = combined(chart, metric);
    const others = pinned.filter((other) => other !== id);
    this.#change({
      pinned: isCombined(chart) ? others.map((other) => (other === chart ? id : other)) : [...others, id],
    });
  }

  /** Puts a chart before another of its section, or at its end. The section with all its metrics. */
  move({ prefix, keys }: Pick<Section, 'prefix' | 'keys'>, key: string, before: string | null): void {
    const { pinned, order } = this.#parts;
    const now = moved(keys, key, before);
    // Metrics that the runs of now do not have keep their place behind.
    const absent = (known: readonly string[]) => known.filter((other) => !keys.includes(other));
    if (prefix === PINNED) this.#change({ pinned: [...now, ...absent(pinned)] });
    else this.#change({ order: { ...order, [prefix]: [...now, ...absent(order[prefix] ?? [])] } });
  }

  resize(size: Partial<ChartSize>): void {
    this.#change({ size: { ...this.#parts.size, ...size } });
  }

  #change(parts: Partial<Parts>): void {
    this.#parts = { ...this.#parts, ...parts };
    this.#onChange();
  }
}

function toggled(list: readonly string[], item: string): string[] {
  return list.includes(item) ? list.filter((other) => other !== item) : [...list, item];
}
