import { describe, expect, it } from "vitest";
import { LIMITS } from "@style-license/shared";
import { inspectFile, typeByContent } from "./inspect-file.ts";

const PNG = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const file = (bytes: number[], name: string, size = bytes.length) => {
  const made = new File([new Uint8Array(bytes)], name);
  Object.defineProperty(made, "size", { value: size });
  return made;
};
const sized = (width: number, height: number) => () => Promise.resolve({ width, height });

describe("inspectFile", () => {
  it("goes by content and not by name", () => {
    expect(typeByContent(new Uint8Array(PNG))).toBe("image/png");
    expect(typeByContent(new Uint8Array([0xff, 0xd8, 0xff, 0xe0]))).toBe("image/jpeg");
    expect(typeByContent(new TextEncoder().encode("<svg xmlns="))).toBeNull();
    expect(typeByContent(new Uint8Array())).toBeNull();
  });

  it("refuses a renamed file, a file too large and an image too small, each by its code", async () => {
    expect((await inspectFile(file([1, 2, 3], "painting.png"), sized(900, 900))).fault?.code).toBe("INVALID_IMAGE_FORMAT");
    expect((await inspectFile(file(PNG, "big.png", LIMITS.uploadMaxBytes + 1), sized(900, 900))).fault?.code).toBe("IMAGE_SIZE_EXCEEDED");
    const small = await inspectFile(file(PNG, "small.png"), sized(900, 511));
    expect(small.fault).toMatchObject({ code: "IMAGE_TOO_SMALL", details: { width: 900, height: 511, min: 512 } });
  });

  it("lets a good image pass, and one that only this browser cannot draw", async () => {
    expect(await inspectFile(file(PNG, "good.png"), sized(512, 2048))).toEqual({ contentType: "image/png", width: 512, height: 2048, fault: null });
    expect((await inspectFile(file(PNG, "odd.png"), () => Promise.reject(new Error("no")))).fault).toBeNull();
  });
});
