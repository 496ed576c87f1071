/** Written in a statement whose best plan depends on what is asked for (a rare word, a common one): it has no name, and is planned each time. */
export const PLANNED_ANEW = '/* planned anew */';
/** Statements beyond these are made anew each time: their texts vary without end (lists of values of any length). */
const NAMES_MAX = 2_000;

/**
 * Names statements by their text, so that a connection parses each once and keeps its plan: parsing and planning took more of
 * Postgres's time than running them (docs/adr/0016). A name belongs to one text in this process for good. '' is a statement without a name.
 */
export function statementNames(): (query: { sql: string }) => string {
  const names = new Map<string, string>();
  return ({ sql }) => {
    const known = names.get(sql);
    if (known !== undefined) return known;
    if (names.size >= NAMES_MAX || sql.includes(PLANNED_ANEW)) return '';
    const name = `s${names.size}`;
    names.set(sql, name);
    return name;
  };
}
