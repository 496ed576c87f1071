import type { GenerationDto, GenerationJobDto, RequestGenerationInput } from "@style-license/shared";

type Request = Omit<RequestGenerationInput, "jobId">;

/** The same order again, after it failed or was cancelled. Null when nothing of it is known. */
export function requestLike({ job, tags, ratio, count, generations }: GenerationJobDto): Request | null {
  const first = generations[0];
  if (!job.styleId || !first) return null;
  return {
    styleId: job.styleId,
    tags: [...tags],
    description: first.description,
    ratio,
    count,
    seed: Math.min(...generations.map(({ seed }) => seed)),
    closeness: first.closeness,
    expectedPriceTokens: first.style.priceTokens,
  };
}

/** One image again, with the same seed or another one. */
export function requestAgain(generation: GenerationDto, seed: "same" | "new"): Request {
  return {
    styleId: generation.style.id,
    tags: [...generation.tags],
    description: generation.description,
    ratio: generation.ratio,
    count: 1,
    seed: seed === "same" ? generation.seed : null,
    closeness: generation.closeness,
    expectedPriceTokens: generation.style.priceTokens,
  };
}
