/**
 * My generation jobs, as far as this page has to do with them. Everything comes in through `apply…`: answers to my own acts, what the
 * event stream tells, and what polling finds; so every tab comes to the same state, whoever acted.
 *
 * Glossary. entry: a job with the generations it makes. fresh: a generation that was completed while its page was looked at; the seal
 * comes down on it once.
 */
import { defineStore } from "pinia";
import { computed, onScopeDispose, ref } from "vue";
import {
  isNewer,
  isTerminal,
  isWaiting,
  type GenerationDto,
  type GenerationJobDto,
  type JobDto,
  type ProgressDto,
  type RequestGenerationInput,
} from "@style-license/shared";
import { listen } from "@/features/realtime/hub.ts";
import * as api from "./generations.api.ts";

export const useGenerations = defineStore("generations", () => {
  const entries = ref(new Map<string, GenerationJobDto>());
  /** Job ids in the order in which the person should see them: newest first. */
  const all = computed(() => [...entries.value.values()].sort((a, b) => (a.job.createdAt < b.job.createdAt ? 1 : -1)));
  const active = computed(() => all.value.filter(({ job }) => !isTerminal(job.state)));
  const waiting = computed(() => active.value.some(({ job }) => isWaiting(job.state)));
  const fresh = ref(new Set<string>());
  const cancelling = ref(new Set<string>());
  const loaded = ref(false);

  /** One question per job at a time; what comes meanwhile asks once more afterwards. */
  const asking = new Map<string, { again: boolean }>();

  const ofStyle = (styleId: string): GenerationJobDto[] => all.value.filter(({ job }) => job.styleId === styleId);

  // ── intents ──────────────────────────────────────────────────────────────

  /** @throws what the API refuses; the caller knows where to show it. */
  async function request(input: RequestGenerationInput): Promise<GenerationJobDto> {
    const entry = await api.requestGeneration(input);
    applyEntry(entry);
    return entry;
  }

  async function cancel(jobId: string): Promise<JobDto> {
    cancelling.value.add(jobId);
    try {
      const job = await api.cancelJob(jobId);
      applyJob(job);
      await refresh(jobId);
      return job;
    } finally {
      cancelling.value.delete(jobId);
    }
  }

  /** Everything that runs, and what ended in the last minutes. */
  async function load(styleId?: string): Promise<void> {
    const found = await api.getActiveJobs(styleId);
    applyActive(found, styleId);
    loaded.value = true;
  }

  async function refresh(jobId: string): Promise<void> {
    const running = asking.get(jobId);
    if (running) {
      running.again = true;
      return;
    }
    const question = { again: false };
    asking.set(jobId, question);
    try {
      do {
        question.again = false;
        applyEntry(await api.getGenerationJob(jobId));
      } while (question.again);
    } finally {
      asking.delete(jobId);
    }
  }

  function dismiss(jobId: string): void {
    entries.value.delete(jobId);
  }
  /** The seal has come down. */
  function sealed(generationId: string): void {
    fresh.value.delete(generationId);
  }
  function forgetAll(): void {
    entries.value.clear();
    fresh.value.clear();
    loaded.value = false;
  }

  /** A question that nobody waits for: the next event or poll asks again, so its failure is not told. */
  const quietly = (asked: Promise<void>): void => void asked.catch(() => undefined);
  const stopListening = listen({
    job: (event) => event.kind === "generation" && loaded.value && quietly(refresh(event.jobId)),
    generation: (event) => entries.value.has(event.jobId) && quietly(refresh(event.jobId)),
    progress: applyProgress,
    reset: () => loaded.value && quietly(load()),
  });
  onScopeDispose(stopListening);

  // ── what is so ───────────────────────────────────────────────────────────

  function applyEntry(next: GenerationJobDto): void {
    const known = entries.value.get(next.job.id);
    if (known) {
      const before = new Map(known.generations.map((one) => [one.id, one.state]));
      for (const one of next.generations) {
        if (one.state === "completed" && before.has(one.id) && before.get(one.id) !== "completed") fresh.value.add(one.id);
      }
      // The stream may have been faster than this answer.
      if (known.job.progress && next.job.progress && isNewer(known.job.progress, next.job.progress)) next.job.progress = known.job.progress;
    }
    entries.value.set(next.job.id, next);
  }

  function applyActive(found: GenerationJobDto[], styleId?: string): void {
    for (const entry of found) applyEntry(entry);
    // What we believed to be running and the server no longer lists has ended meanwhile.
    const listed = new Set(found.map(({ job }) => job.id));
    for (const { job } of active.value) {
      if (listed.has(job.id) || (styleId && job.styleId !== styleId)) continue;
      void refresh(job.id).catch(() => entries.value.delete(job.id));
    }
  }

  function applyJob(job: JobDto): void {
    const known = entries.value.get(job.id);
    if (known) entries.value.set(job.id, { ...known, job });
  }

  function applyProgress(progress: ProgressDto): void {
    const known = entries.value.get(progress.jobId);
    if (!known || isTerminal(known.job.state) || progress.attempt < known.job.attempt) return;
    if (!isNewer(progress, known.job.progress)) return;
    const state = isWaiting(known.job.state) ? "processing" : known.job.state;
    entries.value.set(progress.jobId, { ...known, job: { ...known.job, state, attempt: progress.attempt, progress } });
  }

  /** A generation that changed on its own page: published, described. */
  function applyGeneration(generation: GenerationDto): void {
    const known = entries.value.get(generation.jobId);
    if (!known) return;
    entries.value.set(generation.jobId, { ...known, generations: known.generations.map((one) => (one.id === generation.id ? generation : one)) });
  }

  return { all, active, waiting, fresh, cancelling, loaded, ofStyle, request, cancel, load, refresh, dismiss, sealed, forgetAll, applyGeneration };
});
