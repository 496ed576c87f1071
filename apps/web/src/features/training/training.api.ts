import type { StyleEditorDto, TrainingDto } from "@style-license/shared";
import { trpc } from "@/app/trpc.ts";

export const train = (input: { jobId: string; styleId: string; affirmationVersion: number; affirmed: boolean; resume?: boolean }): Promise<TrainingDto> =>
  trpc.styles.train.mutate(input);
export const getTraining = (styleId: string): Promise<TrainingDto | null> => trpc.styles.training.query({ styleId });
export const getTrainingEditor = (styleId: string): Promise<StyleEditorDto> => trpc.styles.editor.query({ styleId });
export const stopTraining = (styleId: string): Promise<TrainingDto> => trpc.styles.stopTraining.mutate({ styleId });
export const publishStyle = (styleId: string, checkpointId: string | null): Promise<StyleEditorDto> =>
  trpc.styles.publish.mutate({ styleId, checkpointId });
