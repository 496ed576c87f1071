/** The only caller of the event procedures. */
import { createTRPCClient, httpSubscriptionLink } from "@trpc/client";
import type { AppRouter } from "@style-license/api/router";
import { trpc } from "@/app/trpc.ts";
import type { StreamMessage } from "@style-license/shared";

/** The stream has a link of its own, so that a visitor's first page does without it. */
const streaming = createTRPCClient<AppRouter>({ links: [httpSubscriptionLink({ url: "/trpc" })] });

interface Handlers {
  open: () => void;
  message: (message: StreamMessage) => void;
  error: (error: unknown) => void;
}

export const realtimeApi = {
  /** Opens the stream after the last event seen; answers how to close it. */
  stream(lastEventId: string | null, handlers: Handlers): () => void {
    const subscription = streaming.events.stream.subscribe(
      { lastEventId },
      {
        onStarted: handlers.open,
        // Events with an id come tracked (id beside the data), progress comes bare.
        onData: (data) => handlers.message("data" in data ? data.data : data),
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
