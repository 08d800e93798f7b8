/**
 * Which of `length` rows represent them in at most `count`, as MLflow's server chooses: the first of each of `count`
 * parts that are as equal as they can be, and the last row, in the place of the last of these when there is no more.
 */
export function sampleRows(length: number, count: number): number[] {
  const parts = Math.min(length, count);
  const [size, larger] = [Math.floor(length / parts), length % parts];
  const rows = Array.from({ length: parts }, (_, part) => part * size + Math.min(part, larger));
  if (parts === 0 || rows.at(-1) === length - 1) return rows;
  if (parts === count) rows.pop();
  return [...rows, length - 1];
}
