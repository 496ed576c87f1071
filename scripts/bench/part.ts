/** One part of the bench: what it measures, each figure with what it is held against. Runs alone by its name. */
export interface Row { figure: string; value: string; baseline: string; target: string; /** Null: told, not held to anything. */ met: boolean | null }

export interface BenchPart {
  title: string;
  /** How it is taken, in a sentence or two: it stands above the table. */
  about: string;
  run(options: { /** A folder of galleries that stand. Null: made for this run. */ galleries: string | null }): Promise<Row[]>;
}

export const tableOf = (rows: readonly Row[]): string[] => [
  '| figure | measured | beside it | target | met |', '|---|---|---|---|---|',
  ...rows.map(({ figure, value, baseline, target, met }) => `| ${figure} | ${value} | ${baseline} | ${target} | ${met === null ? '—' : met ? 'yes' : 'no'} |`),
];
