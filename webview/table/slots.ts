/** Elements by what they show: what stays in sight keeps its element, what comes takes one that is free. */
export class Slots<Key> {
  #keys: (Key | undefined)[] = [];

  /** Index into `wanted` of what each slot shows; −1 where it is free. */
  assign(wanted: readonly Key[]): number[] {
    const places = new Map(wanted.map((key, i) => [key, i]));
    const shown = this.#keys.map((key) => {
      const place = key === undefined ? undefined : places.get(key);
      if (key !== undefined) places.delete(key);
      return place ?? -1;
    });
    let free = 0;
    for (const place of places.values()) {
      while (free < shown.length && shown[free] !== -1) free++;
      shown[free] = place;
    }
    this.#keys = shown.map((place) => wanted[place]);
    return shown;
  }
}
