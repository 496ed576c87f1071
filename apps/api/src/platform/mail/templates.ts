/** The texts of our mails, English and Korean: plain sentences, one link or code at most. */
import type { Locale } from '@style-license/shared';

export interface MailValues {
  verifyEmail: { code: string; minutes: number };
  resetPassword: { url: string; minutes: number };
  passwordChanged: { url: string };
  generationComplete: { style: string; count: number; url: string };
  generationFailed: { style: string; tokens: number; url: string };
  trainingComplete: { style: string; url: string };
  trainingFailed: { style: string; url: string };
  ledgerFault: { count: number; url: string };
  runnerAlert: { runner: string; why: string; url: string };
  runnerSilent: { runner: string; minutes: number; url: string };
}
export type MailTemplate = keyof MailValues;

export interface MailText { subject: string; lines: string[]; code?: string; link?: { text: string; url: string } }

type Templates = { [T in MailTemplate]: Record<Locale, (values: MailValues[T]) => MailText> };

export const MAIL_TEMPLATES: Templates = {
  verifyEmail: {
    en: ({ code, minutes }) => ({
      subject: `${code} is your Style License code`,
      lines: ['Enter this code to confirm your email address:', `It is valid for ${minutes} minutes. If you did not ask for it, ignore this mail.`],
      code,
    }),
    ko: ({ code, minutes }) => ({
      subject: `Style License 인증 코드 ${code}`,
      lines: ['이메일 주소를 확인하려면 아래 코드를 입력해 주세요.', `코드는 ${minutes}분 동안 유효합니다. 요청하지 않으셨다면 이 메일을 무시해 주세요.`],
      code,
    }),
  },
  resetPassword: {
    en: ({ url, minutes }) => ({
      subject: 'Choose a new password',
      lines: ['Someone asked for a new password for your Style License account.', `The link works once, for ${minutes} minutes. If it was not you, ignore this mail: nothing has changed.`],
      link: { text: 'Choose a new password', url },
    }),
    ko: ({ url, minutes }) => ({
      subject: '새 비밀번호 설정',
      lines: ['Style License 계정의 비밀번호 재설정 요청을 받았습니다.', `링크는 ${minutes}분 동안 한 번만 사용할 수 있습니다. 요청하지 않으셨다면 이 메일을 무시해 주세요. 아무것도 바뀌지 않습니다.`],
      link: { text: '새 비밀번호 설정', url },
    }),
  },
  passwordChanged: {
    en: ({ url }) => ({
      subject: 'Your password was changed',
      lines: ['The password of your Style License account was changed, and your other sessions were ended.', 'If it was not you, choose a new password at once.'],
      link: { text: 'Choose a new password', url },
    }),
    ko: ({ url }) => ({
      subject: '비밀번호가 변경되었습니다',
      lines: ['Style License 계정의 비밀번호가 변경되었고, 다른 기기의 로그인은 모두 종료되었습니다.', '본인이 변경하지 않았다면 지금 바로 비밀번호를 재설정해 주세요.'],
      link: { text: '비밀번호 재설정', url },
    }),
  },
  generationComplete: {
    en: ({ style, count, url }) => ({
      subject: `Your ${count === 1 ? 'image is' : `${count} images are`} ready`,
      lines: [`What you asked for in the style “${style}” is finished, signed and licensed to you.`],
      link: { text: 'See it', url },
    }),
    ko: ({ style, count, url }) => ({
      subject: `이미지 ${count}장이 완성되었습니다`,
      lines: [`‘${style}’ 화풍으로 주문하신 이미지가 서명과 사용권을 갖추어 완성되었습니다.`],
      link: { text: '보러 가기', url },
    }),
  },
  generationFailed: {
    en: ({ style, tokens, url }) => ({
      subject: 'An image could not be made',
      lines: [`We could not finish what you asked for in the style “${style}”.`, `${tokens} tokens are back in your balance.`],
      link: { text: 'See what happened', url },
    }),
    ko: ({ style, tokens, url }) => ({
      subject: '이미지를 만들지 못했습니다',
      lines: [`‘${style}’ 화풍으로 주문하신 이미지를 완성하지 못했습니다.`, `토큰 ${tokens}개를 돌려 드렸습니다.`],
      link: { text: '자세히 보기', url },
    }),
  },
  trainingComplete: {
    en: ({ style, url }) => ({
      subject: `“${style}” is trained`,
      lines: ['Look at the samples, try it privately, then publish it.'],
      link: { text: 'See the samples', url },
    }),
    ko: ({ style, url }) => ({
      subject: `‘${style}’ 학습이 끝났습니다`,
      lines: ['견본을 보고 비공개로 시험해 본 뒤 공개해 주세요.'],
      link: { text: '견본 보기', url },
    }),
  },
  trainingFailed: {
    en: ({ style, url }) => ({
      subject: `Training of “${style}” failed`,
      lines: ['Your artworks are kept; you can start again without uploading them again.'],
      link: { text: 'See why', url },
    }),
    ko: ({ style, url }) => ({
      subject: `‘${style}’ 학습이 중단되었습니다`,
      lines: ['작품은 그대로 있습니다. 다시 올리지 않고 학습을 새로 시작할 수 있습니다.'],
      link: { text: '이유 보기', url },
    }),
  },
  ledgerFault: {
    en: ({ count, url }) => ({
      subject: 'The ledger is at fault',
      lines: [`The check of the ledger found ${count === 1 ? 'a fault' : `${count} faults`}. It is told once, until it is gone.`],
      link: { text: 'See what does not agree', url },
    }),
    ko: ({ count, url }) => ({
      subject: '장부에 이상이 있습니다',
      lines: [`장부 점검에서 이상 ${count}건이 발견되었습니다. 해결될 때까지 다시 알리지 않습니다.`],
      link: { text: '무엇이 맞지 않는지 보기', url },
    }),
  },
  runnerAlert: {
    en: ({ runner, why, url }) => ({
      subject: `The runner ${runner} has lost a GPU`,
      lines: [`It says: ${why}`, 'It takes no more jobs, and what it worked on was given to others. It goes on by itself once the driver lists all of its cards again.'],
      link: { text: 'See the runners', url },
    }),
    ko: ({ runner, why, url }) => ({
      subject: `러너 ${runner}의 GPU가 응답하지 않습니다`,
      lines: [`러너가 남긴 말: ${why}`, '새 작업을 받지 않으며, 하던 작업은 다른 러너로 넘겼습니다. 드라이버가 모든 GPU를 다시 찾으면 저절로 이어집니다.'],
      link: { text: '러너 보기', url },
    }),
  },
  runnerSilent: {
    en: ({ runner, minutes, url }) => ({
      subject: `The runner ${runner} is silent`,
      lines: [`It has given no sign of life for ${minutes === 1 ? 'a minute' : `${minutes} minutes`}. Its jobs go to others. It was not told to stop.`],
      link: { text: 'See the runners', url },
    }),
    ko: ({ runner, minutes, url }) => ({
      subject: `러너 ${runner}에서 소식이 없습니다`,
      lines: [`${minutes}분째 신호가 없습니다. 하던 작업은 다른 러너가 이어받습니다. 종료를 지시한 적은 없습니다.`],
      link: { text: '러너 보기', url },
    }),
  },
};
