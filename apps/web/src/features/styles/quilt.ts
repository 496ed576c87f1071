/**
 * The quilt at the head of a style: a large square, a tall one, and squares stacked two by two, all of one height and nothing cropped.
 * With fewer samples, or only one shape, the best of what is there.
 *
 * A column's width is `units × u − shift`, where u is the height of the row: a square is 1u wide, a 1:2 is u/2, and of two stacked
 * squares with a gap g between them each is (u − g)/2.
 */
export interface QuiltImage {
  ratio: "1:1" | "2:2" | "1:2";
}
export type QuiltColumn<T> = { kind: "square" | "tall"; image: T } | { kind: "stack"; images: [T, T] };
export interface QuiltRow<T> {
  columns: QuiltColumn<T>[];
  /** CSS length of u: container width, gaps and shifts solved for the height. */
  height: string;
}
const GAP_PX = 8;
/** One image alone does not fill the whole width: that would push everything else off the first screen. */
const ALONE_UNITS = 1.6;

function row<T>(columns: QuiltColumn<T>[]): QuiltRow<T> {
  const units = columns.reduce((sum, { kind }) => sum + (kind === "square" ? 1 : 0.5), 0);
  const stacks = columns.filter(({ kind }) => kind === "stack").length;
  const spare = GAP_PX * (columns.length - 1) - (GAP_PX / 2) * stacks;
  return { columns, height: `calc((100cqw - ${spare}px) / ${Math.max(units, columns.length === 1 ? ALONE_UNITS : 0)})` };
}
const square = <T>(image: T): QuiltColumn<T> => ({ kind: "square", image });
const tall = <T>(image: T): QuiltColumn<T> => ({ kind: "tall", image });

/** One row on wide pages, one or two on phones. */
export function quiltOf<T extends QuiltImage>(images: readonly T[], phone: boolean): QuiltRow<T>[] {
  const talls = images.filter(({ ratio }) => ratio === "1:2");
  const [a, b, c, d, e] = images.filter(({ ratio }) => ratio !== "1:2");
  const [x, y, z] = talls;

  if (phone) {
    if (a && x) return [row([square(a), tall(x)]), ...(b && c ? [row([square(b), square(c)])] : [])];
    if (a && b && c) return [row([square(a)]), row([square(b), square(c)])].map((one, index) => (index === 0 ? { ...one, height: "100cqw" } : one));
    if (a && b) return [row([square(a), square(b)])];
    if (a) return [{ ...row([square(a)]), height: "100cqw" }];
    const onlyTall = [x, y, z].filter((one) => one !== undefined).map(tall);
    return onlyTall.length ? [row(onlyTall)] : [];
  }
  if (a && x && b && c) return [row([square(a), tall(x), { kind: "stack", images: [b, c] }])];
  if (a && x && b) return [row([square(a), tall(x), square(b)])];
  if (a && x && y) return [row([square(a), tall(x), tall(y)])];
  if (a && x) return [row([square(a), tall(x)])];
  if (a && b && c && d && e) return [row([square(a), { kind: "stack", images: [b, c] }, { kind: "stack", images: [d, e] }])];
  if (a && b && c) return [row([square(a), { kind: "stack", images: [b, c] }])];
  if (a && b) return [row([square(a), square(b)])];
  if (a) return [row([square(a)])];
  const onlyTall = [x, y, z].filter((one) => one !== undefined).map(tall);
  return onlyTall.length ? [row(onlyTall)] : [];
}
