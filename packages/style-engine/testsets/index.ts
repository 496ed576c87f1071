import { blackGrain } from './black-grain.ts';
import { farMountains } from './far-mountains.ts';
import { paperCity } from './paper-city.ts';
import { slowWeather } from './slow-weather.ts';
import type { Hand } from './svg.ts';

/** Artists drawn by code: material for sheets, measurements and the demo gallery. */
export const HANDS: readonly Hand[] = [slowWeather, paperCity, blackGrain, farMountains];
export { blackGrain, farMountains, paperCity, slowWeather };
export { paint } from './paint.ts';
export type { Drawing, Hand, Size } from './svg.ts';
