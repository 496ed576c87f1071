/**
 * A style on its artist's table. The draft lives on the server: texts are saved as they are typed, files go up as they are dropped, and
 * another tab or a later day finds all of it. A published style is saved on purpose only, since what is saved is on sale at once.
 *
 * Glossary. tile: a place in the grid: a file on its way, then the artwork that it became, in the same place. check: what the server
 * thinks of the set.
 */
import { defineStore } from "pinia";
import { computed, markRaw, onScopeDispose, reactive, ref, shallowRef } from "vue";
import { titleTag, type ArtworkDto, type SetCheckDto, type StyleEditorDto } from "@style-license/shared";
import { readError, type PageError } from "@/app/errors.ts";
import { listen } from "@/features/realtime/hub.ts";
import { UploadQueue, type UploadEntry } from "@/features/uploads/upload-queue.ts";
import { createUploads } from "@/features/uploads/uploads.api.ts";
import * as api from "../styles.api.ts";
import { needsOf, parsePrice, parseWords, textFaults, textsOf, type Texts } from "./editor.rules.ts";
import { keptPairs, keepPair } from "./kept-pairs.ts";

export interface EditorTile {
  key: string;
  entry: UploadEntry<ArtworkDto> | null;
  artwork: ArtworkDto | null;
}
export interface LicenceChoice {
  personal: boolean;
  commercial: boolean;
  merchandise: boolean;
}
const AUTOSAVE_MS = 700;
const REFRESH_MS = 500;
const noTexts = (): Texts => ({ title: "", titleKo: "", price: "10", description: "" });

