import type { ChartsLayout, ChartSize, Limits } from '../../src/panels/messages.js';
import { combined, isCombined } from './chart-id.js';
import { moved, PINNED, type Section, sectionsOf } from './layout.js';

type Parts = Omit<ChartsLayout, 'settings'>;

/** The positions and size of the charts, as a person arranged them. */
export class Arrangement {
  readonly #onChange: () => void;
  #parts: Parts = { size: { width: 330, height: 208 }, pinned: [], order: {}, toggled: [], limits: {} };

  /** `onChange` is called when a person changes something, not when a layout is loaded. */
  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  take({ size, pinned, order, toggled, limits }: Parts): void {
    this.#parts = { size, pinned, order, toggled, limits };
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
    const { pinned, limits } = this.#parts;
    // A chart of several metrics only exists while it is pinned.
    const isLeft = !isCombined(key) || !pinned.includes(key);
    this.#change({ pinned: toggled(pinned, key), limits: isLeft ? limits : without(limits, key) });
  }

  /** Makes a chart of several metrics, in the place of this one when it has several already. */
  addMetric(chart: string, metric: string): void {
    const { pinned, limits } = this.#parts;
    const id = combined(chart, metric);
    const others = pinned.filter((other) => other !== id);
    const own = this.limits(chart);
    this.#change(
      isCombined(chart)
        ? {
            pinned: others.map((other) => (other === chart ? id : other)),
            limits: own ? { ...without(limits, chart), [id]: own } : limits,
          }
        : { pinned: [...others, id] },
    );
  }

  /** Puts a chart before another of its section, or at its end. The section with all its metrics. */
  move({ prefix, keys }: Pick<Section, 'prefix' | 'keys'>, key: string, before: string | null): void {
    const { pinned, order } = this.#parts;
    const now = moved(keys, key, before);
    // Metrics that the current runs lack keep their place at the end.
    const absent = (known: readonly string[]) => known.filter((other) => !keys.includes(other));
    if (prefix === PINNED) this.#change({ pinned: [...now, ...absent(pinned)] });
    else this.#change({ order: { ...order, [prefix]: [...now, ...absent(order[prefix] ?? [])] } });
  }

  resize(size: Partial<ChartSize>): void {
    this.#change({ size: { ...this.#parts.size, ...size } });
  }

  /** Ends of the y axis that were set; undefined when both follow the values. */
  limits(chart: string): Limits | undefined {
    const { limits } = this.#parts;
    return Object.hasOwn(limits, chart) ? limits[chart] : undefined;
  }

  setLimits(chart: string, limits: Limits): void {
    const others = without(this.#parts.limits, chart);
    const isSet = limits.min !== undefined || limits.max !== undefined;
    this.#change({ limits: isSet ? { ...others, [chart]: limits } : others });
  }

  #change(parts: Partial<Parts>): void {
    this.#parts = { ...this.#parts, ...parts };
    this.#onChange();
  }
}

function without<T>(record: Record<string, T>, name: string): Record<string, T> {
  const { [name]: _, ...others } = record;
  return others;
}

function toggled(list: readonly string[], item: string): string[] {
  return list.includes(item) ? list.filter((other) => other !== item) : [...list, item];
}
