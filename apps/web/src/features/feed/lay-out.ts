/**
 * Places images on a wall of equal columns: nothing cropped, each image to the column that is shortest so far (the left one of equals),
 * so that columns end within one unit. One unit is the width of a column: a 1:1 is one unit high, a 1:2 two.
 */
export interface Shape {
  width: number;
  height: number;
}

export interface Place {
  column: number;
  /** Units of images above it in its column. */
  units: number;
  /** Images above it in its column: each adds a gap (and on phones a caption). */
  above: number;
  /** Its own height in units. */
  high: number;
  /** Whether it stands under the wall text. */
  underText: boolean;
}

export interface Wall {
  places: Place[];
  columns: { units: number; count: number; underText: boolean }[];
}

/**
 * The order in which a wall is hung: as given, but the tall ones among the last few of each page go before the others of those, so that the
 * small ones even out the columns' ends. What hangs there keeps its place when the next page comes.
 */
export function hangingOrder<T>(items: readonly T[], isTall: (item: T) => boolean, pageSize: number, columns: number): T[] {
  const hung: T[] = [];
  for (let from = 0; from < items.length; from += pageSize) {
    const page = items.slice(from, from + pageSize);
    const ends = page.splice(Math.max(0, page.length - 2 * columns));
    hung.push(...page, ...ends.filter(isTall), ...ends.filter((item) => !isTall(item)));
  }
  return hung;
}

export interface WallOptions {
  columns: number;
  /** Columns that begin below the wall text, which is one unit high. */
  textColumns?: number;
  /** Height of a caption and gap, in units, so that columns of many small images are not taken for shorter than they are. */
  extraPerImage?: number;
}

export function layOut(shapes: readonly Shape[], { columns, textColumns = 0, extraPerImage = 0.03 }: WallOptions): Wall {
  const wall: Wall = {
    places: [],
    columns: Array.from({ length: columns }, (_unused, index) => ({ units: 0, count: 0, underText: index < textColumns })),
  };
  const heightOf = (column: Wall["columns"][number]) => column.units + column.count * extraPerImage + (column.underText ? 1 + extraPerImage : 0);
  // Two heights that differ by less than this look the same; the left column then comes first.
  const SAME = 0.01;
  for (const shape of shapes) {
    let shortest = 0;
    wall.columns.forEach((column, index) => {
      if (heightOf(column) < heightOf(wall.columns[shortest]!) - SAME) shortest = index;
    });
    const column = wall.columns[shortest]!;
    const high = shape.height / shape.width;
    wall.places.push({ column: shortest, units: column.units, above: column.count, high, underText: column.underText });
    column.units += high;
    column.count += 1;
  }
  return wall;
}

/** The image that an arrow key goes to: the next in the column, or in the column beside it the one at the same height. */
export function neighbour(wall: Wall, from: number, key: string, textUnits = 1): number | null {
  const place = wall.places[from];
  if (!place) return null;
  const top = (one: Place) => one.units + (one.underText ? textUnits : 0);
  if (key === "ArrowDown" || key === "ArrowUp") {
    const above = place.above + (key === "ArrowDown" ? 1 : -1);
    const found = wall.places.findIndex((one) => one.column === place.column && one.above === above);
    return found === -1 ? null : found;
  }
  const column = place.column + (key === "ArrowRight" ? 1 : key === "ArrowLeft" ? -1 : Number.NaN);
  if (Number.isNaN(column)) return null;
  const middle = top(place) + place.high / 2;
  let best: number | null = null;
  let least = Number.POSITIVE_INFINITY;
  wall.places.forEach((one, index) => {
    if (one.column !== column) return;
    const off = middle < top(one) ? top(one) - middle : middle > top(one) + one.high ? middle - top(one) - one.high : 0;
    if (off < least) {
      least = off;
      best = index;
    }
  });
  return best;
}
