import { AFFIRMATION_VERSION, type TrainingDto } from "@style-license/shared";
import { readError } from "@/app/errors.ts";
import { RequestIds } from "@/features/generations/request-id.ts";
import { train } from "./training.api.ts";

const ids = new RequestIds(
  {
    getItem: (key) => sessionStorage.getItem(`training/${key}`),
    setItem: (key, value) => sessionStorage.setItem(`training/${key}`, value),
    removeItem: (key) => sessionStorage.removeItem(`training/${key}`),
  },
);

/** Starts a training once, however often it is asked for: its id is kept until the server has answered. */
export function useStartTraining(): (styleId: string, affirmed: boolean, resume?: boolean) => Promise<TrainingDto> {
  return async (styleId, affirmed, resume = false) => {
    const request = { styleId, affirmationVersion: AFFIRMATION_VERSION, affirmed, ...(resume ? { resume } : {}) };
    try {
      const training = await train({ jobId: ids.idFor(request), ...request });
      ids.answered();
      return training;
    } catch (thrown) {
      const { code } = readError(thrown);
      if (code !== "OFFLINE" && code !== "UNAVAILABLE" && code !== "INTERNAL") ids.answered();
      throw thrown;
    }
  };
}
