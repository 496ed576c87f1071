import { blackGrain } from './black-grain.ts';
import { farMountains } from './far-mountains.ts';
import { fieldNotes } from './field-notes.ts';
import { indigoBlock } from './indigo-block.ts';
import { paperCity } from './paper-city.ts';
import { sketchbook } from './sketchbook.ts';
import { slowWeather } from './slow-weather.ts';
import type { Hand } from './svg.ts';
import { twoInks } from './two-inks.ts';

/** Artists drawn by code: material for sheets, measurements and the demo gallery. The last two stand in for photographs and scans. */
export const HANDS: readonly Hand[] = [slowWeather, paperCity, blackGrain, farMountains, twoInks, indigoBlock, fieldNotes, sketchbook];
export { blackGrain, farMountains, fieldNotes, indigoBlock, paperCity, sketchbook, slowWeather, twoInks };
export { paint } from './paint.ts';
export type { Drawing, Hand, Size } from './svg.ts';
