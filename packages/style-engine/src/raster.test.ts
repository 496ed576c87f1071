import { expect, test } from 'vitest';
import fc from 'fast-check';
import { bilinear } from './raster.ts';

const WIDTH = 5;
const HEIGHT = 4;

test('a bilinear sample is the mean of all pixels, each by how much its tent covers the clamped place', () => {
  fc.assert(fc.property(
    fc.float32Array({ minLength: WIDTH * HEIGHT * 3, maxLength: WIDTH * HEIGHT * 3, min: 0, max: 255, noNaN: true }), fc.double({ min: -3, max: 9, noNaN: true }), fc.double({ min: -3, max: 9, noNaN: true }), fc.integer({ min: 0, max: 2 }),
    (pixels, x, y, c) => {
      const [u, v] = [Math.min(WIDTH - 0.5, Math.max(0.5, x)), Math.min(HEIGHT - 0.5, Math.max(0.5, y))];
      let mean = 0;
      for (let row = 0; row < HEIGHT; row++) {
        for (let column = 0; column < WIDTH; column++) mean += Math.max(0, 1 - Math.abs(u - column - 0.5)) * Math.max(0, 1 - Math.abs(v - row - 0.5)) * pixels[(row * WIDTH + column) * 3 + c];
      }
      const colour = new Float64Array(3);
      bilinear(pixels, 0, WIDTH * 3, WIDTH, HEIGHT, x, y, colour);
      expect(colour[c]).toBeCloseTo(mean, 3);
    },
  ));
});
