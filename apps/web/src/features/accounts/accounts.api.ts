/** The only caller of the account procedures, but for those of the session (session.api.ts). */
import { trpc } from "@/app/trpc.ts";

export const accountsApi = {
  signUp: (input: { email: string; password: string; name: string; locale: "en" | "ko" }) => trpc.accounts.signUp.mutate(input),
  signIn: (input: { email: string; password: string }) => trpc.accounts.signIn.mutate(input),
  requestPasswordReset: (input: { email: string; locale: "en" | "ko" }) => trpc.accounts.requestPasswordReset.mutate(input),
  resetPassword: (input: { token: string; password: string }) => trpc.accounts.resetPassword.mutate(input),
  requestEmailCode: () => trpc.accounts.requestEmailCode.mutate(),
  verifyEmail: (code: string) => trpc.accounts.verifyEmail.mutate({ code }),
  changePassword: (input: { current: string | null; next: string }) => trpc.accounts.changePassword.mutate(input),
  updateProfile: (input: { name?: string; username?: string; bio?: string; locale?: "en" | "ko"; mailJobResults?: boolean }) => trpc.accounts.updateProfile.mutate(input),
  setImage: (uploadId: string | null) => trpc.accounts.setImage.mutate({ uploadId }),
  checkSignature: (uploadId: string) => trpc.accounts.checkSignature.mutate({ uploadId }),
  becomeArtist: (input: { artistName: string; signatureUploadId: string }) => trpc.accounts.becomeArtist.mutate(input),
  updateArtist: (input: { artistName?: string; signatureUploadId?: string }) => trpc.accounts.updateArtist.mutate(input),
  sessions: () => trpc.accounts.sessions.query(),
  endSession: (id: string) => trpc.accounts.endSession.mutate({ id }),
  endOtherSessions: () => trpc.accounts.endOtherSessions.mutate(),
  leave: (username: string) => trpc.accounts.leave.mutate({ username }),
  profile: (username: string) => trpc.accounts.profile.query({ username }),
};
