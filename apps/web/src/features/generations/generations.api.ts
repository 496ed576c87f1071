import type {
  GenerationDto,
  GenerationJobDto,
  GenerationTileDto,
  JobDto,
  Page,
  RequestGenerationInput,
} from "@style-license/shared";
import { trpc } from "@/app/trpc.ts";

export const requestGeneration = (input: RequestGenerationInput): Promise<GenerationJobDto> => trpc.generations.request.mutate(input);
export const getGenerationJob = (jobId: string): Promise<GenerationJobDto> => trpc.generations.job.query({ jobId });
export const getActiveJobs = async (styleId?: string): Promise<GenerationJobDto[]> =>
  (await trpc.generations.active.query({ styleId })).items;
export const cancelJob = (jobId: string): Promise<JobDto> => trpc.jobs.cancel.mutate({ jobId });

export const getGeneration = (generationId: string): Promise<GenerationDto> => trpc.generations.get.query({ generationId });
export const publishGeneration = (generationId: string): Promise<GenerationDto> => trpc.generations.publish.mutate({ generationId });
export const unpublishGeneration = (generationId: string): Promise<GenerationDto> => trpc.generations.unpublish.mutate({ generationId });
export const describeGeneration = (generationId: string, description: string): Promise<GenerationDto> =>
  trpc.generations.describe.mutate({ generationId, description });
export const downloadUrl = async (generationId: string, format: "png" | "jpeg"): Promise<string> =>
  (await trpc.generations.download.mutate({ generationId, format })).url;

export interface MineFilter {
  filter: "all" | "private" | "public";
  styleId?: string | undefined;
}
export const getMine = ({ filter, styleId }: MineFilter, cursor: string | null, limit = 24): Promise<Page<GenerationTileDto>> =>
  trpc.generations.mine.query({ filter, styleId, cursor, limit });
export const getOfStyle = (styleId: string, cursor: string | null, limit = 24): Promise<Page<GenerationTileDto>> =>
  trpc.generations.ofStyle.query({ styleId, cursor, limit });