export const useStyleEditor = defineStore("styleEditor", () => {
  const editor = shallowRef<StyleEditorDto | null>(null);
  const texts = reactive<Texts>(noTexts());
  const licence = reactive<LicenceChoice>({ personal: true, commercial: false, merchandise: false });
  const words = ref("");
  const affirmed = ref(false);
  const tiles = ref<EditorTile[]>([]);
  const chosen = ref(new Set<string>());
  const saving = ref(false);
  const saveError = shallowRef<PageError | null>(null);
  const opened = ref(false);
  const keptBoth = ref<ReadonlySet<string>>(new Set());

  let savedTexts: Texts = noTexts();
  let autosave: ReturnType<typeof setTimeout> | undefined;
  let refreshing: ReturnType<typeof setTimeout> | undefined;
  let savingNow: Promise<void> | null = null;

  const queue = markRaw(new UploadQueue<ArtworkDto>({
    create: (files) => createUploads("artwork", files, styleId()),
    accept: (uploadId) => api.acceptArtwork(styleId(), uploadId),
    onAccepted: (entry, artwork) => applyAccepted(entry.key, artwork),
    refusalOf: (error) => {
      const read = readError(error);
      return read.code === "OFFLINE" ? null : { code: read.code, details: read.details };
    },
  }));

  function styleId(): string {
    if (!editor.value) throw new Error("no draft yet");
    return editor.value.id;
  }

  // ── what can be read ─────────────────────────────────────────────────────
  const isDraft = computed(() => !editor.value || editor.value.state === "draft");
  const faults = computed(() => textFaults(texts));
  const artworks = computed(() => tiles.value.flatMap((tile) => (tile.artwork ? [tile.artwork] : [])));
  const ownTag = computed(() => (editor.value ? titleTag(editor.value.title) : null));
  /** Tags without the title, which every artwork has by itself. */
  const tagsOf = (artwork: ArtworkDto): string[] => artwork.tags.filter((tag) => tag !== ownTag.value);
  const check = computed<SetCheckDto | null>(() => {
    const found = editor.value?.check ?? null;
    if (!found) return null;
    return { ...found, advice: found.advice.filter((one) => !(one.code === "near_duplicate" && one.artworkId && keptBoth.value.has(pairKey(one.artworkId, one.otherArtworkId)))) };
  });
  const faultyTiles = computed(() => tiles.value.flatMap((tile) => (tile.entry?.state === "fault" ? [{ key: tile.key, name: tile.entry.file.name }] : [])));
  const uploading = computed(() => tiles.value.filter((tile) => tile.entry && tile.entry.state !== "fault").length);
  const needs = computed(() =>
    needsOf({
      texts,
      artworks: artworks.value.length,
      uploading: uploading.value,
      faulty: faultyTiles.value,
      check: check.value,
      affirmed: affirmed.value,
      trainingsLeft: editor.value?.trainingsLeftToday ?? 1,
    }),
  );
  const chosenArtworks = computed(() => artworks.value.filter(({ id }) => chosen.value.has(id)));
  const usedTags = computed(() => {
    const counts = new Map<string, number>();
    for (const artwork of artworks.value) for (const tag of tagsOf(artwork)) counts.set(tag, (counts.get(tag) ?? 0) + 1);
    return [...counts].map(([tag, count]) => ({ tag, count })).sort((a, b) => b.count - a.count || a.tag.localeCompare(b.tag));
  });
  const textsChanged = computed(() => (Object.keys(texts) as (keyof Texts)[]).some((name) => texts[name].trim() !== savedTexts[name].trim()));
  const licenceChanged = computed(() => {
    const current = editor.value?.licence;
    return current !== undefined && (current.personal !== licence.personal || current.commercial !== licence.commercial || current.merchandise !== licence.merchandise);
  });
  const wordsChanged = computed(() => parseWords(words.value).join() !== (editor.value?.forbiddenWords ?? []).join());
  const changed = computed(() => textsChanged.value || licenceChanged.value || wordsChanged.value);

  // ── intents ──────────────────────────────────────────────────────────────

  /** Brings a style to the table. The one that lies there already stays as it is, with its files on their way. */
  async function open(id: string | null): Promise<void> {
    if (opened.value && (editor.value?.id ?? null) === id) {
      if (id) scheduleRefresh();
      return;
    }
    if (id === null && opened.value && editor.value === null) return;
    clear();
    if (id === null) {
      queue.hold();
      opened.value = true;
      return;
    }
    applyEditor(await api.getEditor(id));
    takeTexts();
    opened.value = true;
    queue.go();
  }

  function clear(): void {
    clearTimeout(autosave);
    clearTimeout(refreshing);
    queue.release();
    editor.value = null;
    Object.assign(texts, noTexts());
    Object.assign(licence, { personal: true, commercial: false, merchandise: false });
    savedTexts = noTexts();
    words.value = "";
    affirmed.value = false;
    tiles.value = [];
    chosen.value = new Set();
    saveError.value = null;
    opened.value = false;
  }

  /** Something was typed. Drafts save themselves; the first valid title makes the draft. */
  function touched(): void {
    if (!isDraft.value) return;
    clearTimeout(autosave);
    autosave = setTimeout(() => void save(), AUTOSAVE_MS);
  }

  /** Saves what is valid and changed. A second call waits for the first. */
  async function save(): Promise<boolean> {
    clearTimeout(autosave);
    await savingNow;
    const change = changeOf();
    if (change === null) return saveError.value === null;
    saving.value = true;
    savingNow = (async () => {
      try {
        const sent = { ...texts };
        const answer = editor.value ? await api.editStyle(editor.value.id, change) : await create();
        savedTexts = { ...savedTexts, ...pick(sent, change) };
        saveError.value = null;
        applyEditor(answer);
      } catch (thrown) {
        saveError.value = readError(thrown);
      }
    })();
    await savingNow;
    savingNow = null;
    saving.value = false;
    return saveError.value === null;
  }

  async function create(): Promise<StyleEditorDto> {
    const made = await api.createStyle({ title: texts.title.trim(), titleKo: texts.titleKo.trim() || null, description: texts.description.trim(), priceTokens: parsePrice(texts.price) ?? 0 });
    editor.value = made;
    // Files that were dropped before there was a draft have waited for this.
    queue.go();
    const rest: api.StyleChange = {};
    if (licenceChanged.value) rest.licence = { ...licence };
    if (wordsChanged.value) rest.forbiddenWords = parseWords(words.value);
    return Object.keys(rest).length > 0 ? await api.editStyle(made.id, rest) : made;
  }

  function changeOf(): api.StyleChange | null {
    const change: api.StyleChange = {};
    const isNew = (name: keyof Texts) => texts[name].trim() !== savedTexts[name].trim() && !faults.value[name];
    if (!editor.value) return Object.keys(faults.value).length === 0 ? { title: texts.title, titleKo: texts.titleKo, description: texts.description, priceTokens: parsePrice(texts.price) ?? 0 } : null;
    if (isNew("title")) change.title = texts.title.trim();
    if (isNew("titleKo")) change.titleKo = texts.titleKo.trim() || null;
    if (isNew("description")) change.description = texts.description.trim();
    if (isNew("price")) change.priceTokens = parsePrice(texts.price) ?? 0;
    if (licenceChanged.value) change.licence = { ...licence };
    if (wordsChanged.value) change.forbiddenWords = parseWords(words.value);
    return Object.keys(change).length > 0 ? change : null;
  }

  async function addFiles(files: readonly File[]): Promise<void> {
    const before = queue.entries.length;
    const adding = queue.add(files);
    for (const entry of queue.entries.slice(before)) tiles.value.push({ key: entry.key, entry, artwork: null });
    await adding;
  }
  const replaceFile = (key: string, file: File): Promise<void> => queue.replace(key, file);
  const tryAgain = (key: string): Promise<void> => queue.again(key);
  function dropTile(key: string): void {
    queue.remove(key);
    tiles.value = tiles.value.filter((tile) => tile.key !== key);
  }

  async function removeArtworks(ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    await api.removeArtworks(styleId(), [...ids]);
    const gone = new Set(ids);
    tiles.value = tiles.value.filter((tile) => !tile.artwork || !gone.has(tile.artwork.id));
    chosen.value = new Set([...chosen.value].filter((id) => !gone.has(id)));
    scheduleRefresh();
  }
  async function tagArtworks(ids: readonly string[], add: string[], remove: string[]): Promise<void> {
    if (ids.length === 0 || (add.length === 0 && remove.length === 0)) return;
    applyArtworks(await api.tagArtworks(styleId(), [...ids], add, remove));
    scheduleRefresh();
  }
  async function showArtwork(id: string, shown: boolean): Promise<void> {
    applyArtworks(await api.showArtworks(styleId(), [id], shown));
  }
  function choose(id: string, on: boolean): void {
    const next = new Set(chosen.value);
    if (on) next.add(id);
    else next.delete(id);
    chosen.value = next;
  }
  function chooseAll(on: boolean): void {
    chosen.value = new Set(on ? artworks.value.map(({ id }) => id) : []);
  }
  function keepBoth(a: string, b: string | null): void {
    keptBoth.value = keepPair(styleId(), pairKey(a, b));
  }
  async function pause(): Promise<void> {
    applyEditor(await api.pauseStyle(styleId()));
  }
  async function resume(): Promise<void> {
    applyEditor(await api.resumeStyle(styleId()));
  }
  async function removeDraft(): Promise<void> {
    await api.removeStyle(styleId());
    clear();
  }

  async function refresh(): Promise<void> {
    const id = editor.value?.id;
    if (!id) return;
    const answer = await api.getEditor(id);
    if (editor.value?.id === id) applyEditor(answer);
  }
  function scheduleRefresh(): void {
    clearTimeout(refreshing);
    // A failure is not told: the next act or event asks again.
    refreshing = setTimeout(() => void refresh().catch(() => undefined), REFRESH_MS);
  }
  const stopListening = listen({
    style: (event) => event.styleId === editor.value?.id && scheduleRefresh(),
    job: (event) => event.kind === "training" && event.styleId === editor.value?.id && scheduleRefresh(),
    reset: () => editor.value && scheduleRefresh(),
  });
  onScopeDispose(stopListening);

  // ── what is so ───────────────────────────────────────────────────────────

  function applyEditor(next: StyleEditorDto): void {
    const untouchedLicence = !licenceChanged.value || editor.value === null;
    const untouchedWords = !wordsChanged.value || editor.value === null;
    editor.value = next;
    keptBoth.value = keptPairs(next.id);
    if (untouchedLicence) Object.assign(licence, pickLicence(next));
    if (untouchedWords && parseWords(words.value).join() !== next.forbiddenWords.join()) words.value = next.forbiddenWords.join(", ");
    const known = new Map(tiles.value.flatMap((tile) => (tile.artwork ? [[tile.artwork.id, tile] as const] : [])));
    const listed = new Map(next.artworks.map((artwork) => [artwork.id, artwork]));
    tiles.value = tiles.value.filter((tile) => !tile.artwork || listed.has(tile.artwork.id));
    for (const artwork of [...next.artworks].sort((a, b) => a.ordinal - b.ordinal)) {
      const tile = known.get(artwork.id);
      if (tile) tile.artwork = artwork;
      // One of ours, just accepted, whose answer is still on its way, would stand here twice.
      else if (!queue.entries.some((entry) => entry.state === "checking")) tiles.value.push({ key: artwork.id, entry: null, artwork });
    }
    chosen.value = new Set([...chosen.value].filter((id) => listed.has(id)));
  }
  function takeTexts(): void {
    if (!editor.value) return;
    savedTexts = textsOf(editor.value);
    Object.assign(texts, savedTexts);
    affirmed.value = false;
  }
  function applyAccepted(key: string, artwork: ArtworkDto): void {
    const tile = tiles.value.find((one) => one.key === key);
    queue.remove(key);
    const twin = tiles.value.find((one) => one.artwork?.id === artwork.id);
    if (tile && twin) tiles.value = tiles.value.filter((one) => one !== tile);
    else if (tile) Object.assign(tile, { entry: null, artwork });
    scheduleRefresh();
  }
  function applyArtworks(changedOnes: readonly ArtworkDto[]): void {
    const byId = new Map(changedOnes.map((artwork) => [artwork.id, artwork]));
    for (const tile of tiles.value) {
      const next = tile.artwork && byId.get(tile.artwork.id);
      if (next) tile.artwork = next;
    }
  }

  return {
    editor, texts, licence, words, affirmed, tiles, chosen, saving, saveError, opened, queue,
    isDraft, faults, artworks, ownTag, check, faultyTiles, uploading, needs, chosenArtworks, usedTags, changed, licenceChanged, tagsOf,
    open, clear, touched, save, addFiles, replaceFile, tryAgain, dropTile, removeArtworks, tagArtworks, showArtwork, choose, chooseAll,
    keepBoth, pause, resume, removeDraft, refresh, takeTexts,
  };
});

const pairKey = (a: string, b: string | null): string => [a, b ?? ""].sort().join("+");
const pickLicence = ({ licence }: StyleEditorDto): LicenceChoice => ({ personal: licence.personal, commercial: licence.commercial, merchandise: licence.merchandise });
function pick(sent: Texts, change: api.StyleChange): Partial<Texts> {
  const saved: Partial<Texts> = {};
  if (change.title !== undefined) saved.title = sent.title;
  if (change.titleKo !== undefined) saved.titleKo = sent.titleKo;
  if (change.description !== undefined) saved.description = sent.description;
  if (change.priceTokens !== undefined) saved.price = sent.price;
  return saved;
}
