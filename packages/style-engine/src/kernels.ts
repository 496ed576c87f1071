import { decodeStrip, finishExemplar, moments, projectPicture, type DecodeArgs, type FinishArgs, type MomentsArgs, type ProjectArgs } from './codec-kernels.ts';
import { closeIn, searchExemplar, type CloseInArgs, type SearchArgs } from './copy-check.ts';
import { enlargeFieldStrip, enlargeStrip, type EnlargeArgs, type EnlargeFieldArgs } from './enlarge.ts';
import { tellArtwork, type TellArgs } from './invite.ts';
import { calibrateHeld, denoiseGroup, type CalibrateArgs, type DenoiseArgs } from './layout-kernels.ts';
import { matchStrip, type MatchArgs } from './patchmatch.ts';
import { seatGuest, type SeatArgs } from './seat.ts';
import { chooseSeams, type SeamsArgs } from './seams.ts';
import { tryOut, type TryoutArgs } from './tryout.ts';
import { viewOf, type ViewsArgs } from './view.ts';
import { voteStrip, type VoteArgs } from './vote.ts';

/** What threads can be asked to do, by name. */
export interface KernelArgs {
  moments: MomentsArgs;
  project: ProjectArgs;
  calibrate: CalibrateArgs;
  views: ViewsArgs;
  denoise: DenoiseArgs;
  seams: SeamsArgs;
  seat: SeatArgs;
  tell: TellArgs;
  tryout: TryoutArgs;
  decode: DecodeArgs;
  finish: FinishArgs;
  enlarge: EnlargeArgs;
  enlargeField: EnlargeFieldArgs;
  match: MatchArgs;
  vote: VoteArgs;
  search: SearchArgs;
  closeIn: CloseInArgs;
}
export type KernelName = keyof KernelArgs;

export const KERNELS: { [K in KernelName]: (args: KernelArgs[K], task: number) => void } = {
  moments,
  project: projectPicture,
  calibrate: calibrateHeld,
  views: viewOf,
  denoise: denoiseGroup,
  seams: chooseSeams,
  seat: seatGuest,
  tell: tellArtwork,
  tryout: tryOut,
  decode: decodeStrip,
  finish: finishExemplar,
  enlarge: enlargeStrip,
  enlargeField: enlargeFieldStrip,
  match: matchStrip,
  vote: voteStrip,
  search: searchExemplar,
  closeIn,
};
