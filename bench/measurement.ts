/** One figure of the README. */
export interface Measurement {
  name: string;
  /** Ours divided by theirs, both taken in the same run. */
  ratio: number;
  /** What is aimed at, such as `≤ 1.5`; absent where the figure is only told. */
  target?: string;
  /** The figures behind the ratio. */
  detail: string;
}

/** The middle value, of an even number of them the upper one. */
export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;
}
