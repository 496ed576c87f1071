/** Styles, jobs and images as the API sends them, for component tests. */
import type { ArtworkDto, GenerationDto, GenerationJobDto, JobDto, ProgressDto, ReceiptDto, StyleDto, StyleEditorDto, TrainingDto } from "@style-license/shared";

export const uuid = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, "0")}`;
export const STYLE_ID = uuid(1);
const AT = "2026-11-20T14:02:11+09:00";
const artist = { username: "haneul", name: "Haneul Seo", imageUrl: null };
export const terms = { version: 3, personal: true, commercial: true, merchandise: false, createdAt: AT };

export const style = (over: Partial<StyleDto> = {}): StyleDto => ({
  id: STYLE_ID, title: "Slow Weather", titleKo: "느린 날씨", priceTokens: 12, artist, state: "published",
  samples: [{ generationId: uuid(7), imageUrl: "/a.webp", ratio: "1:1", dominantColour: "#111111", alt: "sea" }],
  generationCount: 1284, publishedAt: AT, description: "Washes of coast.", baseModel: "builtin", closeness: true,
  tags: [{ tag: "night", count: 4 }, { tag: "moon", count: 9 }, { tag: "slow weather", count: 12 }],
  terms, signatureUrl: "/s.png", shownArtworks: [], artworkCount: 12, nextNumber: 1285, isMine: false, unavailable: null,
  ...over,
});

export const line = (ordinal: number, state: "held" | "settled" | "refunded"): ReceiptDto["lines"][number] => ({
  ordinal, itemId: uuid(100 + ordinal), payeeName: "Haneul Seo", tokens: 12, bonus: 12, bought: 0, state, resolvedAt: state === "held" ? null : AT, reason: null,
});
export const receiptOf = (...lines: ReceiptDto["lines"]): ReceiptDto => {
  const sum = (state: string) => lines.filter((one) => one.state === state).length * 12;
  return { jobId: uuid(50), number: "R-1", heldAt: AT, held: lines.length * 12, settled: sum("settled"), refunded: sum("refunded"), open: sum("held"), lines };
};
export const progress = (over: Partial<ProgressDto> = {}): ProgressDto => ({
  jobId: uuid(50), attempt: 1, sequence: 1, phase: "refine", step: 17, of: 39, item: 0, items: 1, fraction: 0.43, secondsLeft: 5, loss: null, lossCurve: [], previewUrl: null, updatedAt: AT,
  ...over,
});
export const job = (over: Partial<JobDto> = {}): JobDto => ({
  id: uuid(50), kind: "generation", state: "queued", styleId: STYLE_ID, styleTitle: "Slow Weather", attempt: 1, position: 1, startsInSeconds: 12, notBefore: null, reason: null,
  runnerOffered: true, canCancel: true, progress: null, items: [{ id: uuid(100), ordinal: 0, state: "queued", reason: null, priceTokens: 12 }],
  receipt: receiptOf(line(0, "held")), createdAt: AT, startedAt: null, endedAt: null,
  ...over,
});
export const generation = (over: Partial<GenerationDto> = {}): GenerationDto => ({
  id: uuid(100), jobId: uuid(50), state: "completed", reason: null, isTryOut: false, style: { id: STYLE_ID, title: "Slow Weather", titleKo: "느린 날씨", priceTokens: 12, forSale: true },
  artist, owner: { username: "yuna", name: "Yuna Park", imageUrl: null }, isMine: true, number: 1284, licenceId: "7K2M94QD1X", terms, tags: ["night", "moon"], unmatchedTags: [], description: "",
  ratio: "1:1", width: 512, height: 512, seed: 4018227, closeness: 0.7, engine: "builtin", visibility: "private", publishedAt: null, imageUrl: "/i.webp", thumbnailUrl: "/t.webp", dominantColour: "#223344",
  likeCount: 0, liked: false, commentCount: 0, hidden: false, receipt: receiptOf(line(0, "settled")), receiptLine: line(0, "settled"), createdAt: AT, completedAt: AT,
  ...over,
});
export const jobEntry = (over: { job?: Partial<JobDto>; generation?: Partial<GenerationDto>; entry?: Partial<GenerationJobDto> } = {}): GenerationJobDto => {
  const made = job(over.job);
  return {
    job: made, tags: ["night", "moon"], ratio: "1:1", count: made.items.length, isTryOut: false,
    generations: made.items.map((item) => generation({ id: item.id, jobId: made.id, state: item.state, seed: 7 + item.ordinal, ...(item.state === "completed" ? {} : { imageUrl: null, number: null }), ...over.generation })),
    ...over.entry,
  };
};
export const artwork = (n: number, over: Partial<ArtworkDto> = {}): ArtworkDto => ({
  id: uuid(200 + n), ordinal: n, width: 900, height: 900, bytes: 2_000_000, name: `painting-${n}.png`, imageUrl: `/art/${n}.webp`, thumbnailUrl: `/art/${n}.thumb.webp`, dominantColour: "#445566",
  tags: ["slow weather", "sea"], shown: false,
  ...over,
});
export const editor = (over: Partial<StyleEditorDto> = {}): StyleEditorDto => ({
  id: STYLE_ID, title: "Slow Weather", titleKo: null, description: "Washes.", priceTokens: 12, state: "draft", licence: terms, forbiddenWords: ["gun"],
  artworks: Array.from({ length: 10 }, (_, n) => artwork(n)),
  check: { score: 74, sharpAndLarge: 10, total: 10, subjects: 6, advice: [] },
  affirmedVersion: null, affirmedAt: null, trainingsLeftToday: 3, tryOutsLeft: 10, training: null, trained: false, generationCount: 0, canDelete: true, createdAt: AT, publishedAt: null,
  ...over,
});
export const training = (over: Partial<TrainingDto> = {}): TrainingDto => ({
  jobId: uuid(60), styleId: STYLE_ID, state: "training", reason: null, artworkCount: 10, baseModel: "builtin", epochs: false, epochCount: 1, canResume: false,
  job: job({ id: uuid(60), kind: "training", state: "processing", receipt: null, startedAt: AT, progress: progress({ jobId: uuid(60), phase: "fit", fraction: 0.3, secondsLeft: 40, updatedAt: new Date().toISOString(), lossCurve: [[0.1, 0.5], [0.2, 0.1]] }) }),
  phases: [{ phase: "load", share: 0.2 }, { phase: "fit", share: 0.4 }, { phase: "samples", share: 0.4 }],
  samplePrompts: [{ prompt: "night, moon", seed: 11 }], checkpoints: [],
  ...over,
});
export const checkpoint = (over: Partial<TrainingDto["checkpoints"][number]> = {}): TrainingDto["checkpoints"][number] => ({
  id: uuid(300), epoch: 1, loss: 0.07, createdAt: AT, samples: [{ prompt: "night, moon", seed: 11, imageUrl: "/sample.webp", ratio: "1:1", dominantColour: "#111111" }], chosen: true, published: false, current: true,
  ...over,
});
