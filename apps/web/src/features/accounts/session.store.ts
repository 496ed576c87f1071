/**
 * Who is looking. `me` is null for a visitor; `known` is false until the first answer. When a session ends in an open page, the page
 * stays as it is, a dialog asks to sign in, and the call that was refused is made again.
 */
import { computed, ref, shallowRef } from "vue";
import { defineStore } from "pinia";
import type { ConfigDto, MeDto } from "@style-license/shared";
import { queryClient } from "@/app/query-client.ts";
import { whenSessionEnds } from "@/app/session-end.ts";
import { isTakingOver } from "@/app/written.ts";
import { sessionApi } from "./session.api.ts";

export const useSession = defineStore("session", () => {
  const me = shallowRef<MeDto | null>(null);
  const config = shallowRef<ConfigDto | null>(null);
  // Only visitors get a written page.
  const known = ref(isTakingOver());
  /** The session ended in this page and the person has not answered yet. */
  const ended = ref(false);
  const signedIn = computed(() => me.value !== null);
  const isArtist = computed(() => me.value?.artist != null);
  const isAdmin = computed(() => me.value?.role === "admin");

  let loading: Promise<void> | null = null;
  let answerEnded: ((signedIn: boolean) => void) | null = null;
  let waitingForAnswer: Promise<boolean> | null = null;

  /** Asks once who is looking; later calls get the same answer. */
  function ensureLoaded(): Promise<void> {
    loading ??= Promise.all([sessionApi.me(), sessionApi.config()])
      .then(([person, settings]) => {
        applyMe(person);
        config.value = settings;
      })
      .catch((error: unknown) => {
        loading = null;
        throw error;
      });
    return loading;
  }

  async function refresh(): Promise<void> {
    applyMe(await sessionApi.me());
  }

  /** Another person, or none: nothing that the last one saw may stay. */
  function applyMe(person: MeDto | null): void {
    const changed = me.value?.id !== person?.id;
    const first = !known.value;
    me.value = person;
    known.value = true;
    if (changed && !first) void queryClient.invalidateQueries();
  }

  function applySignedIn(person: MeDto): void {
    const samePerson = ended.value && me.value?.id === person.id;
    if (samePerson) me.value = person;
    else applyMe(person);
    known.value = true;
    closeEnded(true);
  }

  async function signOut(): Promise<void> {
    whenSessionEnds(null);
    try {
      await sessionApi.signOut();
    } finally {
      queryClient.clear();
      me.value = null;
      listenForEnd();
    }
  }

  /** The account is gone: the same as signing out, without asking the server again. */
  function applyLeft(): void {
    queryClient.clear();
    me.value = null;
  }

  function closeEnded(again: boolean): void {
    ended.value = false;
    answerEnded?.(again);
    answerEnded = null;
    waitingForAnswer = null;
    if (!again) applyLeft();
  }

  function listenForEnd(): void {
    whenSessionEnds(() => {
      if (me.value === null) return Promise.resolve(false);
      ended.value = true;
      waitingForAnswer ??= new Promise<boolean>((resolve) => {
        answerEnded = resolve;
      });
      return waitingForAnswer;
    });
  }
  listenForEnd();

  return { me, config, known, ended, signedIn, isArtist, isAdmin, ensureLoaded, refresh, applyMe, applySignedIn, applyLeft, signOut, closeEnded };
});
