/** The only caller of the event procedures. */
import { trpc } from "@/app/trpc.ts";
import type { StreamMessage } from "@style-license/shared";

interface Handlers {
  open: () => void;
  message: (message: StreamMessage) => void;
  error: (error: unknown) => void;
}

export const realtimeApi = {
  /** Opens the stream after the last event seen; answers how to close it. */
  stream(lastEventId: string | null, handlers: Handlers): () => void {
    const subscription = trpc.events.stream.subscribe(
      { lastEventId },
      {
        onStarted: handlers.open,
        // Events with an id come tracked (id beside the data), progress comes bare.
        onData: (data) => handlers.message(("data" in data ? data.data : data) as StreamMessage),
        onError: handlers.error,
        onConnectionStateChange: (state) => {
          if (state.error) handlers.error(state.error);
        },
      },
    );
    return () => subscription.unsubscribe();
  },
  since: (lastEventId: string | null) => trpc.events.since.query({ lastEventId }),
};
