/** Things as the API sends them, for component tests. */
import type { ConfigDto, GenerationTileDto, HistoryEntryDto, MeDto, Page, ProfileDto, ReceiptDto, StyleCardDto } from "@style-license/shared";

export const me = (over: Partial<MeDto> = {}): MeDto => ({
  id: "6d1c3b52-0b4e-4a60-9d0a-6a4a6f2f7a01",
  email: "yuna@example.com",
  emailVerified: true,
  mailJobResults: true,
  name: "Yuna Park",
  username: "yuna",
  bio: "",
  imageUrl: null,
  locale: "en",
  role: "user",
  hasPassword: true,
  googleLinked: false,
  artist: null,
  available: 1240,
  held: 0,
  unreadNotifications: 0,
  createdAt: "2026-10-01T00:00:00+09:00",
  ...over,
});
export const artist = (): MeDto => me({ artist: { artistName: "Haneul Seo", signatureUrl: "/s.png", signatureWidth: 80, signatureHeight: 120 } });

export const config = (over: Partial<ConfigDto> = {}): ConfigDto => ({
  development: true,
  googleSignIn: false,
  passwordSignIn: true,
  payments: "none",
  offered: [],
  demoSignIns: [],
  ...over,
});

const uuid = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, "0")}`;
export const tile = (n: number, over: Partial<GenerationTileDto> = {}): GenerationTileDto => ({
  id: uuid(n),
  styleId: uuid(1),
  styleTitle: "Slow Weather",
  styleTitleKo: "느린 날씨",
  number: n,
  priceTokens: 12,
  artist: { username: "haneul", name: "Haneul Seo", imageUrl: null },
  ratio: n % 3 === 0 ? "1:2" : "1:1",
  imageUrl: `/images/${n}/feed.webp`,
  thumbnailUrl: `/images/${n}/thumb.webp`,
  dominantColour: "#445566",
  tags: ["night", "moon"],
  likeCount: 0,
  liked: false,
  commentCount: 0,
  hidden: false,
  visibility: "public",
  at: "2026-11-20T10:00:00+09:00",
  ...over,
});
export const styleCard = (n: number, over: Partial<StyleCardDto> = {}): StyleCardDto => ({
  id: uuid(n),
  title: `Style ${n}`,
  titleKo: null,
  priceTokens: 12,
  artist: { username: "haneul", name: "Haneul Seo", imageUrl: null },
  state: "published",
  samples: [
    { generationId: null, imageUrl: "/a.webp", ratio: "1:1", dominantColour: "#111111", alt: "sea" },
    { generationId: null, imageUrl: "/b.webp", ratio: "1:2", dominantColour: "#222222", alt: "tower" },
    { generationId: null, imageUrl: "/c.webp", ratio: "1:1", dominantColour: "#333333", alt: "night" },
  ],
  generationCount: 1284,
  publishedAt: "2026-10-01T00:00:00+09:00",
  ...over,
});
export const page = <T>(items: T[], nextCursor: string | null = null): Page<T> => ({ items, nextCursor, hasMore: nextCursor !== null });

export const historyEntry = (n: number, over: Partial<HistoryEntryDto> = {}): HistoryEntryDto => ({
  id: `e${n}`,
  kind: "job",
  at: "2026-11-20T14:02:00+09:00",
  tokens: -12,
  held: 0,
  refunded: 0,
  repaid: 0,
  owed: 0,
  balanceAfter: 1228,
  memo: "",
  jobId: uuid(100 + n),
  jobKind: "generation",
  jobState: "completed",
  styleTitle: "Slow Weather",
  count: 1,
  numbers: [1284],
  reason: null,
  imageUrl: "/i.webp",
  imageRatio: "1:1",
  receiptNumber: `R-${n}`,
  ...over,
});
export const receipt = (over: Partial<ReceiptDto> = {}): ReceiptDto => ({
  jobId: uuid(101),
  number: "R-1",
  heldAt: "2026-11-20T14:02:11+09:00",
  held: 24,
  settled: 12,
  refunded: 12,
  open: 0,
  lines: [
    { ordinal: 0, itemId: uuid(1), payeeName: "Haneul Seo", tokens: 12, bonus: 5, bought: 7, state: "settled", resolvedAt: "2026-11-20T14:02:19+09:00", reason: null },
    { ordinal: 1, itemId: uuid(2), payeeName: "Haneul Seo", tokens: 12, bonus: 0, bought: 12, state: "refunded", resolvedAt: "2026-11-20T14:02:20+09:00", reason: "cancelled" },
  ],
  ...over,
});
export const profile = (over: Partial<ProfileDto> = {}): ProfileDto => ({
  person: { username: "haneul", name: "Haneul Seo", imageUrl: null },
  bio: "I paint weather.",
  artistName: "Haneul Seo",
  counts: { published: 48, likesReceived: 0, following: 3, styles: 1, generationsSold: 1284, followers: 2316 },
  isMe: false,
  followed: false,
  joinedAt: "2026-03-01T00:00:00+09:00",
  ...over,
});
